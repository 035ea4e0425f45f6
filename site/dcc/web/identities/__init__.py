"""The pages of identity: guided path, reconciliation, worklist, merge. :mod:`dcc.patients` decides; here it is said."""
