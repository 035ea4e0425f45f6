"""Two identities side by side: what each answer would do, an answer given once, and what is not the reader's to see."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import api as patients
from dcc.patients.models import Patient
from dcc.patients.tests.covered import cover, insi_answers
from dcc.patients.tests.people import PAT_TROIS, header
from dcc.web.tests.browsing import sent, texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def received(patient_id: UUID) -> PatientSnapshot:
    """Her local number with another name: the same patient, or a number given twice."""
    known = patients.patient_snapshot(patient_id)
    return replace(header(replace(PAT_TROIS, birth_name="PAT-TROIX"), oid=None), identifiers=known.identifiers)


@pytest.fixture
def question(alice: User, people: dict[str, User], facility: Facility, patient_id: UUID) -> UUID:
    """A contradiction that waits."""
    facility.identifier_oid = "1.2.250.1.999.1"
    facility.save()
    patients.add_local_identifier(
        actor=alice, patient_id=patient_id, expected_revision=1, facility_id=facility.pk, number="IPP-1"
    )
    cover(facility, *people.values())
    with pytest.raises(patients.IdentityConflict) as found:
        patients.register_from_header(actor=alice, facility_id=facility.pk, header=received(patient_id), source="hl7")
    assert found.value.reconciliation_id is not None
    return found.value.reconciliation_id


@pytest.fixture
def page(question: UUID) -> str:
    """Its address."""
    return reverse("web:reconciliation", args=[question])


def test_both_sides_and_what_each_answer_does(visit: Visit, alice: User, page: str) -> None:
    client = visit(alice)
    assert page in client.get(reverse("web:identities"), {"genre": "rapprocher"}).content.decode()
    content = client.get(page).content
    assert sorted(mark.text for mark in tree_of(content).iter("mark")) == ["S", "X"]
    assert len(tree_of(content).xpath("//input[@type='radio'][@name='answer']")) == 2
    assert not tree_of(content).xpath("//input[@type='radio'][@checked]")
    cases = [text for text in texts_of(content, ".muted") if "(cas " in text]
    assert [text.rpartition("(cas ")[2] for text in cases] == ["5a).", "5e)."]


@pytest.mark.parametrize(("answer", "count"), [("", 1), ("creer", 2)])
def test_the_answer_is_given_once(
    visit: Visit, alice: User, bob: User, patient_id: UUID, page: str, answer: str, count: int
) -> None:
    first, second = visit(alice), visit(bob)
    (form,) = tree_of(first.get(page).content).xpath("//form[.//textarea]")
    data = {**sent(form), "answer": answer or str(patient_id)}
    unsaid = first.post(page, data)
    assert unsaid.status_code == 422
    assert len(tree_of(unsaid.content).xpath("//input[@name='answer'][@checked]")) == 1
    assert first.post(page, {**data, "reason": "Pièce d'identité vue"}).status_code == 302
    assert Patient.objects.count() == count
    late = second.post(page, {**data, "answer": "creer", "reason": "Autre"}, follow=True)
    assert "Une autre personne a déjà répondu" in texts_of(late.content, ".notice")[0]
    assert "Pièce d'identité vue" in late.content.decode().replace("&#x27;", "'")
    assert Patient.objects.count() == count


@pytest.mark.parametrize(("who", "status"), [("bob", 200), ("sonia", 200), ("lea", 403), ("charlie", 404), ("edith", 403)])
def test_who_may_reconcile(who: str, status: int, people: dict[str, User], visit: Visit, page: str) -> None:
    client = visit(people[who])
    assert client.get(page).status_code == status
    wanted = {200: 422}.get(status, status)
    answered = client.post(page, {"revision": "1", "answer": "creer", "reason": ""}).status_code
    assert answered in ({404, 403} if status == 404 else {wanted})


def test_where_the_region_wants_it_insi_suggests_first(visit: Visit, alice: User, adrien: User, page: str) -> None:
    patients.change_policy(actor=adrien, expected_number=0, data={"call_before_reconciling": True}, reason="Essai")
    client = visit(alice)
    (form,) = tree_of(client.get(page).content).xpath("//form[.//button[@value='ask']]")
    with insi_answers(**{"PAT-TROIX": "01"}):
        content = client.post(page, {**sent(form), "act": "ask"}, follow=True).content
    assert "INSi suggère de créer" in content.decode()
    assert not tree_of(content).xpath("//input[@type='radio'][@checked]"), "la réponse reste celle de la personne"
