"""How an identity becomes qualified (R-123 to R-159): the table, the region's policy, the process and its questions.

:mod:`table` says what happens, :mod:`deciding` reads it, :mod:`policy` is what a region may change; all three are pure. The rest
keeps a process per patient, asks the verifier of the registry, and does what the table says. Nothing else raises a status.
"""
