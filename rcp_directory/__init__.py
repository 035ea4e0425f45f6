"""The directory of tumour boards: RCP, coordination centres (3C), regional networks (RRC), structures, sessions.

It fills the header of an FRCP (R-101...R-103); it knows no patient.
"""
