"""Reprise: what earlier validated documents propose to a new one, by maps that are data (R-043...R-060, R-076).

It answers the prefill door of :mod:`dcc.documents.api`; it decides nothing and stores nothing. ``maps/*.yaml`` say which question
becomes which, :mod:`.conversions` how, :mod:`.sources` from which document.
"""
