"""Receiving a message, whatever brought it: stored first, done once, answered always.

The effect and the state of a message are written in one transaction: a process killed in between has done nothing, and the
message, stored before, is taken up again by who sends it once more or by the worker (:func:`settle_open`). The same message again
(same sender, same control id, same content) gets the same answer without a second effect, unless it had none.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from dcc.audit import api as audit
from dcc.patients import api as patients
from dcc.security.api import frames_of, scrub
from plugins.ins.hl7 import er7
from plugins.ins.hl7.acknowledgement import Answering, Code, acknowledgement, wanted
from plugins.ins.hl7.analysis import Analysis, analyse
from plugins.ins.hl7.effects import Done, carry_out
from plugins.ins.hl7.faults import Fault, Unacceptable
from plugins.ins.models import FlowMessage
from plugins.ins.models.hl7 import OPEN, FlowState

log = logging.getLogger("dcc.ins.hl7")
BATCH = 5_000
NETWORK = "mllp"
"""The channel on which a sender may have to show its certificate."""
_EVENT = re.compile(r"[A-Z0-9]{3}(\^[A-Z0-9]{3})?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, in this order; nothing for an acknowledgement received, or what enhanced mode does not ask for."""

    message_id: int
    answers: Sequence[bytes]


def receive(content: bytes, *, channel: str, peer: str | None = None) -> Reply:
    """Store a message, do what it says, and answer. Never raises for what a message holds.

    ``peer`` is the fingerprint of the client certificate of its connection, empty without one; nothing for what a file brings.
    """
    analysis = analyse(content, peer=peer)
    row = _stored(content, analysis, channel=channel, peer=peer)
    if row.state not in (FlowState.DONE, FlowState.WAITING, FlowState.SET_ASIDE):
        row = settle(row.pk)
    return Reply(row.pk, _answers(row, analysis))


def settle(message_id: int) -> FlowMessage:
    """Do what a stored message says, unless it was done; then what it held. A bug leaves it ``panne``, never half done."""
    with transaction.atomic():
        row = FlowMessage.objects.select_for_update().get(pk=message_id)
        if row.state in (FlowState.DONE, FlowState.SET_ASIDE) or row.content is None:
            return row
        analysis = analyse(bytes(row.content), peer=row.peer if row.channel == NETWORK else None)
        _settle(row, analysis)
    if row.state == FlowState.DONE:
        let_go(row)
    return row


def let_go(row: FlowMessage) -> None:
    """Settle, in their order, the messages of the same sender that waited for others."""
    for held in _held_by(row):
        settle(held)


def settle_open() -> None:
    """Take up, in their order, the messages that a dead process left, and those whose question a person has answered."""
    rows = FlowMessage.objects.filter(state__in=OPEN).order_by("id").values_list("pk", "outcome", "reconciliation_id")[:BATCH]
    answered = patients.answered_questions({question for _pk, _outcome, question in rows if question})
    for message_id, outcome, question in rows:
        if outcome != "conflict" or question is None or question in answered:
            settle(message_id)


def _stored(content: bytes, analysis: Analysis, *, channel: str, peer: str | None) -> FlowMessage:
    head = analysis.head
    key = {
        "application": head.application if head else "",
        "facility_code": head.facility if head else "",
        "control_id": head.control_id if head else "",
        "digest": hashlib.sha256(er7.digest_form(content)).hexdigest(),
    }
    row = FlowMessage(
        **key,
        channel=channel,
        peer=peer or "",
        sender=analysis.sender,
        event=head.event if head else "",
        size=len(content),
        content=content[: er7.LIMIT + 1],  # one byte too many stays: read again, it is refused again
        subjects=sorted(analysis.plan.subjects) if analysis.plan else [],
    )
    try:
        with transaction.atomic(durable=True):
            row.save(force_insert=True)
    except IntegrityError:
        return FlowMessage.objects.get(**key)
    return row


