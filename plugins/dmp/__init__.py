"""DMP and Mon espace santé: deposits, visibility, search in the background, through the trust space of Pro Santé Connect.

Not here: what goes to whom (``dcc.exchange``), the mapping from a CDA to XDS metadata (``dcc.contracts.xds``), and any browsing
of a DMP (R-179).
"""
