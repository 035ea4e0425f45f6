r"""The door of the audit room.

Every act that matters leaves a trace, written in the very transaction of the act::

    from dcc.audit import api as audit

    with transaction.atomic():
        patient.save()
        audit.record(actor=user, action="patient.created", subject=f"patient:{pk}", patient_id=pk, status="provisoire")

``actor`` is the user, or nothing when the platform itself acts. ``action`` is ``what.happened`` in the past tense: a line of the
table of :mod:`dcc.audit.actions` (kind, nature, French words; a plugin declares its own with :func:`declare`), else
``UnknownAction``. ``subject`` is ``kind:id``. The other keywords are facts: ids, codes, small numbers, lists of them. A sentence,
an accent, a decimal raise ``UnfitFact``; outside a transaction, ``TransactionManagementError``. Answers and identity traits never
come here.

Within seconds the worker seals what is committed (:func:`seal`); :func:`verify` tells whether the sealed journal is whole, and
``manage.py audit verify`` does so from a shell. :func:`purge` removes whole segments past the retention of
their kind (``DCC_AUDIT_RETENTION``) and records it. :func:`export` writes traces to signed files, which :func:`verify_files`
proves whole.
:func:`traces` reads the journal back, :func:`search` a page at a time by :class:`Filters`; whoever calls them has checked that
its user may (``dcc.accounts.api.read_journal``). The worker verifies the whole journal turn after turn: :func:`state`.

What must never change is guarded by the database itself: a room lists its :class:`Guard`\ s for :func:`keep_guarded`
(:mod:`dcc.audit.guards`).
"""

from dcc.audit.actions import KIND_LABELS, NATURE_LABELS, Kind, Nature, UnknownAction, actions_of, declare, natures, words_of
from dcc.audit.exporting import export, verify_files
from dcc.audit.facts import UnfitFact
from dcc.audit.guards import Guard, keep_guarded, same
from dcc.audit.purging import Purged, expired, purge
from dcc.audit.sealing import Head, head, seal
from dcc.audit.searching import Filters, Page, Place, search
from dcc.audit.services import Actor, Trace, record, record_list, traces
from dcc.audit.verification import Breach, verify
from dcc.audit.watching import State, state, watch

__all__ = [
    "KIND_LABELS",
    "NATURE_LABELS",
    "Actor",
    "Breach",
    "Filters",
    "Guard",
    "Head",
    "Kind",
    "Nature",
    "Page",
    "Place",
    "Purged",
    "State",
    "Trace",
    "UnfitFact",
    "UnknownAction",
    "actions_of",
    "declare",
    "expired",
    "export",
    "head",
    "keep_guarded",
    "natures",
    "purge",
    "record",
    "record_list",
    "same",
    "seal",
    "search",
    "state",
    "traces",
    "verify",
    "verify_files",
    "watch",
    "words_of",
]