def _settle(row: FlowMessage, analysis: Analysis) -> None:
    before = row.state, row.outcome, row.reconciliation_id
    row.attempts += 1
    row.sender = analysis.sender
    row.subjects = sorted(analysis.plan.subjects) if analysis.plan else []
    remarks = list(analysis.plan.remarks) if analysis.plan else []
    done: Done | None = None
    try:
        done = _carried_out(row, analysis)
        row.state, row.outcome = (FlowState.WAITING if done.waits else FlowState.DONE), done.outcome
        row.reconciliation_id = done.reconciliation_id
    except Unacceptable as refusal:
        row.state, row.outcome, remarks = FlowState.REFUSED, "refused", [*refusal.faults, *remarks]
    except Exception as error:  # noqa: BLE001  (a bug must leave the message, and the next ones, to be dealt with)
        log.error("flow message %s: %s, by way of %s", row.pk, scrub(error), " ".join(frames_of(error)))
        row.state, row.outcome, remarks = FlowState.CRASHED, "crashed", [_FAILED]
    if row.state == FlowState.WAITING and before == (row.state, row.outcome, row.reconciliation_id):
        return
    row.faults = [asdict(fault) for fault in remarks]
    row.settled_at = None if row.state in OPEN else timezone.now()
    if row.state not in OPEN:
        row.subjects = []
    row.reply = _reply(row, analysis)
    row.save()
    _trace(row, done)


_FAILED = Fault("207", "", "Panne de la plateforme : le message est gardé, il peut être renvoyé")
_HELD = Fault("206", "", "Attend un message précédent sur la même identité", "I")
_TO_RECONCILE = Fault("206", "PID^1", "Contredit une identité connue : un professionnel décidera", "W")


def _carried_out(row: FlowMessage, analysis: Analysis) -> Done:
    """In a savepoint: whatever is raised leaves nothing behind."""
    if analysis.faults or analysis.plan is None:
        raise Unacceptable(*analysis.faults, reject=analysis.reject)
    if analysis.sender is None:  # an acknowledgement: nothing to do
        return Done(analysis.plan.effect)
    if _is_held(row):
        return Done("held", waits=True)
    with transaction.atomic():
        return carry_out(analysis.plan, analysis.sender)


def _is_held(row: FlowMessage) -> bool:
    before = FlowMessage.objects.filter(sender=row.sender, state__in=OPEN, pk__lt=row.pk).values_list("subjects", flat=True)
    return any(set(subjects) & set(row.subjects) for subjects in before)


def _held_by(row: FlowMessage) -> Sequence[int]:
    after = FlowMessage.objects.filter(sender=row.sender, state=FlowState.WAITING, outcome="held", pk__gt=row.pk)
    return list(after.order_by("id").values_list("pk", flat=True)[:100])


def _reply(row: FlowMessage, analysis: Analysis) -> bytes | None:
    if analysis.head is not None and analysis.head.effect == "answer" and not analysis.faults:
        return None
    faults = [Fault(**fault) for fault in row.faults]
    if row.state == FlowState.WAITING:
        faults = [_HELD if row.outcome == "held" else _TO_RECONCILE, *faults]
    code: Code = "AA" if row.state in (FlowState.DONE, FlowState.WAITING) else "AR" if analysis.reject else "AE"
    return acknowledgement(analysis.head, code, faults, _answering(row))


def _answering(row: FlowMessage, suffix: str = "") -> Answering:
    return Answering(settings.DCC_REGION, timezone.localtime(), f"DCC{row.pk}{suffix}")


def _answers(row: FlowMessage, analysis: Analysis) -> Sequence[bytes]:
    """The stored answer; in enhanced mode (MSH-15, MSH-16), what the sender asked for."""
    head = analysis.head
    application = [bytes(row.reply)] if row.reply is not None else []
    if head is None or head.effect == "answer" or not (head.accept_ack or head.application_ack):
        return application
    taken = not analysis.reject
    accept = acknowledgement(head, "CA" if taken else "CR", analysis.faults if not taken else (), _answering(row, "C"))
    accepted = row.state in (FlowState.DONE, FlowState.WAITING)
    return [
        *([accept] if wanted(head.accept_ack, accepted=taken) else []),
        *(application if taken and wanted(head.application_ack, accepted=accepted) else []),
    ]


def _trace(row: FlowMessage, done: Done | None) -> None:
    event = row.event.replace("^", "_") if _EVENT.match(row.event) else ""
    facts = {"event": event, "outcome": row.outcome, "sender": str(row.sender_id or "")}
    action = "flow.taken" if row.state in (FlowState.DONE, FlowState.WAITING) else "flow.refused"
    audit.record(actor=None, action=action, subject=f"flow:{row.pk}", patient_id=done.patient_id if done else None, **facts)
