"""The little software of an establishment calls for real, and its command prints the link."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.models import Facility, User
from plugins.sandbox.management.commands.contextual_call import Command

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DCC_DEMO, settings.DATA_DIR = True, tmp_path

    def post(url: str, *, json: Any, timeout: float) -> Any:
        assert url == "http://localhost:8000/appel/"
        assert timeout
        return Client().post("/appel/", json, content_type="application/json")

    monkeypatch.setattr(requests, "post", post)


def link(*words: str) -> str:
    """What the command prints, without the address of the platform."""
    out = StringIO()
    call_command(Command(), *words, stdout=out)
    return out.getvalue().strip().removeprefix("http://localhost:8000")


def test_its_link_opens_the_patient(client: Client, alice: User, patient_id: UUID) -> None:
    assert client.get(link("alice", "pat-trois"))["Location"] == reverse("web:patient", args=[patient_id])
    assert client.get(link("alice", "pat-trois")).status_code == 302, "the same key again"


def test_an_altered_patient_contradicts_what_is_known(client: Client, alice: User, facility: Facility, patient_id: UUID) -> None:
    Facility.objects.filter(pk=facility.pk).update(identifier_oid="1.2.3.4.567.8.9.10")
    assert client.get(link("alice", "pat-trois")).status_code == 302
    assert client.get(link("alice", "pat-trois", "--altered")).status_code == 409


@pytest.mark.parametrize(("words", "said"), [(["nobody", "x"], "Compte inconnu"), (["alice", "DURAND"], "Aucun patient")])
def test_what_is_asked_wrong_is_said(alice: User, patient_id: UUID, words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        link(*words)


def test_only_in_a_demonstration(settings: Settings) -> None:
    settings.DCC_DEMO = False
    with pytest.raises(CommandError, match="réglages de développement"):
        link("alice", "pat-trois")
