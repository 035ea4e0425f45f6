"""The DMP of a patient as people here know it: whether it exists, what he lets them consult, his opposition to feeding it.

Not here: what is deposited and who sees it (``deposits``), what is searched and read (``consultation``), sessions (``sessions``).
"""
