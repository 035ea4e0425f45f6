"""The region's policy of identities in the admin: shown with its table, changed with a reason, refused in French."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from lxml import html

from dcc.accounts.models import User
from dcc.patients import api as patients
from dcc.patients.models import PolicyVersion
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
PAGE = "/admin/identites/"


def filled(response: Any, **changed: str) -> dict[str, Any]:
    """What the form of the page would send, some fields changed."""
    values = {field.html_name: field.value() for field in response.context["form"]}
    return {**{name: value for name, value in values.items() if value is not None and value is not False}, **changed}


def tree_of(content: bytes) -> Any:
    """The page as a tree."""
    return html.document_fromstring(content.decode())


def test_the_policy_that_ships_can_be_changed_with_a_reason(visit: Visit, adrien: User) -> None:
    client = visit(adrien)
    page = client.get(PAGE)
    assert len(tree_of(page.content).xpath("//table[last()]//tbody/tr/th")) >= len(patients.DECISION_LINES)
    assert client.post(PAGE, filled(page)).status_code == 422, "sans motif"
    changed = filled(page, down_QUAL_01="PROV", proof_CN="retire", rung_3="", reason="Décision du comité régional")
    assert client.post(PAGE, changed)["Location"] == reverse("identity_policy:policy")
    policy = patients.policy()
    assert policy.lowered(patients.Reliability.QUAL, "01") is patients.Reliability.PROV
    assert (policy.rungs, policy.proofs) == (("each_given_name", "all_given_names"), {"CN": "retire"})
    cells = [cell.text_content().strip() for cell in tree_of(client.get(PAGE).content).iter("td")]
    assert "Décision du comité régional" in cells
    assert "Adrien" in " ".join(cells)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rung_1": "", "rung_2": "", "rung_3": ""}, "Ordre des appels"),
        ({"rung_1": "with_place"}, "sans répétition"),
        ({"asks": "99"}, "Nombre entier de 0 à 20 attendu"),
        ({"number": "7"}, "La politique a été changée entre-temps"),
        ({"down_VALI_01": "QUAL"}, "QUAL"),
    ],
)
def test_what_is_refused_is_said_and_what_was_chosen_stays(visit: Visit, edith: User, changed: dict[str, str], said: str) -> None:
    client = visit(edith)
    answer = client.post(PAGE, filled(client.get(PAGE), reason="Essai", **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("&#x27;", "'")
    assert tree_of(answer.content).xpath("//input[@name='reason']/@value") == ["Essai"]
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("who", ["alice", "rachel"])
def test_nobody_else_enters(visit: Visit, request: pytest.FixtureRequest, who: str) -> None:
    assert visit(request.getfixturevalue(who)).get(PAGE).status_code in (302, 403)
