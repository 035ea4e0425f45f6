"""What follows the end of a Pro Santé Connect session: whoever keeps something that rests on it is told, at once.

A receiver gets ``session_id`` (of :class:`~dcc.accounts.psc.guard.PscGrant`) and ``user_id``; it is called in the transaction
that ended it: of a request (the person left, Pro Santé Connect said so, it does not renew the tokens any more), or of the clock,
which ends what nothing can renew any more (browser closed, password changed elsewhere, account closed: decision 0341).

It works in a ``transaction.atomic`` of its own: what it raises is logged and goes no further, as nobody's bug may keep a person
from leaving.
"""

from __future__ import annotations

from django.dispatch import Signal

psc_session_ended = Signal()
