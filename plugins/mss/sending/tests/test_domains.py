"""The white list: read as published, refused when it is none, asked before anything is sent."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from dcc.contracts.errors import NotConfigured, Refused
from plugins.mss.sending.domains import check_domain, read_domains

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<ListeBlanche xmlns="https://listeblanche.mssante.fr/schema"><Operateur><Nom>Opérateur</Nom><Domaines>
<Domaine><Nom>CHU-Démo.mssante.fr</Nom></Domaine><Domaine><Nom> cabinet.mssante.fr </Nom></Domaine>
<Domaine><Nom>pas un domaine</Nom></Domaine></Domaines></Operateur></ListeBlanche>"""


def test_names_are_read_in_ascii() -> None:
    expected = {"xn--chu-dmo-fya.mssante.fr", "cabinet.mssante.fr"}
    assert read_domains(LIST.encode()) == expected
    assert read_domains(LIST.replace(' xmlns="https://listeblanche.mssante.fr/schema"', "").encode()) == expected


@pytest.mark.parametrize("content", [b"", b"<html>", b"<a/>", LIST.encode()[:200], b"\x00" * 50])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read_domains(content)


def test_a_domain_outside_is_refused_and_the_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "liste.xml"
    path.write_text(LIST, encoding="utf-8")
    check_domain("cabinet.mssante.fr", str(path))
    check_domain("patient.mssante.fr", str(path))
    check_domain("anywhere.example", "")
    with pytest.raises(Refused) as refused:
        check_domain("nouveau.mssante.fr", str(path))
    assert refused.value.cause == "domain"
    path.write_text(LIST.replace("cabinet", "nouveau"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    check_domain("nouveau.mssante.fr", str(path))


def test_a_list_that_is_not_there_stops_sending(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<a/>")
    for path in (wrong, tmp_path / "absent.xml", tmp_path):
        with pytest.raises(NotConfigured):
            check_domain("cabinet.mssante.fr", str(path))


def test_a_new_list_is_put_in_service_with_what_it_changes(tmp_path: Path, settings: Settings) -> None:
    path, new, out = tmp_path / "liste.xml", tmp_path / "new.xml", StringIO()
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": {"domains": str(path)}}
    new.write_text(LIST, encoding="utf-8")
    call_command("mss", "domains", str(new), stdout=out)
    assert out.getvalue().splitlines()[0] == "2 domaines ; 2 ajoutés, 0 retirés."
    new.write_text(LIST.replace("CHU-Démo", "chu-2").replace("cabinet", "cabinet-2"), encoding="utf-8")
    with pytest.raises(CommandError, match="moitié"):
        call_command("mss", "domains", str(new))
    check_domain("cabinet.mssante.fr", str(path))
    call_command("mss", "domains", str(new), "--force", stdout=out)
    assert "- cabinet.mssante.fr" in out.getvalue()
    check_domain("cabinet-2.mssante.fr", str(path))
    new.write_text("<a/>")
    with pytest.raises(CommandError, match="aucun domaine"):
        call_command("mss", "domains", str(new))
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": {}}
    with pytest.raises(CommandError, match="DCC_MSS_DOMAINS"):
        call_command("mss", "domains", str(new))
