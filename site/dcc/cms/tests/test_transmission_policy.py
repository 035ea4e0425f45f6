"""The policy of sending in the admin and in the help: each page says the table, the whole table, and nothing else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.cms.tests.test_identity_policy import tree_of
from dcc.cms.transmission_policy import grids, printed
from dcc.exchange import api as exchange
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def test_the_cells_are_all_there_and_37_are_allowed() -> None:
    squares = [square for grid in grids() for _identity, row in grid.rows for square in row]
    assert len(squares) == 160
    assert sum(square is not None for square in squares) == 37
    assert sum(square is not None and square.reason for square in squares) == 24
    assert [square.formats for square in squares if square is not None and not square.asked].count("CDA R2 N3") == 2


def test_the_figure_is_in_words() -> None:
    lines = [" | ".join(line) for line in printed()]
    assert len(lines) == 9
    assert (
        "PPS | Validé | Qualifiée | Patient (Mon espace santé) | CDA R2 N3, CDA R2 N1, PDF/A-1 | MSSanté citoyenne"
        " | Patient (Mon espace santé) | R-167" in lines
    )


@pytest.mark.parametrize("who", ["edith", "adrien"])
def test_the_page(visit: Visit, request: pytest.FixtureRequest, who: str) -> None:
    answer = visit(request.getfixturevalue(who)).get(reverse("transmissions:policy"))
    tree = tree_of(answer.content)
    assert len(tree.xpath("//details")) == 8
    assert len(tree.xpath("//details//td")) == 160


def test_no_clinician_enters(visit: Visit, alice: User) -> None:
    assert visit(alice).get(reverse("transmissions:policy")).status_code in (302, 403)


def test_the_help_says_the_same_lines(visit: Visit, alice: User) -> None:
    answer = visit(alice).get(reverse("web:who_receives"))
    assert len(tree_of(answer.content).xpath("//tbody/tr")) == 9


def test_the_region_chooses_with_a_reason(visit: Visit, edith: User) -> None:
    client, page = visit(edith), reverse("transmissions:policy")
    assert client.post(page, {"number": "0", "authors": "on"}).status_code == 422, "sans motif"
    assert client.post(page, {"number": "4", "authors": "on", "reason": "Essai"}).status_code == 422, "changé entre-temps"
    assert client.post(page, {"number": "0", "authors": "on", "reason": "Comité régional"})["Location"] == page
    assert exchange.choices().values == {"care_team": False, "outside_quorum": False, "authors": True}
    cells = [cell.text_content() for cell in tree_of(client.get(page).content).iter("td")]
    assert "Comité régional" in cells
