"""A message looked at whole, before anything is done: envelope, sender, plan and every fault. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from plugins.ins.hl7 import er7
from plugins.ins.hl7.faults import Fault, Unacceptable
from plugins.ins.hl7.identity import Sending
from plugins.ins.hl7.messages import Head, Plan, check_head, head_of, plan_of
from plugins.ins.models import FlowSender


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a message is and would do; with ``faults`` it does nothing, and ``reject`` says they are answered by AR."""

    head: Head | None
    sender: FlowSender | None = None
    plan: Plan | None = None
    faults: Sequence[Fault] = ()
    reject: bool = False


def analyse(content: bytes, *, peer: str | None = None) -> Analysis:
    """Read a message as it came.

    ``peer`` is the fingerprint of the client certificate of its connection (empty: it showed none); nothing for a file that an
    operator of the platform brings: no connection is there to be judged.
    """
    head: Head | None = None
    sender: FlowSender | None = None
    try:
        message = er7.read(content)
        head = head_of(message)
        check_head(head, tests_allowed=settings.DCC_TEST_IDENTITIES)
        if head.effect == "answer":
            return Analysis(head, plan=Plan("answer"))
        sender = _sender(head, peer)
        authorities = frozenset(sender.authorities.split())
        sending = Sending(sender.facility.identifier_oid, authorities)
        plan = plan_of(message, head, sending, today=timezone.localdate(), documents=sender.documents)
        return Analysis(head, sender, plan)
    except Unacceptable as refusal:
        return Analysis(head or _envelope(content), sender, faults=refusal.faults, reject=refusal.reject)


def _envelope(content: bytes) -> Head | None:
    message = er7.envelope(content)
    try:
        return head_of(message) if message else None
    except Unacceptable:
        return None


def _sender(head: Head, peer: str | None) -> FlowSender:
    """Raises :class:`Unacceptable` (reject) for who is not in the table, or speaks under another certificate than its own."""
    known = FlowSender.objects.select_related("facility").filter(
        application=head.application, facility_code=head.facility, active=True
    )
    sender = known.first()
    if sender is None:
        raise Unacceptable(Fault("204", "MSH^1^3", "Émetteur inconnu de cette plateforme"), reject=True)
    if peer is not None and sender.certificate and sender.certificate != peer:
        raise Unacceptable(Fault("204", "MSH^1^3", "Le certificat de la connexion n'est pas celui de cet émetteur"), reject=True)
    if not sender.facility.identifier_oid:
        raise Unacceptable(Fault("207", "MSH^1^4", "La structure n'a pas d'OID d'émission des IPP"), reject=True)
    return sender
