"""Two identities of one person: merging and un-merging them, linking them, finding them.

Which status an identity deserves is for the qualification; here a merge takes one of both identities whole and
qualifies nobody.
"""
