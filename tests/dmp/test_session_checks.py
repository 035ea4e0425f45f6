"""The checks of the settings of the DMP: each fault once, and none where all is well."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from pytest_django import Settings

from plugins.dmp.sessions.checks import check_dmp
from plugins.sandbox.authority import Authority, Certificates

GOOD = {"proxy": "https://proxy.exemple.fr", "client_id": "essai", "source_id": "1.2.250.1.999.1"}
NAMED = {"software_id": "1.2.250.1.999.2", "approval": "CNDA-1", "services": "https://api-lps.dmp.gouv.fr/x"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for a year, one for a month, one that ran out."""
    held = Certificates(tmp_path_factory.mktemp("dmp"), ("long", "short", "over"))
    authority = Authority("ESSAI")
    for name, days in (("long", 365), ("short", 30), ("over", -1)):
        authority.issue(held, name, unit="ESSAI", life=timedelta(days=days))
    return held


def found(made: Certificates, **changes: str) -> list[str]:
    """The ids of what is said."""
    files = {"certificate": str(made.certificate("long")), "certificate_key": str(made.key("long"))}
    with override_settings(DCC_PLUGIN_SETTINGS={"dmp": {**GOOD, **NAMED, **files, **changes}}):
        return [str(said.id) for said in check_dmp()]


def test_all_is_well(made: Certificates) -> None:
    assert found(made) == []


def test_without_a_proxy_nothing_is_looked_at(made: Certificates) -> None:
    assert found(made, proxy="", certificate="/nulle/part") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"certificate": "/nulle/part.pem"}, ["dmp.E001"]),
        ({"certificate_key": "/nulle/part.key"}, ["dmp.E002"]),
        ({"source_id": "1.2.250.1.213.1.4.999.1"}, ["dmp.E003"]),
        ({"software_id": "1.2.250.1.213.1.4.10"}, ["dmp.E003"]),
        ({"approval": ""}, ["dmp.W003"]),
        ({"proxy": "https://localhost:8443"}, ["dmp.W004"]),
        ({"services": "https://api-lps.dev1.dmp.gouv.fr/si-dmp-server/v2/services"}, ["dmp.W004"]),
    ],
)
def test_each_fault_is_said(made: Certificates, changes: dict[str, str], said: list[str]) -> None:
    assert found(made, **changes) == said


@pytest.mark.parametrize(("name", "said"), [("short", "dmp.W002"), ("over", "dmp.W001")])
def test_a_certificate_that_ends(made: Certificates, name: str, said: str) -> None:
    path, key = made.certificate(name), made.key(name)
    assert found(made, certificate=str(path), certificate_key=str(key)) == [said]
    assert Path(key).is_file()


def test_a_sandbox_is_no_production(made: Certificates, settings: Settings) -> None:
    settings.DEBUG = True
    assert found(made, source_id="1.2.250.1.213.1.4.999.1", approval="", proxy="https://localhost:1") == []
