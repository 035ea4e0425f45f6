"""System checks and settings: what a call would stumble on is said at start."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from dcc.contracts.errors import ContractError
from plugins.ins.apps import InsiSettings
from plugins.ins.insi import checks
from plugins.ins.insi.checks import check_insi
from plugins.sandbox import authority
from plugins.sandbox.insi.authority import make_certificates
from tests.insi.conftest import Insi


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"endpoint": ""}, []),
        ({"idam": ""}, ["ins.E001"]),
        ({"certificate": ""}, ["ins.E002"]),
        ({"certificate_key": "absent"}, ["ins.E002"]),
        ({"automatic_certificate": "absent"}, ["ins.E002"]),
        ({"certificate": "autre-nom.pem"}, ["ins.E003"]),
    ],
    ids=str,
)
def test_settings_are_checked(changes: dict[str, str], codes: list[str], insi: Insi, settings: Settings) -> None:
    there = {k: str(insi.certificates.folder / v) if v.endswith(".pem") else v for k, v in changes.items()}
    settings.DCC_PLUGIN_SETTINGS = {"ins": {"insi": insi.settings(**there)}}
    assert [found.id for found in check_insi()] == codes


@pytest.mark.parametrize(("soon", "code"), [(timedelta(days=400), "ins.W001"), (None, "ins.W002")])
def test_a_certificate_that_ends(
    soon: timedelta | None, code: str, insi: Insi, settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if soon:
        monkeypatch.setattr(checks, "SOON", soon)
    else:
        monkeypatch.setattr(authority, "LIFE", timedelta(seconds=0))
    held = make_certificates(tmp_path / "short")
    over = {"certificate": str(held.certificate("INSI-MANU")), "automatic_certificate": ""}
    settings.DCC_PLUGIN_SETTINGS = {"ins": {"insi": insi.settings(**over)}}
    assert [found.id for found in check_insi()] == [code]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"endpoint": "http://x/"}, "https"),
        ({"endpoint": "https://"}, "https"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"cache_hours": -1}, "cache_hours"),
        ({"instance": "x"}, "incorrect"),
        ({"autre": 1}, "inconnu"),
    ],
    ids=str,
)
def test_wrong_settings(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ContractError, match=words):
        InsiSettings.from_mapping(values)


def test_certificates_are_made_once(insi: Insi) -> None:
    before = insi.certificates.authority.read_bytes()
    assert make_certificates(insi.certificates.folder).authority.read_bytes() == before
    assert oct(insi.certificates.key("INSI-MANU").stat().st_mode)[-3:] == "600"
