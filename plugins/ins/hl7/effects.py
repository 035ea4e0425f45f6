"""What a message does, through the door of the patients room only. Called in a transaction; a refusal leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from plugins.ins.hl7.faults import Fault, Unacceptable
from plugins.ins.hl7.identity import Incoming
from plugins.ins.hl7.messages import Plan
from plugins.ins.models import FlowSender

T = TypeVar("T")


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
        if not sender.creates and not _is_known(one):
            return Done("unknown")
        found = patients.register_from_header(
            actor=None,
            facility_id=sender.facility_id,
            header=one.header,
            source="hl7",
            received=one.received,
            proof=one.proof,
            attribute="fictive" if one.fictitious else "douteuse" if one.doubtful else "",
            reason="hl7",
        )
    except patients.IdentityConflict as conflict:
        return Done("conflict", waits=True, reconciliation_id=conflict.reconciliation_id)
    except Refused as refusal:
        raise Unacceptable(Fault("102", "PID^1", refusal.reason)) from refusal
    return Done("created" if found.outcome == "created" else "recognised", found.patient_id)


def _merged(plan: Plan, sender: FlowSender) -> Done:
    """Each pair in its order; the first that waits for a person stops the message, which is done again whole."""
    done = Done("same")
    for kept, number in zip(plan.identities, plan.others, strict=True):
        done = _one_merged(kept, _number(number), sender)
        if done.waits:
            break
    return done


def _one_merged(kept: Incoming, number: InstanceId, sender: FlowSender) -> Done:
    absorbed = merging.holder_of(number)
    if absorbed is None and _known(kept) is None:
        return Done("unknown")
    found = _registered(kept, sender)
    if found.waits or found.patient_id is None or absorbed is None:
        return found
    facility_id, kept_id = sender.facility_id, found.patient_id
    result = _asked(
        lambda: merging.merge_from_flow(
            facility_id=facility_id, kept_id=kept_id, absorbed_id=absorbed, reason="Fusion reçue (HL7 A40)"
        )
    )
    outcome = "merged" if result.merge_id else "signalled" if result.alert_id else "same"
    return Done(outcome, found.patient_id)


def _linked(plan: Plan, _sender: FlowSender) -> Done:
    one, other = _known(plan.identities[0]), _known(_person(plan.others[0]))
    if one is None or other is None:
        return Done("unknown")
    if one == other:
        return Done("same", one)
    if plan.effect == "unlink":
        return Done("unlinked" if _asked(lambda: merging.unlink_patients(first_id=one, second_id=other)) else "same", one)
    _asked(lambda: merging.link_patients(first_id=one, second_id=other))
    return Done("linked", one)


def _renumbered(plan: Plan, sender: FlowSender) -> Done:
    """The traits that come with the new number must be those of whom the old one names: else a person decides."""
    one, former = plan.identities[0], _number(plan.others[0])
    if not one.header.identifiers:
        raise Unacceptable(Fault("101", "PID^1^3", "Nouvel IPP de l'établissement manquant"))
    (new,) = one.header.identifiers
    if merging.holder_of(former) is None:
        return Done("same" if merging.holder_of(new) else "unknown")
    under_former = replace(one, header=replace(one.header, identifiers=(former,)))
    found = _registered(under_former, sender)
    if found.waits:
        return found
    return Done("renumbered", _asked(lambda: merging.change_identifier(former=former, new=new)))


def _known(one: Incoming) -> UUID | None:
    """The patient whom an identity names: by the sender's number, else as any flow recognises him. Nobody is created."""
    for number in one.header.identifiers:
        if (holder := merging.holder_of(number)) is not None:
            return holder
    try:
        return patients.recognise(one.header)
    except Refused:
        return None


def _is_known(one: Incoming) -> bool:
    """Whether it is somebody known, contradicted or not."""
    try:
        return patients.recognise(one.header) is not None
    except patients.IdentityConflict:
        return True


def _number(other: InstanceId | Incoming) -> InstanceId:
    assert isinstance(other, InstanceId)  # noqa: S101  (a plan of this effect has numbers)
    return other


def _person(other: InstanceId | Incoming) -> Incoming:
    assert isinstance(other, Incoming)  # noqa: S101  (a plan of this effect has persons)
    return other


def _asked(act: Callable[[], T]) -> T:
    """What a service of merging gives; its refusal is a fault of the message."""
    try:
        return act()
    except (Refused, patients.UnknownPatient) as refusal:
        raise Unacceptable(Fault("204", "PID^1^3", str(refusal))) from refusal


def _nothing(plan: Plan, _sender: FlowSender) -> Done:
    return Done(plan.effect)


_EFFECTS: Mapping[str, Callable[[Plan, FlowSender], Done]] = {
    "identity": _identity,
    "document": _identity,
    "merge": _merged,
    "link": _linked,
    "unlink": _linked,
    "renumber": _renumbered,
    "none": _nothing,
}
