"""The security base every room stands on: headers, rates of costly gestures, rules of uploaded files, what an error may tell.

It knows no patient and no document: rights belong to the policies of ``dcc.accounts``, what was done to ``dcc.audit``.
"""
