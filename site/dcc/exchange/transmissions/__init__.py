"""Where each document goes: what may be sent to whom (figure 10), what was sent, how it ended, and what unblocks it.

Not here: how a channel carries a package (plugins: ``Transport``), and what came in (:mod:`dcc.exchange.intake`).
"""
