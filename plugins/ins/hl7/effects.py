"""What a message does, through the door of the patients room only. Called in a transaction; a refusal leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from dcc.contracts.errors import Refused
from dcc.patients import api as patients
from plugins.ins.hl7.faults import Fault, Unacceptable
from plugins.ins.hl7.identity import Incoming
from plugins.ins.hl7.messages import Plan
from plugins.ins.models import FlowSender


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: ``outcome`` is a word of the page (``created``, ``recognised``…), ``waits`` names an open reconciliation."""

    outcome: str
    patient_id: UUID | None = None
    waits: bool = False
    reconciliation_id: UUID | None = None


def carry_out(plan: Plan, sender: FlowSender) -> Done:
    """Do what a plan says. Raises :class:`Unacceptable` in French; a contradiction is an answer (``waits``), not a fault."""
    return _EFFECTS[plan.effect](plan, sender)


def _identity(plan: Plan, sender: FlowSender) -> Done:
    return _registered(plan.identities[0], sender)


def _registered(one: Incoming, sender: FlowSender) -> Done:
    try:
        if not sender.creates and patients.recognise(one.header) is None:
            return Done("unknown")
        found = patients.register_from_header(
            actor=None,
            facility_id=sender.facility_id,
            header=one.header,
            qualifies=one.received == "qualifiee" and not (one.doubtful or one.fictitious),
            reason="hl7",
        )
    except patients.IdentityConflict:
        return Done("conflict", waits=True)
    except Refused as refusal:
        raise Unacceptable(Fault("102", "PID^1", refusal.reason)) from refusal
    return Done("created" if found.outcome == "created" else "recognised", found.patient_id)


def _nothing(plan: Plan, _sender: FlowSender) -> Done:
    return Done(plan.effect)


_EFFECTS: Mapping[str, Callable[[Plan, FlowSender], Done]] = {
    "identity": _identity,
    "document": _identity,
    "none": _nothing,
}
