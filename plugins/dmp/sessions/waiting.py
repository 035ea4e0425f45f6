"""What waits for somebody's session, as it is told to people: whose, of which documents.

A deposit waits for one of the authors of its document. So does an FRCP that the patient does not see beside its PPS: one of its
authors shows it whatever the patient lets him read, somebody of its PPS only with an authorisation VALIDE (decision 0346).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.contracts.events import TransmissionChanged
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange import api as exchange
from dcc.patients.merging import api as merging
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.events import RemovalAsked, ShareAsked
from plugins.dmp.deposits.visibility import Pps
from plugins.dmp.models import Deposit
from plugins.dmp.models.deposits import Stage, Visibility
from plugins.dmp.patient.keeping import may_consult
from plugins.dmp.sessions.opening import PSC
from plugins.dmp.sessions.people import forms_of

CHANNEL = "dmp"


@dataclass(frozen=True, slots=True)
class ToShow:
    """An FRCP that the patient does not see beside its PPS: its authors (national identifiers), and since when it waits."""

    document_id: UUID
    authors: Sequence[str]
    since: datetime


def ids_of(user: User) -> tuple[str, ...]:
    """Every form of the national identifier of a person; none when she is no professional."""
    return forms_of([user.practitioner.national_id]) if user.practitioner is not None else ()


def waiting_documents(user: User) -> list[UUID]:
    """Documents that wait for the session of this person, deposits first, the longest waiting first; those that she may open."""
    ids = ids_of(user)
    if not ids:
        return []
    lines = exchange.waiting_for_session(user, practitioners=ids)
    deposits = [line.document_id for line in lines if line.channel == CHANNEL]
    removals = events.awaiting_session(kind=PSC, event=RemovalAsked.name, practitioners=ids)
    removed = _openable(user, [UUID(str(told.payload["document_id"])) for told in removals])
    return list(dict.fromkeys([*deposits, *(one.document_id for one in shown_by(user)), *removed]))


def awaited(user: User, document_id: UUID) -> Sequence[exchange.Awaited]:
    """Those whose session the deposit of a document waits for, each once; raises ``DocumentNotFound``."""
    lines = exchange.transmissions_of(user, document_id)
    return list(dict.fromkeys(one for line in lines if line.channel == CHANNEL for one in line.awaits))


def shown_by(user: User) -> Sequence[ToShow]:
    """FRCPs that the connection of this person shows to their patient; those that she may open."""
    ids = ids_of(user)
    waiting = to_show(ids) if ids else []
    mine = [one for one in waiting if set(ids) & set(one.authors) or _may_read(user, one.document_id)]
    opened = _openable(user, [one.document_id for one in mine])
    return [one for one in mine if one.document_id in opened]


def _openable(user: User, document_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of these documents that somebody may open, as they come."""
    found = {row["pk"] for row in documents.openable(user, Q(pk__in=document_ids))} if document_ids else set()
    return [one for one in document_ids if one in found]


def to_show(practitioners: Collection[str] = ()) -> Sequence[ToShow]:
    """FRCPs that wait to be shown in a session of one of these professionals (of anybody), the longest waiting first."""
    since: dict[UUID, datetime] = {}
    for name in (TransmissionChanged.name, ShareAsked.name):
        for told in events.awaiting_session(kind=PSC, event=name, practitioners=practitioners):
            if told.payload.get("channel", CHANNEL) == CHANNEL:
                since.setdefault(UUID(str(told.payload["document_id"])), told.at)
    found = _hidden(since) if since else []
    return sorted(found, key=lambda one: one.since)


def to_be_shown(document_id: UUID) -> ToShow | None:
    """The same of one document; nothing when it is no FRCP, is seen already, or waits for nobody."""
    hidden = _invisible().filter(document_id=document_id).first()
    waiting = to_show(forms_of(hidden.practitioners)) if hidden is not None and hidden.practitioners else []
    return next((one for one in waiting if one.document_id == document_id), None)


def show_names(one: ToShow) -> str:
    """The authors of an FRCP by their names, as one reads them."""
    known = accounts.practitioner_names(set(one.authors))
    return exchange.awaited_names([exchange.Awaited(each, known.get(each, each)) for each in one.authors])


def _hidden(since: Mapping[UUID, datetime]) -> Sequence[ToShow]:
    """FRCPs that are invisible in the DMP now beside their PPS, among what waits since then, and what that follows."""
    waits = dict(since)
    following = Deposit.objects.filter(document_id__in=since, document_type="pps")
    for pps, frcp in following.values_list("document_id", "reference_id").distinct():
        if frcp is not None:
            waits[frcp] = min(waits.get(frcp, since[pps]), since[pps])
    hidden = _invisible().filter(document_id__in=waits)
    beside = [row for row in hidden if ledger.pps_of(row.document_id, row.ins) is Pps.PRESENT]
    return [ToShow(row.document_id, row.practitioners, waits[row.document_id]) for row in beside]


def _invisible() -> QuerySet[Deposit]:
    """FRCPs as they are in the DMP of the patient now, those that he does not see."""
    there = Deposit.objects.filter(document_type="frcp", stage=Stage.DEPOSITED, replaced_by="", misplaced_at=None)
    return there.filter(visibility=Visibility.INVISIBLE)


def _may_read(user: User, document_id: UUID) -> bool:
    """Whether the patient of a document lets somebody consult his DMP, as far as is known here."""
    patient_id = documents.patient_of(document_id)
    return patient_id is not None and may_consult(merging.kept_id(patient_id), user.pk)
