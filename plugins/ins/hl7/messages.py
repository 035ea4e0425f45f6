"""What each message is for: the triggers of PAM.fr as a table, and a message read into a plan. Pure; nothing is looked up.

``effect`` says what a trigger does to identities:

=========  =======================================================================================================
identity   the identity of PID enters by the door of flows (created, recognised, brought up to date)
merge      the identity of MRG is one with that of PID, which stays
link       both identities (two PID) are of one person, each staying
unlink     they are not
renumber   the establishment changed its number: PID-3 replaces MRG-1
none       acknowledged: a movement that says nothing new of the identity
document   carries a document (MDM, ORU): refused, or its identity alone is taken, as the sender is set
answer     an acknowledgement: never acknowledged itself
=========  =======================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dcc.contracts.snapshots import InstanceId
from plugins.ins.hl7.er7 import Message, Segment
from plugins.ins.hl7.faults import Fault, Unacceptable
from plugins.ins.hl7.identity import Incoming, Sending, incoming, number_of

_TABLE = """
A01  identity  Admission
A04  identity  Venue externe
A05  identity  Pré-admission
A06  identity  Passage en hospitalisation
A07  identity  Passage en externe
A08  identity  Mise à jour des données du patient
A28  identity  Création d'une identité
A31  identity  Mise à jour d'une identité
A40  merge     Fusion de deux identités
A24  link      Rapprochement de deux identités
A37  unlink    Annulation d'un rapprochement
A47  renumber  Changement d'IPP
A02  none      Mutation
A03  none      Sortie
A11  none      Annulation d'admission
A12  none      Annulation de mutation
A13  none      Annulation de sortie
A14  none      Pré-admission en attente
A15  none      Mutation prévue
A16  none      Sortie prévue
A21  none      Permission
A22  none      Retour de permission
A25  none      Annulation de sortie prévue
A26  none      Annulation de mutation prévue
A27  none      Annulation de pré-admission
A38  none      Annulation de pré-admission
A44  none      Déplacement d'un séjour
A52  none      Annulation de permission
A53  none      Annulation de retour de permission
A54  none      Changement de médecin
A55  none      Annulation de changement de médecin
Z80  none      Changement de statut administratif
Z81  none      Annulation de changement de statut administratif
Z84  none      Changement d'affectation de soins
Z85  none      Annulation de changement d'affectation de soins
Z88  none      Mise à jour des données liées au séjour
Z89  none      Annulation de mise à jour de séjour
Z99  identity  Correction d'un mouvement
"""
TRIGGERS: Mapping[str, tuple[str, str]] = {
    code: (effect, words) for code, effect, words in (line.split(maxsplit=2) for line in _TABLE.strip().splitlines())
}
"""ADT triggers: effect and French words."""

DOCUMENTS = frozenset({"MDM", "ORU"})
MAX_PAIRS = 50


@dataclass(frozen=True, slots=True)
class Head:
    """The envelope of a message (MSH)."""

    application: str
    facility: str
    to_application: str
    to_facility: str
    charset: str
    kind: str
    trigger: str
    control_id: str
    processing: str
    version: str
    accept_ack: str
    application_ack: str

    @property
    def event(self) -> str:
        """``ADT^A28``."""
        return f"{self.kind}^{self.trigger}" if self.trigger else self.kind

    @property
    def effect(self) -> str:
        """What the table says; empty for a message that is not taken."""
        if self.kind == "ACK":
            return "answer"
        if self.kind in DOCUMENTS:
            return "document"
        return TRIGGERS[self.trigger][0] if self.kind == "ADT" and self.trigger in TRIGGERS else ""


def words_of(event: str) -> str:
    """What a message is, in French, by its event (``ADT^A28``); empty when unknown."""
    kind, _caret, trigger = event.partition("^")
    if kind == "ADT":
        return TRIGGERS[trigger][1] if trigger in TRIGGERS else ""
    return {"ACK": "Acquittement", "MDM": "Document", "ORU": "Résultats"}.get(kind, "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a message would do: ``effect`` of the table, the identities it gives, for each the other number (MRG, second PID)."""

    effect: str
    identities: Sequence[Incoming] = ()
    others: Sequence[InstanceId | Incoming] = ()
    remarks: Sequence[Fault] = ()

    @property
    def subjects(self) -> frozenset[str]:
        """The numbers and INS that it is about: two messages that share one keep their order."""
        ids: set[InstanceId] = set()
        for one in [*self.identities, *self.others]:
            if isinstance(one, Incoming):
                ids |= {*one.header.identifiers, *([one.header.ins] if one.header.ins else [])}
            else:
                ids.add(one)
        return frozenset(f"{one.root}|{one.extension}" for one in ids)


