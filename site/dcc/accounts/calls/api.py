"""The door of contextual calls, for the pages that answer them::

    call = calls.read_call(token)                        # CallRefused: code, status, message in French
    secret, until = calls.issue(request, call)           # the link is ``/appel/<secret>/``

    ticket = calls.waiting(secret)                       # looked at, not used up
    if calls.standing(request, ticket.user) is calls.Standing.OTHER: ...   # ask whoever is there
    served = calls.serve(secret)                         # once
    calls.open_session(request, served, patient_id)

A refusal is answered and journaled (:func:`refuse`). :func:`call_of` says of a session that it was opened so, from which
software and for which patient. :func:`register_software`,
:func:`add_key`, :func:`withdraw_key` and :func:`set_active` are the administrator's.
"""

from dcc.accounts.calls.models import CallingKey, CallingSoftware
from dcc.accounts.calls.opening import OpenCall, Standing, call_of, open_session, standing
from dcc.accounts.calls.reception import TYPE, Call, audience, read_call
from dcc.accounts.calls.refusals import REFUSALS, CallRefused
from dcc.accounts.calls.registering import UnfitKey, add_key, register_software, set_active, withdraw_key
from dcc.accounts.calls.tickets import Served, issue, refuse, serve, waiting
from dcc.accounts.lockout import wants_data

__all__ = [
    "REFUSALS",
    "TYPE",
    "Call",
    "CallRefused",
    "CallingKey",
    "CallingSoftware",
    "OpenCall",
    "Served",
    "Standing",
    "UnfitKey",
    "add_key",
    "audience",
    "call_of",
    "issue",
    "open_session",
    "read_call",
    "refuse",
    "register_software",
    "serve",
    "set_active",
    "standing",
    "waiting",
    "wants_data",
    "withdraw_key",
]
