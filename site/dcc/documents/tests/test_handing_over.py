"""A validated PPS handed to its patient: noted beside it, never in it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import DocumentVersion, HandOver
from tests.fixtures import validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_later_id(alice: User, bob: User, pps_id: uuid.UUID) -> uuid.UUID:
    """A validated PPS of which nobody knew, then, when it would be handed over."""
    unknown = {"null": "UNK"}
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change("pps.statut.remise", unknown, 0)])
    validate(alice, bob, pps_id)
    return pps_id


def _state(who: User, document_id: uuid.UUID) -> documents.HandOverState:
    state = documents.hand_over_state(who, document_id)
    assert state is not None
    return state


def test_it_is_noted_beside_what_was_validated(alice: User, bob: User, sonia: User, given_later_id: uuid.UUID) -> None:
    before = DocumentVersion.objects.filter(document_id=given_later_id).values().get()
    state = _state(sonia, given_later_id)
    assert (state.version, state.given) == (1, None)
    assert len(state.givers) == 2, "who validated and who wrote, not the assistant"
    giver = next(name for name in state.givers if "BERNARD" in name)
    documents.record_hand_over(actor=sonia, document_id=given_later_id, on=timezone.localdate(), by=giver)
    given = _state(alice, given_later_id).given
    assert given is not None
    assert (given.version, given.on, given.by, given.noted_by) == (1, timezone.localdate().isoformat(), giver, "Sonia SIMON")
    assert DocumentVersion.objects.filter(document_id=given_later_id).values().get() == before
    assert documents.document_history(alice, given_later_id)[0].kind == "hand_over"


def test_a_later_note_corrects_and_the_next_version_is_told(alice: User, given_later_id: uuid.UUID) -> None:
    names = list(_state(alice, given_later_id).givers)
    for name in names:
        documents.record_hand_over(actor=alice, document_id=given_later_id, on=timezone.localdate(), by=name)
    documents.amend_document(actor=alice, document_id=given_later_id)
    given = _state(alice, given_later_id).given
    assert given is not None
    assert (given.version, given.by) == (1, names[-1])
    assert "pps.statut.remise" not in documents.open_document(alice, given_later_id).answers


def test_what_its_own_answers_say_is_not_noted_again(alice: User, bob: User, pps_id: uuid.UUID) -> None:
    validate(alice, bob, pps_id)
    state = _state(alice, pps_id)
    assert state.given is not None
    assert (state.given.on, state.given.noted_by) == ("2026-10-05", "")
    assert state.givers == {}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_day_before_its_validation_or_to_come_is_refused(alice: User, given_later_id: uuid.UUID, days: int) -> None:
    giver = next(iter(_state(alice, given_later_id).givers))
    with pytest.raises(documents.DocumentError, match="La remise a lieu entre"):
        documents.record_hand_over(
            actor=alice, document_id=given_later_id, on=timezone.localdate() + timedelta(days=days), by=giver
        )


def test_what_is_not_validated_or_not_for_the_patient_is_not_handed_over(
    alice: User, validated_frcp_id: uuid.UUID, pps_id: uuid.UUID
) -> None:
    for document_id in (validated_frcp_id, pps_id):
        assert documents.hand_over_state(alice, document_id) is None
        with pytest.raises(documents.DocumentError):
            documents.record_hand_over(actor=alice, document_id=document_id, on=date(2026, 1, 1), by="")


PEOPLE = "alice yes / bob yes / sonia yes / lea 403 / charlie 404 / edith 404 / adrien 404"


@pytest.mark.parametrize(("person", "cell"), [tuple(cell.split()) for cell in PEOPLE.split(" / ")])
def test_rights_by_people(person: str, cell: str, alice: User, given_later_id: uuid.UUID, request: pytest.FixtureRequest) -> None:
    who: User = request.getfixturevalue(person)
    giver = next(iter(_state(alice, given_later_id).givers))
    refusals: dict[str, type[Exception]] = {"404": documents.DocumentNotFound, "403": documents.ActionForbidden}
    if cell in refusals:
        with pytest.raises(refusals[cell]):
            documents.record_hand_over(actor=who, document_id=given_later_id, on=timezone.localdate(), by=giver)
    else:
        documents.record_hand_over(actor=who, document_id=given_later_id, on=timezone.localdate(), by=giver)
    assert HandOver.objects.count() == (cell == "yes")


def test_the_database_keeps_what_was_noted(alice: User, given_later_id: uuid.UUID) -> None:
    giver = next(iter(_state(alice, given_later_id).givers))
    documents.record_hand_over(actor=alice, document_id=given_later_id, on=timezone.localdate(), by=giver)
    for attempt in (lambda: HandOver.objects.update(on=date(2020, 1, 1)), lambda: HandOver.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
