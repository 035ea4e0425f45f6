"""The FRCP that a PPS follows is deposited with it where it is not there: what is on its way goes on, what failed is tried again.

Whoever gave up its deposit, or took it away from the DMP, meant it: nothing is done of itself then (R-189, decision 0348).
"""

from __future__ import annotations

from dcc.contracts.events import Context, TransmissionChanged
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.visibility import Situation, Step, step_of


def follow(event: TransmissionChanged, context: Context) -> None:
    """Subscriber of ``TransmissionChanged``: a PPS has just been deposited. Idempotent; its own delivery, with no session."""
    frcp_id = documents.followed_id(event.document_id) if event.document_type == "pps" else None
    ins = ledger.ins_of(frcp_id) if frcp_id is not None else None
    if frcp_id is None or ins is None:
        return
    if step_of(Situation("suite", ledger.pps_of(frcp_id, ins), ledger.frcp_of(frcp_id, ins))) is Step.REFERENCE:
        exchange.try_again(document_id=frcp_id, channel="dmp")
