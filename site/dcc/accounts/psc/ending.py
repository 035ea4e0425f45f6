"""What follows the end of a Pro Santé Connect session: whoever keeps something that rests on it is told, at once.

A receiver gets ``session_id`` (of :class:`~dcc.accounts.psc.guard.PscGrant`) and ``user_id``; it is called in the transaction of
the request that ended it, whatever the way: the person left, Pro Santé Connect said so, her account was closed, tokens died.
"""

from __future__ import annotations

from django.dispatch import Signal

psc_session_ended = Signal()
