"""A patient whose identity is qualified, a DMP in memory, and professionals with their session of the trust space."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import Facility, User
from dcc.contracts.notices import Notices, Place
from dcc.contracts.registry import use_registry
from dcc.contracts.testing import make_registry
from dcc.events.api import drain
from dcc.exchange.tests.received import IDENTITY
from dcc.patients import api as patients
from plugins.dmp.consultation.notices import ConsultationNotices
from plugins.dmp.consultation.tests.dossier import Dossier, offered
from plugins.dmp.models import TrustSession
from plugins.dmp.tests.reachable import reachable_settings

MODULES = ("asking", "cache", "notices", "searching", "views")


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Settings in force: a proxy, and what is given."""

    def put(**changed: Any) -> None:
        settings = reachable_settings(**changed)
        for module in MODULES:
            monkeypatch.setattr(f"plugins.dmp.consultation.{module}.in_force", lambda: settings)

    put()
    return put


@pytest.fixture
def qualified(alice: User, facility: Facility, patient_id: UUID) -> UUID:
    """The patient of alice's establishment, qualified."""
    assert IDENTITY.ins is not None
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=IDENTITY.ins)
    return patient_id


@pytest.fixture
def dossier(rules: Callable[..., None]) -> Iterator[Dossier]:
    """The DMP, and a registry with this slice only."""
    held = Dossier()
    reverse("dmp:found", args=[uuid4()])  # addresses are those of the first registry that is asked: the platform's
    with use_registry(make_registry(lambda registry: offered(held, registry))):
        yield held


def connect(user: User, minutes: int = 240) -> TrustSession:
    """A session of the trust space."""
    now, mine = timezone.now(), user.practitioner.national_id if user.practitioner else ""
    return TrustSession.objects.create(user=user, national_id=mine, opened_at=now, expires_at=now + timedelta(minutes=minutes))


def seen_by(user: User, patient_id: UUID, document_id: UUID | None = None) -> Notices:
    """What the page of the patient, or of a document, says to somebody."""
    page: Any = "document" if document_id else "patient"
    return ConsultationNotices().notices(Place(page, user.pk, patient_id=patient_id, document_id=document_id))


def words(notices: Notices) -> list[str]:
    """The sentences."""
    return [line.words for line in notices.lines]


def searched_by(user: User, patient_id: UUID, document_id: UUID | None = None) -> list[str]:
    """Open the page, let the worker search, and read what the page says then."""
    seen_by(user, patient_id, document_id)
    drain()
    return words(seen_by(user, patient_id, document_id))
