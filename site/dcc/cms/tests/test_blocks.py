"""The page of a shared block: the forms that show it, for those who may enter the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.urls import reverse

from dcc.cms.groups import ensure_groups
from forms_config.api import publish_form, save_draft
from forms_config.blocks import api as blocks
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import schema_to_json
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db


def section(label: str) -> dict[str, Any]:
    return {"key": "recherche", "title": "Recherche", "questions": [{"key": "regional.a", "label": label, "datatype": "boolean"}]}


def test_the_page_of_a_block(client: Client, edith: User, alice: User) -> None:
    ensure_groups()
    reference = blocks.create_block(actor=edith, document_type="frcp", section=section("Consentement"))
    draft = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
    draft = blocks.placed(draft, "recherche", reference, blocks.content(reference))
    save_draft(actor=edith, key="frcp_sein", document_type="frcp", title="FRCP du sein", draft=draft)
    publish_form(actor=None, key="frcp_sein")
    blocks.change_block(actor=edith, key=reference.key, section=section("Accord écrit"))
    address = reverse("wagtailsnippets_blocks_block:inspect", args=[apps.get_model("blocks", "Block").objects.get().pk])
    sign_in(client, edith)
    page = client.get(address).content.decode()
    assert "FRCP du sein" in page
    assert "une version plus récente existe" in page
    assert "Accord écrit" in page
    sign_in(client, alice)
    assert client.get(address).status_code in (302, 403)
