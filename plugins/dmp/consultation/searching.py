"""The search itself, in the worker: what the patient allows, what is there, what is new; then what is new is read.

Each step is written when it is made: a page shows the list while documents are being read. A search is not tried again by itself:
each is a call of which the patient is told, and the professional asks for another one (EX_3.1-2030). So one that is delivered a
second time, or late, or when the session in which it was asked is over, calls nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.errors import DeliveryError, NeedsSession, Refused
from dcc.contracts.event import Context
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.documents import api as documents
from dcc.patients import api as patients
from plugins.dmp.consultation import cache, reading
from plugins.dmp.consultation.asking import ConsultationRequested, is_late, live_session, settle
from plugins.dmp.consultation.fetching import HEAVIEST_SEARCH, plan
from plugins.dmp.consultation.keeping import check_again, keep_all, known_of
from plugins.dmp.consultation.kinds import kinds
from plugins.dmp.consultation.looking import Looked, look
from plugins.dmp.consultation.told import Told
from plugins.dmp.models import Consent, FoundDocument, Search
from plugins.dmp.patient.keeping import forget_found, may_consult, remember
from plugins.dmp.patient.services import Through
from plugins.dmp.patient.words import VALID
from plugins.dmp.settings import in_force
from plugins.dmp.transactions.types import FoundEntry

log = logging.getLogger("dcc.dmp.consultation")
State = Search.State


@dataclass(frozen=True, slots=True)
class _Work:
    """A search under way."""

    search: Search
    actor: User
    patient: PatientSnapshot
    ins: InstanceId
    through: Through
    here: documents.HeldHere
    began: datetime

    @property
    def patient_id(self) -> object:
        return self.search.patient_id


class _SettledElsewhere(Exception):
    """The search took so long that it was given up, and another one asked for."""


class Searching:
    """Handler of :class:`ConsultationRequested`; ``way`` gives how a professional reaches the DMP in his session."""

    def __init__(self, way: Callable[[User], Through]) -> None:
        self.way = way

    def __call__(self, event: ConsultationRequested, context: Context) -> None:
        search = Search.objects.select_related("user__practitioner").filter(pk=event.search_id, state=State.RUNNING).first()
        if search is None:
            return
        session_id = live_session(search.user_id)
        if session_id is None:
            settle(search, State.FAILED, _("votre accès au DMP n'est plus ouvert"))
        elif context.attempt > 1 or is_late(search) or session_id != search.session_id:
            settle(search, State.FAILED, _("la recherche a été interrompue"))
        else:
            self._made(search)

    def _made(self, search: Search) -> None:
        try:
            self._search(search)
        except _SettledElsewhere:
            log.info("search %s: another one was asked for meanwhile", search.pk)
        except NeedsSession:
            settle(search, State.FAILED, _("votre accès au DMP n'est plus ouvert"))
        except DeliveryError as error:
            settle(search, State.FAILED, error.reason)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the delivery is taken up again, and ends the search
        except Exception:
            settle(search, State.FAILED, _("erreur interne, signalée à l'exploitation"))
            raise

    def _search(self, search: Search) -> None:
        patient = patients.patient_snapshot(search.patient_id)
        if patient.ins is None:
            settle(search, State.FAILED, _("l'identité du patient n'est plus qualifiée"))
            return
        through, began = self.way(search.user), timezone.now()
        answer = through.dmp.existence(through.caller, patient.ins)
        remember(patient_id=search.patient_id, user_id=search.user_id, answer=answer, at=began)
        consent = Consent.objects.get(patient=search.patient_id, user=search.user_id)
        if not (answer.exists and answer.active):
            settle(search, State.NO_FILE)
        elif consent.authorisation != VALID:
            settle(search, State.NOT_ALLOWED)
        else:
            here = documents.HeldHere(search.user, search.patient_id)
            _consult(_Work(search, search.user, patient, patient.ins, through, here, began), consent)


def _consult(work: _Work, consent: Consent) -> None:
    search = work.search
    mine = FoundDocument.objects.filter(patient=search.patient_id, user=search.user_id)
    known = {*mine.values_list("unique_id", flat=True), *known_of(search.patient_id)}
    looked = look(work.through, work.ins, last=consent.searched_at, now=work.began, years=in_force().first_years, known=known)
    _check_allowed(search)
    check_again(search.patient_id, search.user_id, looked, work.began)
    current = _told(work, looked)
    mine.exclude(unique_id__in=[found.entry.unique_id for found in current]).delete()
    Consent.objects.filter(pk=consent.pk).update(searched_at=work.began)
    left = _read(work, current)
    _check_allowed(search)  # withdrawn during the last call: what it brought goes too
    if in_force().retention == "automatique":
        keep_all(actor=work.actor, patient_id=search.patient_id)
    settle(search, State.DONE, left=left)


def _told(work: _Work, looked: Looked) -> list[FoundEntry]:
    """What of the registry is to be shown, told as it describes it: approved, and not here under this identifier."""
    before = {row.unique_id: told for row, told in cache.held(work.search.patient_id, work.search.user_id)}
    current = []
    for found in looked.there.values():
        root, _sep, extension = found.entry.unique_id.partition("^")
        if found.status != "Approved" or work.here.knows(InstanceId(root, extension or None)):
            continue
        told, former = reading.described(found), before.get(found.entry.unique_id)
        if former is not None and former.is_read:
            told = replace(former, replaced=told.replaced, invisible=told.invisible, by_patient=told.by_patient)
        cache.put(work.search.patient_id, work.search.user_id, told)
        current.append(found)
    return current


def _read(work: _Work, current: Sequence[FoundEntry]) -> int:
    """Read what is new and can be; answers how many were left."""
    read = {told.unique_id for _row, told in cache.held(work.search.patient_id, work.search.user_id) if told.is_read}
    wanted = [found for found in current if found.entry.unique_id not in read and _is_read(found)]
    made, came = plan(wanted), 0
    for call in made.calls:
        if came >= HEAVIEST_SEARCH:
            made.leave(call)
            continue
        _check_allowed(work.search)
        names = [found.entry.unique_id for found in call]
        contents = dict(work.through.dmp.retrieve(work.through.caller, work.ins, names))
        came += sum(len(content) for content in contents.values())
        for found in call:
            _put(work, found, contents.pop(found.entry.unique_id, None))
    for found in wanted:
        if reason := made.left.get(found.entry.unique_id):
            _say(work, replace(reading.described(found), problem=reason))
    return len(made.left)


def _check_allowed(search: Search) -> None:
    """Raise ``Refused`` when the patient withdrew his authorisation while the search goes on (EX_0.3-1040).

    Raises :class:`_SettledElsewhere` when nobody waits for this search any more.
    """
    if not Search.objects.filter(pk=search.pk, state=State.RUNNING).exists():
        raise _SettledElsewhere
    if not may_consult(search.patient_id, search.user_id):
        forget_found(search.patient_id, search.user_id)
        raise Refused(_("le patient a retiré son autorisation"))


def _is_read(found: FoundEntry) -> bool:
    code = found.entry.type_code
    return code is not None and code.code in kinds() and kinds()[code.code].read and not found.replaced_by


def _put(work: _Work, found: FoundEntry, content: bytes | None) -> None:
    told = reading.described(found)
    if content is None:
        _say(work, replace(told, problem=_("Le DMP n'a pas rendu ce document")))
    elif len(content) > settings.DCC_INTAKE_LIMIT:
        _say(work, replace(told, problem=_("Ce document est trop lourd pour être lu")))
    else:
        told = reading.read(told, found, content, work.patient)
        _say(work, told, content if told.is_read else None)


def _say(work: _Work, told: Told, content: bytes | None = None) -> None:
    """Keep what was read, with its trace; what turns out to be here already (it came by mail) is not kept."""
    search = work.search
    with transaction.atomic():
        if told.is_read and work.here.has(InstanceId(*told.set_id), told.version_number):
            FoundDocument.objects.filter(patient=search.patient_id, user=search.user_id, unique_id=told.unique_id).delete()
            return
        row = cache.put(search.patient_id, search.user_id, told, content)
        if told.is_read:
            _trace(search, "dmp.document_read", f"found:{row.pk}", kind=told.type_code)


def _trace(search: Search, action: str, subject: str, **facts: str | int | bool) -> None:
    audit.record(actor=search.user, action=action, subject=subject, patient_id=search.patient_id, **facts)
