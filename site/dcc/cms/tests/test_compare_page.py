"""The page « Comparer » of a form: what it shows, to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from dcc.cms.api import ensure_groups
from forms_config import api as forms
from forms_config.models import FormDefinition
from forms_config.tests.test_comparison import _codes, sein
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

__all__ = ["_codes", "sein"]
pytestmark = pytest.mark.django_db


def url(definition: FormDefinition, query: str = "") -> str:
    return reverse("forms_config:compare", args=[definition.pk]) + query


@pytest.mark.parametrize(("who", "status"), [("edith", 200), ("adrien", 200), ("alice", 302), ("sonia", 302)])
def test_who_may_compare(who: str, status: int, sein: FormDefinition, client: Client, request: pytest.FixtureRequest) -> None:
    ensure_groups()
    sign_in(client, request.getfixturevalue(who))
    assert client.get(url(sein)).status_code == status


@pytest.fixture
def editor_page(client: Client, edith: User) -> Callable[[str], str]:
    ensure_groups()
    sign_in(client, edith)

    def page(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode().replace("\u00a0", " ")

    return page


def test_the_page(sein: FormDefinition, editor_page: Callable[[str], str]) -> None:
    page = editor_page(url(sein))
    assert "De version 3 à brouillon : 2 changements." in page
    assert "« Transport » : question ajoutée" in page
    assert "touche le CDA (2)" in page
    page = editor_page(url(sein, "?de=1&a=3"))
    assert "De version 1 à version 3 : 2 changements." in page
    assert "sans effet (1)" in page
    page = editor_page(url(sein, "?de=1&a=3&classe=aucun"))
    assert "devient « Pourquoi cette RCP »" in page
    assert "la liste est réduite" not in page
    assert "Aucune différence." in editor_page(url(sein, "?de=2&a=2"))
    assert "De version 3 à brouillon" in editor_page(url(sein, "?de=99&a=x"))


def test_the_page_of_a_form_with_one_version(editor_page: Callable[[str], str]) -> None:
    [standard] = forms.ensure_default_forms("frcp")
    definition = FormDefinition.objects.get(key=standard.key)
    assert "Aucune différence." in editor_page(url(definition))


def test_the_page_of_a_draft_that_cannot_be_read(sein: FormDefinition, editor_page: Callable[[str], str]) -> None:
    forms.save_draft(actor=None, key="frcp_sein", document_type="frcp", title="FRCP du sein", draft={"volet": "frcp"})
    assert "Le contenu du formulaire est illisible" in editor_page(url(sein))
