"""The queue of transmissions in the admin: found by state and cause, acted on together, without anything of a patient."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.cms.tests.test_identity_policy import tree_of
from dcc.cms.transmissions_queue import waiting_transmissions
from dcc.documents import api as documents
from dcc.exchange.api import State
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.standing import CASES, make_rendition, make_transmission, one_of_each
from tests.fixtures import Visit, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(alice: User, facility: Facility, configuration: None) -> dict[str, Transmission]:
    """A transmission in each state, by its recipient."""
    patient_id = make_patient(alice, facility)
    return one_of_each(
        documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    )


def page(**query: str) -> str:
    """The address of the list."""
    return reverse("transmissions:queue", query=query)


def listed(content: bytes) -> list[str]:
    """Recipients in the list."""
    return [cell.text_content() for cell in tree_of(content).xpath("//tbody/tr/td[2]")]


FOUND: list[tuple[dict[str, str], int]] = [
    ({}, 4),
    ({"state": "toutes"}, 8),
    ({"state": "echec"}, 1),
    ({"cause": "no_address"}, 1),
    ({"state": "toutes", "channel": "dmp"}, 1),
    ({"state": "toutes", "kind": "patient"}, 1),
    ({"days": "7"}, 0),
    ({"state": "toutes", "p": "99"}, 8),
    ({"cause": "rien"}, 4),
]


@pytest.mark.parametrize(("query", "number"), FOUND)
def test_filters(visit: Visit, adrien: User, rows: dict[str, Transmission], query: dict[str, str], number: int) -> None:
    assert len(listed(visit(adrien).get(page(**query)).content)) == number


def test_nothing_of_the_patient_is_there(visit: Visit, adrien: User, rows: dict[str, Transmission]) -> None:
    row = rows["Patient (Mon espace santé)"]
    row.detail, row.address = "550 <279035121518989@patient.mssante.fr> inconnu", "279035121518989@patient.mssante.fr"
    row.save()
    text = visit(adrien).get(page(state="toutes")).content.decode()
    for secret in ("279035121518989", "PAT-TROIS", "DOMINIQUE"):
        assert secret not in text


def test_what_is_ticked_is_given_up_together(visit: Visit, adrien: User, rows: dict[str, Transmission]) -> None:
    ticked = [f"{row.pk}|{row.state}" for row in rows.values()]
    visit(adrien).post(page(), {"line": [*ticked, "rien"], "do": "abandon", "said": "Essai de la région"})
    given_up = set(Transmission.objects.filter(state=State.ABANDONED).values_list("label", flat=True))
    assert given_up == {
        label for label, _kind, _channel, state, _cause in CASES if state in (State.HELD, State.FAILED, State.QUEUED)
    }


REDIRECTED = [("ps", "complete", True), ("dcc", "valide", True), ("dcc", "complete", False), ("patient", "valide", False)]


@pytest.mark.parametrize(("kind", "status", "offered"), REDIRECTED)
def test_another_address_is_offered_where_it_may_be_given(
    visit: Visit, adrien: User, rows: dict[str, Transmission], kind: str, status: str, offered: bool
) -> None:
    document_id = next(iter(rows.values())).document_id
    make_transmission(make_rendition(document_id, status=status), "Autre", kind, "mss", State.FAILED, "domain")
    content = visit(adrien).get(page(cause="domain")).content
    assert bool(tree_of(content).xpath("//button[@value='redirect']")) is offered
    assert ("Ne se redirige pas" in content.decode()) is ((kind, status) == ("dcc", "complete"))


@pytest.mark.parametrize(
    "data", [{"do": "abandon"}, {"do": "rien", "line": "x"}, {"do": "retry", "line": f"{UUID(int=1)}|echec"}]
)
def test_what_cannot_be_done_is_told(visit: Visit, adrien: User, rows: dict[str, Transmission], data: dict[str, str]) -> None:
    answer = visit(adrien).post(page(), data, follow=True)
    assert tree_of(answer.content).xpath("//*[contains(@class, 'messages')]//li")
    assert not Transmission.objects.filter(state=State.ABANDONED).exists()


def test_the_digest_tells_administrators_what_waits_for_them(adrien: User, rows: dict[str, Transmission]) -> None:
    told = [line.words for line in waiting_transmissions(adrien.pk)]
    assert told == [
        "Échec : La boîte aux lettres n'existe pas : 1",
        "Retenue : Aucune adresse MSSanté connue pour ce destinataire : 1",
    ]


@pytest.mark.parametrize("who", ["edith", "alice"])
def test_nobody_else_enters(visit: Visit, request: pytest.FixtureRequest, who: str) -> None:
    assert visit(request.getfixturevalue(who)).get(page()).status_code in (302, 403)
