"""Users, practitioners (RPPS), facilities (FINESS), memberships and what they may do.

Signing in is here; what a document or a patient allows is decided by their rooms with the policies of this one.
"""
