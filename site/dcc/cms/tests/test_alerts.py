"""The alert at once of a « bris de glace », and its line in the digest: neither names the patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core import mail

from dcc.accounts.models import User
from dcc.cms.alerts import tell_reviewers
from dcc.cms.digest import parts_for
from dcc.cms.digest_sections import accesses_to_review
from dcc.contracts.events import GlassBroken
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import IdentityTraits
from dcc.contracts.testing import make_registry
from dcc.events import api as events
from dcc.patients import api as patients

pytestmark = pytest.mark.django_db
TRAITS = IdentityTraits("PAT-TROIS", "DOMINIQUE", "", "F", "1979-03-28", "", "")


@pytest.fixture
def broken(charlie: User, patient_id: UUID) -> None:
    """Charlie read a masked patient to whom nothing ties him."""
    with use_registry(make_registry(lambda registry: registry.subscribe(GlassBroken, tell_reviewers, key="cms.alerts"))):
        patients.break_glass(actor=charlie, traits=TRAITS, reason="urgence", words="Garde de nuit")
        events.drain()


@pytest.fixture
def masked(bob: User, patient_id: UUID) -> None:
    """The patient is masked first."""
    patients.mask_patient(actor=bob, patient_id=patient_id, words="Collègue")


def test_reviewers_are_told_at_once(with_address: User, masked: None, broken: None) -> None:
    (message,) = mail.outbox
    assert message.to == ["rachel@example.org"]
    assert str(message.subject) == "Bris de glace sur un dossier masqué : DR Charlie CHAUVIN"
    assert not {"PAT-TROIS", "Garde"} & set(f"{message.subject} {message.body}".split())
    assert "/acces-a-revoir/" in str(message.body)


@pytest.fixture
def with_address(rachel: User) -> User:
    """Rachel, who has an address."""
    rachel.email = "rachel@example.org"
    rachel.save(update_fields=["email"])
    return rachel


def test_nobody_to_write_to_is_no_failure(rachel: User, broken: None) -> None:
    assert mail.outbox == []


def test_the_digest_says_what_waits_and_what_is_late(
    rachel: User, adrien: User, masked: None, broken: None, settings: Any
) -> None:
    (line,) = accesses_to_review(rachel.pk)
    assert line.words.startswith("DR Charlie CHAUVIN, le ")
    assert line.words.endswith(" : à revoir (dossier masqué)")
    settings.DCC_GLASS_REVIEW_DAYS = -1
    assert accesses_to_review(rachel.pk)[0].words.endswith("en retard")
    assert "Bris de glace à revoir" in [part.title for part in parts_for(rachel)]
    assert "Bris de glace à revoir" not in [part.title for part in parts_for(adrien)]
