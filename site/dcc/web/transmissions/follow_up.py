"""The lines of « Destinataires et transmissions »: who, how, where it stands (a track), why, and the action that unblocks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.exchange import api as exchange
from dcc.exchange.api import State, TransmissionLine, Unblock
from dcc.web.words import Sign

SIGNS: Mapping[State, Sign] = {
    State.HELD: Sign(gettext_lazy("Retenue"), "lock", "warn", gettext_lazy("N'est pas partie : il manque quelque chose")),
    State.QUEUED: Sign(gettext_lazy("En file"), "clock", "info", gettext_lazy("Part dès que possible")),
    State.SENT: Sign(gettext_lazy("Envoyée"), "send", "info", gettext_lazy("Acceptée par le serveur d'envoi")),
    State.DELIVERED: Sign(gettext_lazy("Remise"), "check", "good", gettext_lazy("Déposée dans la boîte du destinataire")),
    State.READ: Sign(gettext_lazy("Lue ou intégrée"), "double-check", "good", gettext_lazy("Le destinataire l'a fait savoir")),
    State.FAILED: Sign(gettext_lazy("Échec"), "warning", "bad", gettext_lazy("N'est pas arrivée")),
    State.SUPERSEDED: Sign(gettext_lazy("Remplacée"), "history", "", gettext_lazy("Un envoi plus récent part à sa place")),
    State.ABANDONED: Sign(gettext_lazy("Abandonnée"), "ban", "", gettext_lazy("Quelqu'un y a renoncé, avec un motif")),
}
"""How each state looks; its words are those of the table of states."""

OF_CHANNELS: Mapping[tuple[str, State], Sign] = {
    ("dmp", State.SENT): Sign(gettext_lazy("Déposée au DMP"), "check", "good", gettext_lazy("Le DMP l'a prise")),
    ("dmp", State.FAILED): Sign(gettext_lazy("Refusée"), "warning", "bad", gettext_lazy("Le DMP ne l'a pas prise")),
}
"""Where a channel's state has another look; its words are those of the same table."""

ANSWERED_WITHIN = timedelta(minutes=15)
"""An open page asks again for as long after a sending."""

STAGES: Mapping[str, Sequence[tuple[State, Any]]] = {
    "mss": (
        (State.QUEUED, gettext_lazy("En file")),
        (State.SENT, gettext_lazy("Envoyée")),
        (State.DELIVERED, gettext_lazy("Remise")),
        (State.READ, gettext_lazy("Lue")),
    ),
    "dmp": ((State.QUEUED, gettext_lazy("En file")), (State.SENT, gettext_lazy("Déposée"))),
}
"""The track of each channel: a deposit in the DMP is answered at once."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a cause is unblocked: the words of the button, the page, what its address is made of (``patient``, or an act).

    A page of a plugin is not there where the plugin is not; ``otherwise`` is then where the button leads, if anywhere.
    """

    words: Any
    page: str
    on: str = ""
    at_once: bool = False
    otherwise: str = ""


UNBLOCKING: Mapping[Unblock, Way] = {
    Unblock.QUALIFY: Way(gettext_lazy("Qualifier l'identité"), "web:identity", "patient"),
    Unblock.CORRECT: Way(gettext_lazy("Vérifier l'identité"), "web:identity", "patient"),
    Unblock.SESSION: Way(gettext_lazy("Ouvrir mon accès au DMP"), "dmp:access", otherwise="accounts:psc_step_up"),
    Unblock.DMP: Way(gettext_lazy("DMP du patient"), "dmp:patient", "patient"),
    Unblock.RETRY: Way(gettext_lazy("Relancer"), "web:transmission_act", "relance", at_once=True),
    Unblock.ADDRESS: Way(gettext_lazy("Indiquer une adresse"), "web:transmission_act", "adresse"),
    Unblock.REDIRECT: Way(gettext_lazy("Envoyer à une autre adresse"), "web:transmission_act", "adresse"),
}
"""The one action that the page offers for each that somebody can do here."""

AWAITED: Mapping[Unblock, Any] = {
    Unblock.WAIT: gettext_lazy("Rien à faire : de nouveaux essais ont lieu d'eux-mêmes."),
    Unblock.TAKE_BACK: gettext_lazy(
        "Un médecin de l'équipe peut la reprendre, puis l'adresser à nouveau (« Entre deux régions »)."
    ),
    Unblock.CONFIGURE: gettext_lazy("L'administrateur de la plateforme en est averti."),
}
"""What is said where somebody else, or nobody, has something to do."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button of a line: ``at_once`` is sent from here, otherwise a page asks what is needed."""

    words: Any
    href: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a track: ``done``, ``now``, ``bad`` or ``ahead``, and when it was reached."""

    label: Any
    look: str
    icon: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of the document: the transmission that counts for him now, its track, and those before it."""

    line: TransmissionLine
    channel: str
    sign: Sign
    stages: Sequence[Stage]
    deed: Deed | None
    continuity: str
    reason: str
    awaited: Any
    earlier: Sequence[TransmissionLine]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page it is: of which document and patient, and what the person may do there; her number as a professional."""

    document_id: UUID
    patient_id: UUID | None
    may_act: bool = False
    may_send: bool = False
    national_id: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The panel: its recipients, whether they may move by themselves, and what the page has seen of them (``token``)."""

    recipients: Sequence[Recipient]
    moving: bool
    token: str
    reader: Reader


