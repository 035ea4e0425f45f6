"""The guided path: typed, INSi, confirmed, justificatif, qualified; no clause stops it, and nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.patients.models import Patient
from dcc.patients.tests.covered import FakeInsi, cover, insi_answers
from dcc.web.tests.browsing import sent, texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def insi() -> Iterator[FakeInsi]:
    with insi_answers() as made:
        yield made


@pytest.fixture
def page(patient_id: UUID) -> str:
    """Its address."""
    return reverse("web:identity", args=[patient_id])


def act(client: Client, page: str, name: str, **typed: str) -> Any:
    """Press a button of the page, with what its form holds."""
    (button,) = tree_of(client.get(page).content).xpath(f"//button[@name='act'][@value='{name}']")
    (form,) = button.iterancestors("form")
    return client.post(page, {**sent(form), "act": name, **typed}, follow=True)


def now(content: bytes) -> str:
    """The title of the one next step."""
    return " ".join("".join(tree_of(content).xpath("//li[@aria-current='step']//h3/text()")).split())


def status(patient_id: UUID) -> str:
    return Patient.objects.get(pk=patient_id).status


def test_from_typed_to_qualified(
    visit: Visit, alice: User, facility: Facility, insi: FakeInsi, patient_id: UUID, page: str
) -> None:
    cover(facility, alice)
    client = visit(alice)
    first = client.get(page).content
    assert now(first) == "INSi : rechercher l'INS"
    assert "INSi à interroger" in texts_of(first, ".identity")[0]
    found = act(client, page, "ask").content
    assert status(patient_id) == "provisoire"
    assert tree_of(found).xpath("//input[@name='first_given_name'][@checked]/@value") == ["DOMINIQUE"]
    assert now(act(client, page, "accept").content) == "Justificatif d'identité"
    assert status(patient_id) == "recuperee"
    unsaid = act(client, page, "proof")
    assert unsaid.status_code == 422
    assert status(patient_id) == "recuperee"
    last = act(client, page, "proof", kind="CN", knows_patient="1").content
    assert status(patient_id) == "qualifiee"
    assert now(last) == ""
    assert "Pour qualifier" not in texts_of(last, ".identity")[0]


def test_nothing_is_chosen_beforehand_and_no_menu_offers_a_third_party(
    visit: Visit, alice: User, facility: Facility, page: str
) -> None:
    cover(facility, alice)
    tree = tree_of(visit(alice).get(page).content)
    kinds = tree.get_element_by_id("i-kind")
    assert kinds.value == ""
    assert "TC" not in kinds.xpath(".//option/@value")
    assert not tree.xpath("//input[@name='knows_patient'][@checked]")


def test_without_the_clause_it_says_why_and_what_to_do(
    visit: Visit, alice: User, facility: Facility, insi: FakeInsi, patient_id: UUID, page: str
) -> None:
    client = visit(alice)
    act(client, page, "ask")
    stopped = act(client, page, "accept").content
    assert status(patient_id) == "recuperee"
    assert (
        "Les conditions d'utilisation contenant la clause de confiance ne sont pas acceptées" in texts_of(stopped, ".notice")[-1]
    )
    assert reverse("trust:ask") in stopped.decode()
    assert not tree_of(stopped).xpath("//select[@name='kind']")
    cover(facility, alice)
    assert now(client.get(page).content) == "Justificatif d'identité"


@pytest.mark.parametrize(
    ("answer", "said"), [("fault", "INSi n'a pas répondu"), ("01", "aucune identité"), ("02", "plusieurs identités")]
)
def test_an_answer_that_does_not_come_lowers_nothing(
    visit: Visit, alice: User, facility: Facility, patient_id: UUID, page: str, answer: str, said: str
) -> None:
    cover(facility, alice)
    client = visit(alice)
    with insi_answers(**{"PAT-TROIS": answer}):
        act(client, page, "ask")
    content = client.get(page).content
    assert said in content.decode().replace("’", "'")
    assert status(patient_id) == "provisoire"


def test_refused_the_answer_changes_nothing_and_stays_in_the_history(
    visit: Visit, alice: User, facility: Facility, insi: FakeInsi, patient_id: UUID, page: str
) -> None:
    cover(facility, alice)
    client = visit(alice)
    act(client, page, "ask")
    refused = act(client, page, "refuse").content
    assert status(patient_id) == "provisoire"
    assert "Refusée" in " ".join(texts_of(refused, "td"))


def test_the_second_of_two_people_is_told(
    visit: Visit, alice: User, bob: User, facility: Facility, insi: FakeInsi, page: str
) -> None:
    cover(facility, alice, bob)
    one, other = visit(alice), visit(bob)
    act(one, page, "ask")
    late = sent(tree_of(other.get(page).content).xpath("//form[.//input[@name='proposal']]")[0])
    act(one, page, "accept")
    answer = other.post(page, {**late, "act": "accept"})
    assert answer.status_code == 409
    assert "déjà répondu" in texts_of(answer.content, ".notice")[0]


def test_a_reader_sees_the_path_without_its_gestures(visit: Visit, lea: User, page: str) -> None:
    content = visit(lea).get(page).content
    assert now(content)
    assert not tree_of(content).xpath("//main//form")
