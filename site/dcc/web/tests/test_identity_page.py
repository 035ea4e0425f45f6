"""The page of an identity: correcting traits, attributes, history; nothing typed is lost, and what it costs is said first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.patients.models import Patient
from dcc.web.tests.browsing import sent, texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def make_qualified(patient_id: UUID) -> None:
    """A qualified identity, as INSi and a proof would leave it."""
    Patient.objects.filter(pk=patient_id).update(
        status="qualifiee", ins_oid="1.2.250.1.213.1.4.10", ins_matricule="279035121518989"
    )


@pytest.fixture
def page(patient_id: UUID) -> str:
    """Its address."""
    return reverse("web:identity", args=[patient_id])


@pytest.fixture
def correction(patient_id: UUID) -> str:
    """The address of the correction of traits."""
    return reverse("web:identity_traits", args=[patient_id])


def typed(content: bytes, **changed: str) -> dict[str, Any]:
    """What the page of the correction would send, some fields changed."""
    (form,) = [f for f in tree_of(content).iter("form") if f.find(".//input[@name='birth_name']") is not None]
    return {**sent(form), **changed}


class TestCorrection:
    """The form of the traits."""

    def test_unchanged_it_changes_nothing(self, visit: Visit, alice: User, patient_id: UUID, page: str, correction: str) -> None:
        client = visit(alice)
        before: dict[str, Any] = dict(Patient.objects.values().get(pk=patient_id))
        assert client.post(correction, typed(client.get(correction).content))["Location"] == page
        after: dict[str, Any] = dict(Patient.objects.values().get(pk=patient_id))
        assert {k for k in before if before[k] != after[k]} <= {"revision"}

    @pytest.mark.parametrize(
        ("unknown", "stored", "shown"),
        [
            ("", "1979-03-28", "28/03/1979"),
            ("jour", "1979-03-01", "03/1979"),
            ("mois", "1979-01-28", "28/00/1979"),
            ("jour_mois", "1979-12-31", "1979"),
            ("annee", "1979-12-31", "vers 1979"),
        ],
    )
    def test_an_incomplete_birth_date_survives(
        self, visit: Visit, alice: User, patient_id: UUID, correction: str, unknown: str, stored: str, shown: str
    ) -> None:
        Patient.objects.filter(pk=patient_id).update(birth_date=stored, birth_date_unknown=unknown)
        client = visit(alice)
        data = typed(client.get(correction).content)
        assert data["birth_date"] == [shown]
        client.post(correction, data)
        assert Patient.objects.values_list("birth_date", "birth_date_unknown").get(pk=patient_id) == (stored, unknown)

    def test_a_fault_stands_at_its_field_and_what_was_typed_stays(self, visit: Visit, alice: User, correction: str) -> None:
        client = visit(alice)
        answer = client.post(correction, typed(client.get(correction).content, birth_name="PAT 3", used_name="Trois"))
        assert answer.status_code == 422
        tree = tree_of(answer.content)
        assert tree.get_element_by_id("i-birth_name").get("aria-invalid") == "true"
        assert tree.get_element_by_id("i-used_name").get("value") == "Trois"

    def test_losing_the_ins_is_asked_first(self, visit: Visit, alice: User, patient_id: UUID, page: str, correction: str) -> None:
        make_qualified(patient_id)
        client = visit(alice)
        asked = client.post(correction, typed(client.get(correction).content, birth_name="PAT-QUATRE"))
        assert asked.status_code == 409
        assert Patient.objects.get(pk=patient_id).status == "qualifiee"
        done = client.post(correction, {**typed(asked.content), "give_up_ins": "1"})
        assert done["Location"] == page
        patient = Patient.objects.get(pk=patient_id)
        assert (patient.birth_name, patient.status, patient.ins_matricule) == ("PAT-QUATRE", "provisoire", "")

    def test_somebody_was_faster(self, visit: Visit, alice: User, bob: User, patient_id: UUID, correction: str) -> None:
        one, other = visit(alice), visit(bob)
        mine, theirs = typed(one.get(correction).content, birth_name="PAT-UN"), typed(other.get(correction).content)
        other.post(correction, {**theirs, "used_name": "DEUX"})
        answer = one.post(correction, mine)
        assert answer.status_code == 409
        assert texts_of(answer.content, "td")[:2] == ["PAT-TROIS", "PAT-UN"]
        one.post(correction, typed(answer.content))
        assert Patient.objects.get(pk=patient_id).birth_name == "PAT-UN"


class TestAttributes:
    """Homonyme, douteuse, fictive."""

    def test_they_show_in_the_banner(self, visit: Visit, alice: User, page: str) -> None:
        client = visit(alice)
        revision = tree_of(client.get(page).content).xpath("//input[@name='revision']/@value")[0]
        client.post(page, {"act": "attributes", "revision": revision, "homonym": "1", "doubtful": "1"})
        banner = " ".join(texts_of(client.get(page).content, ".identity"))
        assert "Homonyme" in banner
        assert "Identité douteuse" in banner

    def test_doubt_of_a_qualified_identity_is_confirmed(self, visit: Visit, alice: User, patient_id: UUID, page: str) -> None:
        make_qualified(patient_id)
        client = visit(alice)
        revision = Patient.objects.get(pk=patient_id).revision
        asked = client.post(page, {"act": "attributes", "revision": revision, "doubtful": "1"})
        assert asked.status_code == 409
        tree = tree_of(asked.content)
        assert tree.xpath("//input[@name='doubtful']/@checked")
        client.post(page, {"act": "attributes", "revision": revision, "doubtful": "1", "give_up_ins": "1"})
        assert Patient.objects.get(pk=patient_id).status == "provisoire"

    def test_what_cannot_be_combined_is_refused_in_words(self, visit: Visit, alice: User, page: str, patient_id: UUID) -> None:
        revision = Patient.objects.get(pk=patient_id).revision
        answer = visit(alice).post(page, {"act": "attributes", "revision": revision, "doubtful": "1", "fictitious": "1"})
        assert answer.status_code == 422
        assert "Une identité fictive n'est ni douteuse ni homonyme" in texts_of(answer.content, ".notice")[0]


def test_the_history_tells_each_change_letter_by_letter(visit: Visit, alice: User, correction: str, page: str) -> None:
    client = visit(alice)
    client.post(correction, typed(client.get(correction).content, birth_name="PAT-TROAS"))
    content = client.get(page).content
    told = texts_of(content, ".what")
    assert "Correction des traits" in told[0]
    assert "Alice MARTIN" in told[0]
    assert [mark.text for mark in tree_of(content).iter("mark")] == ["I", "A"]


def test_a_reader_sees_the_identity_and_changes_nothing(visit: Visit, lea: User, page: str) -> None:
    content = visit(lea).get(page).content
    assert not tree_of(content).xpath("//main//form")
