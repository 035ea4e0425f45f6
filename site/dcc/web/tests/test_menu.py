"""The menu marks the page one is on, and no other."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.web.tests.browsing import tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("web:worklist", ["Documents"]),
        ("web:document", ["Documents"]),
        ("web:patients", ["Patients"]),
        ("web:bank", ["Favoris"]),
        ("web:import", ["Importer"]),
        ("accounts:security", []),
        ("trust:mine", []),
    ],
)
def test_marked(name: str, marked: list[str], visit: Visit, alice: User, frcp_id: UUID) -> None:
    response = visit(alice).get(reverse(name, args=[frcp_id] if name == "web:document" else []))
    found = tree_of(response.content).xpath("//header//nav//a[@aria-current='page']")
    assert ["".join(link.itertext()).strip() for link in found] == marked