def follow_up(lines: Sequence[TransmissionLine], reader: Reader) -> FollowUp:
    """The panel of a document, from its transmissions, newest first."""
    by_recipient: dict[tuple[str, str], list[TransmissionLine]] = {}
    for line in lines:
        by_recipient.setdefault((line.channel, line.recipient_key), []).append(line)
    recipients = [_recipient(found, reader) for found in by_recipient.values()]
    moving = any(_moves(one.line) for one in recipients)
    return FollowUp(sorted(recipients, key=_rank), moving, _token(lines), reader)


def _moves(line: TransmissionLine) -> bool:
    """Whether something may become of it while one looks: an answer that did not come in minutes comes in hours, or never."""
    answer = line.state == State.SENT and not line.arrived
    return line.state == State.QUEUED or (answer and timezone.now() - line.changed_at < ANSWERED_WITHIN)


def _recipient(found: Sequence[TransmissionLine], reader: Reader) -> Recipient:
    line, *earlier = found
    state = State(line.state)
    return Recipient(
        line,
        exchange.channel_words(line.channel, line.recipient_kind),
        OF_CHANNELS.get((line.channel, state), SIGNS[state]),
        tuple(_stages(line, state)),
        _deed(line, reader),
        _continuity(line, reader),
        reason_words(line),
        AWAITED.get(line.unblock, ""),
        earlier,
    )


def _deed(line: TransmissionLine, reader: Reader) -> Deed | None:
    way = UNBLOCKING.get(line.unblock)
    if way is None or not line.open or not _may_unblock(line, reader):
        return None
    href = _address(way, line, reader)
    return Deed(way.words, href, way.at_once) if href else None


def _may_unblock(line: TransmissionLine, reader: Reader) -> bool:
    """Whether the reader is one of those who can; a session is opened by those it is waited of, and by nobody for them."""
    if line.unblock is Unblock.SESSION:
        return reader.national_id in [one.national_id for one in line.awaits] if line.awaits else reader.may_act
    return reader.may_act


def _address(way: Way, line: TransmissionLine, reader: Reader) -> str:
    try:
        return reverse(way.page, args=_arguments(way, line, reader))
    except NoReverseMatch:
        return reverse(way.otherwise) if way.otherwise else ""


def reason_words(line: TransmissionLine | exchange.QueueLine) -> str:
    """Why a line is where it is; whom it waits for, by name."""
    if not line.awaits:
        return line.words
    return _("En attente de la connexion de %(who)s (Pro Santé Connect)") % {"who": exchange.awaited_names(line.awaits)}


def _arguments(way: Way, line: TransmissionLine, reader: Reader) -> Sequence[object]:
    if way.on == "patient":
        return [reader.patient_id]
    return [reader.document_id, line.transmission_id, way.on] if way.on else []


def _continuity(line: TransmissionLine, reader: Reader) -> str:
    """Where what waits for a qualified identity is sent all the same, for the continuity of care: to professionals only."""
    if not reader.may_send or line.unblock is not Unblock.QUALIFY or line.recipient_kind != "ps" or not line.open:
        return ""
    return f"{reverse('web:send', args=[reader.document_id])}?{urlencode({'to': line.recipient_key})}"


def _stages(line: TransmissionLine, state: State) -> Iterator[Stage]:
    reached = {State.SENT: line.sent_at, State.DELIVERED: line.delivered_at, State.READ: line.read_at}
    last = max((place for place, (stage, _label) in enumerate(_track(line)) if reached.get(stage)), default=0)
    stopped = state in (State.HELD, State.FAILED, State.SUPERSEDED, State.ABANDONED)
    for place, (stage, label) in enumerate(_track(line)):
        at = line.requested_at if stage is State.QUEUED else reached.get(stage)
        if place == last and stopped:
            words = SIGNS[state].label if state is State.HELD else label
            yield Stage(words, "bad" if state is State.FAILED else "held", SIGNS[state].icon, at)
        elif place <= last:
            yield Stage(label, "done" if place < last or line.arrived else "now", "check", at)
        else:
            yield Stage(label, "ahead", "circle", None)


def _track(line: TransmissionLine) -> Sequence[tuple[State, Any]]:
    return STAGES.get(line.channel, STAGES["mss"])


def _rank(one: Recipient) -> tuple[int, str]:
    """What asks for somebody first, then what is on its way, then what arrived."""
    order = (State.FAILED, State.HELD, State.QUEUED, State.SENT)
    state = State(one.line.state)
    return (order.index(state) if state in order else len(order), one.line.recipient_label)


def _token(lines: Sequence[TransmissionLine]) -> str:
    """Changes when anything shown changes."""
    seen = "|".join(f"{line.transmission_id}{line.state}{line.cause}{line.changed_at}" for line in lines)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def summary_words(summary: exchange.Summary) -> Sequence[Sign]:
    """A summary as badges, for a list: what failed, waits, is on its way, arrived; what a patient's DMP shows of it."""
    found = (
        (summary.failed, SIGNS[State.FAILED], _("en échec")),
        (summary.blocked - summary.failed, SIGNS[State.HELD], _("en attente")),
        (summary.moving, SIGNS[State.SENT], _("en cours d'envoi")),
        (summary.arrived, SIGNS[State.DELIVERED], _("remis")),
    )
    signs = [Sign(f"{number} {words}", sign.icon, sign.tone) for number, sign, words in found if number]
    return [*signs, *_shared_words(summary.shared)]


def _shared_words(shared: exchange.Shared | None) -> Iterator[Sign]:
    """What a list says of the DMP beside the counts: who sees what is there, or that a physician is waited for."""
    if shared is None:
        return
    if shared.state == State.SENT and shared.note:
        yield Sign(_("DMP : %(note)s") % {"note": shared.note}, "info")
    elif shared.state == State.HELD and shared.cause == "session":
        yield Sign(_("DMP : attend une connexion"), "lock", "warn")