def head_of(message: Message) -> Head:
    """The envelope. Raises :class:`Unacceptable` when an element is unreadable."""

    def said(field: int, component: int = 1, most: int = 180) -> str:
        return "".join(char for char in message.head.text(field, component) if char.isprintable())[:most]

    return Head(
        application=said(3),
        facility=said(4),
        to_application=said(5),
        to_facility=said(6),
        charset=said(18, most=20),
        kind=said(9, most=3).upper(),
        trigger=said(9, 2, most=3).upper(),
        control_id=said(10, most=199),
        processing=said(11, most=1).upper(),
        version=said(12, most=10),
        accept_ack=said(15, most=2).upper(),
        application_ack=said(16, most=2).upper(),
    )


def check_head(head: Head, *, tests_allowed: bool) -> None:
    """Raises :class:`Unacceptable` (reject) when this platform takes no such message."""
    if not head.control_id:
        raise Unacceptable(Fault("101", "MSH^1^10", "Identifiant de message manquant"), reject=True)
    if not head.version.startswith("2."):
        raise Unacceptable(Fault("203", "MSH^1^12", "Version de HL7 non prise en charge (2.x attendue)"))
    if head.processing not in (("P", "D", "T") if tests_allowed else ("P",)):
        raise Unacceptable(Fault("202", "MSH^1^11", "Message de test ou de mise au point, refusé sur cette plateforme"))
    if not head.effect:
        code, where = ("201", "MSH^1^9^2") if head.kind == "ADT" else ("200", "MSH^1^9")
        raise Unacceptable(Fault(code, where, "Message que cette plateforme ne reçoit pas"))


def plan_of(message: Message, head: Head, sending: Sending, *, today: date, documents: bool = False) -> Plan:
    """What the message would do. ``documents``: the sender's documents are left aside and their identity taken.

    Raises :class:`Unacceptable`.
    """
    effect = head.effect
    if effect == "document":
        if not documents:
            raise Unacceptable(Fault("200", "MSH^1^9", "Les documents n'entrent pas par HL7 v2 sur cette plateforme"))
        left = Fault("207", "OBX^1", "Document laissé de côté : seule l'identité est prise", "W")
        one = _one(message, sending, today)
        return Plan("document", [one], remarks=[left, *one.remarks])
    if effect == "identity":
        one = _one(message, sending, today)
        return Plan("identity", [one], remarks=one.remarks)
    if effect in ("merge", "renumber"):
        return _with_merge_segments(effect, message, sending, today)
    if effect in ("link", "unlink"):
        return _with_two_persons(effect, message, sending, today)
    return Plan(effect)


def _one(message: Message, sending: Sending, today: date) -> Incoming:
    found = message.all("PID")
    if len(found) != 1:
        words = "Segment PID manquant" if not found else "Un seul segment PID attendu"
        raise Unacceptable(Fault("100", "PID^1" if not found else found[1].where(), words))
    return incoming(found[0], message, sending, today=today)


def _with_merge_segments(effect: str, message: Message, sending: Sending, today: date) -> Plan:
    """Pairs PID, MRG in their order (A40 may hold several)."""
    kept, others = [], []
    waiting: Segment | None = None
    for segment in message.segments:
        if segment.name == "PID":
            if waiting is not None:
                raise Unacceptable(Fault("100", segment.where(), "Segment MRG attendu avant un autre PID"))
            waiting = segment
        elif segment.name == "MRG":
            if waiting is None:
                raise Unacceptable(Fault("100", segment.where(), "Segment MRG sans PID"))
            kept.append(incoming(waiting, message, sending, today=today))
            others.append(_merged_number(segment, sending))
            waiting = None
    if waiting is not None or not kept:
        raise Unacceptable(Fault("100", "MRG^1", "Segment MRG manquant"))
    if len(kept) > (1 if effect == "renumber" else MAX_PAIRS):
        raise Unacceptable(Fault("100", "MRG^1", "Trop de segments MRG"))
    return Plan(effect, kept, others, [remark for one in kept for remark in one.remarks])


def _merged_number(mrg: Segment, sending: Sending) -> InstanceId:
    numbers = dict.fromkeys(number for part in mrg.repetitions(1) if (number := number_of(part, sending)))
    if len(numbers) != 1:
        words = "Plusieurs IPP à fusionner" if numbers else "IPP de l'établissement manquant"
        raise Unacceptable(Fault("102" if numbers else "101", mrg.where(1), words))
    return next(iter(numbers))


def _with_two_persons(effect: str, message: Message, sending: Sending, today: date) -> Plan:
    found = message.all("PID")
    if len(found) != 2:
        raise Unacceptable(Fault("100", "PID^2", "Deux segments PID attendus"))
    one, other = (incoming(pid, message, sending, today=today) for pid in found)
    return Plan(effect, [one], [other], [*one.remarks, *other.remarks])
