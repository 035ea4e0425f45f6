"""What the settings lack is told when the platform starts, and in the digest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from dcc.events.models import Circuit
from plugins.mss.sending.checks import check_mss, digest
from plugins.sandbox.authority import Authority, Certificates
from tests.mss.moody import CLIENT, UNIT

USUAL = {"smtp_host": "localhost", "address": "dcc@region.mssante.fr", "nil": "DEV"}


def ids(settings: Settings, **changes: Any) -> list[str]:
    """Of the checks, with such settings."""
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": {**USUAL, **changes}}
    return [str(found.id) for found in check_mss()]


@pytest.mark.parametrize(("days", "expected"), [(90, []), (20, ["mss.W003"]), (-1, ["mss.W002"])])
def test_the_end_of_the_certificate_is_told(settings: Settings, tmp_path: Path, days: int, expected: list[str]) -> None:
    settings.DEBUG = True
    made = Certificates(tmp_path)
    Authority("BAC A SABLE AC", encrypts_with_rsa=True).issue(made, CLIENT, unit=UNIT, life=timedelta(days=days))
    files = {"certificate": str(made.certificate(CLIENT)), "certificate_key": str(made.key(CLIENT))}
    assert ids(settings, **files) == expected


def test_what_is_missing_is_told(settings: Settings, tmp_path: Path) -> None:
    assert ids(settings, smtp_host="") == []
    assert ids(settings, nil="") == ["mss.W001", "mss.W004", "mss.W005"]
    assert ids(settings, certificate=str(tmp_path / "absent.pem")) == ["mss.E001"]
    assert ids(settings, domains=str(tmp_path / "absent.xml")) == ["mss.W001", "mss.E002"]


@pytest.mark.django_db
def test_the_digest_tells_who_rests(settings: Settings) -> None:
    assert ids(settings) == ["mss.W001", "mss.W005"]
    assert digest(UUID(int=1)) == []
    Circuit.objects.create(address="mss:chu.mssante.fr", faults=5, open_until=timezone.now() + timedelta(minutes=1))
    assert [line.words for line in digest(UUID(int=1))] == ["MSSanté : envois en pause après plusieurs échecs (chu.mssante.fr)"]
