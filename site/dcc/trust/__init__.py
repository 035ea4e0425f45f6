"""Under which commitment people work here: terms of use (CGU) and who accepted them, conventions between establishments and
regional networks (DSRC), and the one answer to « is the trust clause present? » (CDC §2.3.1, R-111 to R-122).

It is not where people sign in (``dcc.accounts``) nor where an identity is qualified (``dcc.patients``): those ask here.
"""
