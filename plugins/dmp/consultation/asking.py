"""Asking for a search: when a professional may have the DMP of a patient searched, once by itself; and how it ends, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.event import Event
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from plugins.dmp.models import Deposit, FoundDocument, Search
from plugins.dmp.sessions.live import live, session_of
from plugins.dmp.sessions.people import forms_of
from plugins.dmp.settings import in_force

ABANDONED = timedelta(minutes=2)
"""After this time a search that did not end is not waited for any more."""


@dataclass(frozen=True, slots=True)
class ConsultationRequested(Event):
    """A search of the DMP of a patient waits for the worker; each by itself."""

    name: ClassVar[str] = "dmp.consultation_requested"
    search_id: UUID

    @property
    def subject(self) -> str:
        return f"dmp-search:{self.search_id}"


def live_session(user_id: UUID) -> UUID | None:
    """The session of the trust space that a professional has now."""
    return live().filter(user=user_id).order_by("-expires_at").values_list("pk", flat=True).first()


def deposited_in_session(user: User, patient_id: UUID) -> bool:
    """Whether something of a patient (the one that is kept) was deposited in the session that a professional has now."""
    session = session_of(user)
    if session is None:
        return False
    mine = Deposit.objects.filter(depositor__in=forms_of([session.national_id]), deposited_at__gte=session.opened_at)
    held = {documents.patient_of(document_id) for document_id in mine.values_list("document_id", flat=True).distinct()}
    return patient_id in {merging.kept_id(one) for one in held if one is not None}


def ask(*, user_id: UUID, patient_id: UUID, automatic: bool) -> Search | None:
    """Have the DMP of a patient searched; nothing without a session, a proxy, a qualified INS, or where the region wants none.

    By itself one search is made in a session for a patient, whatever is opened (EX_3.1-2030); by hand any number, one at a time.
    The caller knows that the professional may do it. Raises ``UnknownPatient``.
    """
    settings, session_id = in_force(), live_session(user_id)
    if not settings.proxy or settings.search == "jamais" or session_id is None:
        return None
    if automatic and settings.search != "ouverture":
        return None
    mine = Search.objects.filter(patient=patient_id, user=user_id)
    if automatic and mine.filter(session_id=session_id).exists():
        return None
    running = mine.filter(state=Search.State.RUNNING, asked_at__gt=timezone.now() - ABANDONED).first()
    if running is not None or patients.patient_snapshot(patient_id).ins is None:
        return running
    for over in mine.filter(state=Search.State.RUNNING).select_related("user"):  # nobody waits for it any more
        settle(over, Search.State.FAILED, _("la recherche a été interrompue"))
    return _asked(Search(patient_id=patient_id, user_id=user_id, session_id=session_id, automatic=automatic))


def is_late(search: Search) -> bool:
    """Whether nobody waits for a search any more."""
    return search.asked_at <= timezone.now() - ABANDONED


def settle(search: Search, state: str, reason: str = "", *, left: int = 0) -> None:
    """Write how a search ended, with its trace; one that ended already stays as it is."""
    with transaction.atomic():
        going_on = Search.objects.filter(pk=search.pk, state=Search.State.RUNNING)
        if not going_on.update(state=state, reason=reason[:300], left=left, ended_at=timezone.now()):
            return
        found = FoundDocument.objects.filter(patient=search.patient_id, user=search.user_id).exclude(told="").count()
        audit.record(
            actor=search.user,
            action="dmp.searched",
            subject=f"search:{search.pk}",
            patient_id=search.patient_id,
            outcome=state,
            automatic=search.automatic,
            found=found,
        )


def _asked(search: Search) -> Search | None:
    try:
        with transaction.atomic():
            search.save(force_insert=True)
            events.publish(ConsultationRequested(search_id=search.pk))
    except IntegrityError:
        return None  # another page of the same professional was faster
    return search
