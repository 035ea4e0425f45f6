"""The pages of the admin about a national list."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dcc.cms import api as cms
from rcp_directory.models import Rcp, StagedList
from rcp_directory.tests.test_national_list import FIRST, file, line
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, edith: User) -> Client:
    cms.ensure_groups()
    sign_in(client, edith)
    return client


def send(client: Client, content: bytes) -> str:
    """Send a file; gives the page that answers."""
    posted = {"file": SimpleUploadedFile("liste.csv", content), "version": "2026-01"}
    return client.post(reverse("rcp_list:import"), posted, follow=True).content.decode()


def step(client: Client, name: str, **posted: str) -> str:
    """Confirm or abandon what waits; gives the page that answers."""
    return client.post(reverse(f"rcp_list:{name}", args=[StagedList.objects.get().pk]), posted, follow=True).content.decode()


def test_a_list_is_read_reported_and_applied(editor: Client) -> None:
    assert reverse("rcp_list:import") in editor.get(reverse("wagtailsnippets_rcp_directory_rcp:list")).content.decode()
    assert "gestionnaire_sigle" in editor.get(reverse("rcp_list:import")).content.decode()
    assert "RCP ajoutées (3)" in send(editor, FIRST)
    assert not Rcp.objects.exists()
    assert "Liste importée : 3 RCP ajoutées" in step(editor, "confirm")
    assert "Déjà à jour" in send(editor, FIRST)
    assert "rien n&#x27;a changé" in step(editor, "cancel")
    page = send(editor, file(line("101", "Sein gauche", former="100"), line("200", "Foie"), line("300", "Os")))
    assert "<del>100</del> <ins>101</ins>" in page
    assert "<del>Sein</del> <ins>Sein gauche</ins>" in page


def test_errors_are_told_with_their_lines(editor: Client) -> None:
    page = send(editor, file(line("?", "Sein"), line("200", "=1")))
    assert "ligne 2, code" in page
    assert "ligne 3, denomination" in page
    assert not StagedList.objects.exists()


def test_closing_most_must_be_ticked(editor: Client) -> None:
    send(editor, FIRST)
    step(editor, "confirm")
    assert "est-elle entière" in send(editor, file(line("100", "Sein")))
    assert "plus de la moitié" in step(editor, "confirm")
    assert Rcp.objects.filter(active_to=None).count() == 3
    step(editor, "confirm", closing="on")
    assert Rcp.objects.filter(active_to=None).count() == 1


def test_what_does_not_wait_any_more(editor: Client, alice: User) -> None:
    assert editor.get(reverse("rcp_list:report", args=[uuid4()])).status_code == 404
    page = editor.post(reverse("rcp_list:confirm", args=[uuid4()]), follow=True).content.decode()
    assert "n&#x27;attend plus" in page
    sign_in(editor, alice)
    assert editor.get(reverse("rcp_list:import")).status_code in (302, 403)
