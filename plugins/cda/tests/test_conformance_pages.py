"""The page of installed référentiels: who sees it, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from dcc.accounts.models import User
from plugins.cda.conformance.install import NAME, install_kit
from plugins.cda.models import Referential
from plugins.cda.tests.test_conformance_install import SCHEMA, small_kit
from tests.fixtures import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.KIT_DIR = tmp_path / "nowhere"
    return tmp_path


def page(person: User) -> str:
    client = Client()
    sign_in(client, person)
    answer = client.get(reverse("cda_referentials"))
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def test_an_administrator_sees_the_register(host: Path, adrien: User) -> None:
    empty = page(adrien)
    assert "Aucun référentiel n'a été installé" in empty
    assert "install_kit" in empty
    assert "ne répond pas" in empty
    for number in (1, 2):
        source = small_kit(host / f"kit-{number}", schema=SCHEMA.replace("no title", f"words {number}"))
        install_kit(source, version=f"2025.0{number}", say=lambda _: None)
    text = page(adrien)
    current = Referential.objects.get(current=True)
    assert current.sha256 in text
    assert text.count(NAME) == 2
    assert "en service" in text
    assert "remplacé" in text
    assert f"Kit en service sur cette machine : {current.location}" in text


@pytest.mark.parametrize("name", ["alice", "sonia", "lea", "edith"])
def test_nobody_else_does(host: Path, name: str, request: pytest.FixtureRequest) -> None:
    client = Client()
    sign_in(client, request.getfixturevalue(name))
    assert client.get(reverse("cda_referentials")).status_code in (302, 403)
