"""Codecs: small two-way parts out of which a volet's tree is declared (DESIGN idea 3).

Each part knows how to write what it carries and how to read it back. Pure Python and lxml: no Django, no database, no
network, no value set of its own. What a given volet contains is said in :mod:`plugins.cda.volets`, not here.
"""
