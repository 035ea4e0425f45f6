"""``manage.py check_cda``: words, exit codes, machine-readable form, bad files."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from plugins.cda.tests.test_conformance_install import SAMPLE, small_kit
from tests.fixtures import kit_dir

SOUND = SAMPLE.encode()


@pytest.fixture
def kit(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.KIT_DIR = small_kit(tmp_path / "kit")
    return Path(settings.KIT_DIR)


def run(*arguments: str | Path) -> int:
    """The exit code."""
    try:
        call_command("check_cda", *map(str, arguments))
    except SystemExit as end:
        return int(end.code or 0)
    except CommandError as error:
        return error.returncode
    return 0


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_sound_file(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path / "sound.xml", SOUND)) == 0
    said = capsys.readouterr().out
    assert "sound.xml : CDA R2 N1, conforme. Remarques du kit : 0, de la plateforme : 0." in said
    assert (
        "Appliqués : XSD, CI-SIS_ModelesDeContenusCDA.sch, CI-SIS_Modeles_ANS.sch, IHE.sch, ASIP-STRUCT-MIN-StrucMin.sch" in said
    )


def test_a_faulty_file_names_the_place(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "faulty.xml", SOUND.replace(b"<title/>", b'\n<effectiveTime value="20250230"/>'))
    assert run(path) == 1
    said = capsys.readouterr().out
    assert "NON CONFORME" in said
    assert "[erreur] Document : no title" in said
    assert "/ClinicalDocument (ligne 1) — IHE" in said
    assert "[erreur] En-tête, « date du document » : « 20250230 » n'est pas une date du calendrier" in said
    assert "/ClinicalDocument/effectiveTime (ligne 2) — OncoDCC" in said


def test_warnings_of_ours_alone_do_not_condemn_a_file_of_others(kit: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "link.xml", SOUND.replace(b"<title/>", b'<title/><text><reference value="#nowhere"/></text>'))
    assert run(path) == 0
    assert run("--strict", path) == 1


def test_machine_readable(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "a.XML", SOUND)
    write(folder / "b.xml", SOUND.replace(b"<title/>", b"<id/>"))
    write(folder / "c.xml", b"PK\x03\x04")
    write(folder / "ignored.txt", b"hello")
    assert run("--json", folder) == 1
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (said["conformant"], said["complete"]) == (False, True)
    sound, faulty, refused = said["files"]
    assert [Path(one["path"]).name for one in said["files"]] == ["a.XML", "b.xml", "c.xml"]
    assert sound["conformant"]
    assert (sound["volet"], sound["refused"], sound["findings"]) == ("CDA R2 N1", None, [])
    assert len(faulty["findings"]) == 4
    assert faulty["findings"][0] == {
        "code": "schematron.p",
        "level": "error",
        "message": "Document : no title",
        "question_key": None,
        "section_key": None,
        "location": "/ClinicalDocument",
        "source": "CI-SIS_ModelesDeContenusCDA",
        "line": 1,
    }
    assert "archive ZIP" in refused["refused"]
    assert not refused["conformant"]


BAD = {
    "malformed": (b"<ClinicalDocument>\n<a></ClinicalDocument>", "Ligne 2"),
    "xxe": (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE"),
    "laughs": (b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a b="&y;">&y;</a>', "DOCTYPE"),
    "zip": (b"PK\x03\x04abc", "archive ZIP"),
    "png": (b"\x89PNG\r\n\x1a\n", "image PNG"),
    "root": (b"<html/>", "« html »"),
    "wrapped": (b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>', "« stylesheet »"),
    "encoding": ("<?xml version='1.0' encoding='UTF-8'?>\n<a>é</a>".encode("latin-1"), "Ligne 2"),
    "utf-16": ("<?xml version='1.0'?><a/>".encode("utf-16"), "UTF-16"),
    "empty": (b"", "vide"),
    "namespace": (b'<ClinicalDocument xmlns="urn:x"/>', "« urn:x »"),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD.keys())
def test_bad_files_are_refused_in_french(
    kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    assert run(write(tmp_path / "bad.xml", content)) == 1
    captured = capsys.readouterr()
    assert "fichier refusé" in captured.out
    assert said in captured.out
    assert "Traceback" not in captured.err


def test_a_cda_of_an_unknown_kind_is_not_called_conformant(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path / "other.xml", SOUND.replace(b"1.3.6.1.4.1.19376.1.2.20", b"1.2.3"))) == 1
    assert "modèle de document inconnu (1.2.3)" in capsys.readouterr().out


def test_misuse(kit: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(tmp_path / "absent.xml") == 2
    assert run(empty) == 2
    assert run("--kit", empty, write(tmp_path / "sound.xml", SOUND)) == 2


def test_without_kit_nothing_is_called_conformant(
    kit: Path, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KIT_DIR = tmp_path / "nowhere"
    assert run(write(tmp_path / "sound.xml", SOUND)) == 2
    captured = capsys.readouterr()
    assert "conformité non établie (kit absent)" in captured.out
    assert "install_kit" in captured.err
    assert run("--json", tmp_path / "sound.xml") == 2
    assert json.loads(capsys.readouterr().out)["conformant"] is False


def test_a_heavy_joined_file_is_checked_whole(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Saxon gets heavy files cut short; the assertion on embedded files does not."""
    heavy = base64.b64encode(b"%PDF-1.4" + b"\0" * 6_000_000)
    content = SOUND.replace(b"<title/>", b'<title/><text representation="B64" mediaType="application/pdf">' + heavy + b"</text>")
    assert run(write(tmp_path / "heavy.xml", content)) == 1
    assert "le PDF joint est tronqué" in capsys.readouterr().out


def shell(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check_cda", *arguments],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "dcc.settings.test", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_from_a_shell_a_monster_is_refused_without_being_read(kit: Path, tmp_path: Path) -> None:
    monster = tmp_path / "monster.xml"
    with monster.open("wb") as stream:
        stream.write(b"<ClinicalDocument>")
        stream.truncate(200 * 1024 * 1024)
    done = shell(str(monster), DCC_KIT_DIR=str(kit))
    assert done.returncode == 1
    assert "trop gros : 209,7 Mo, la limite est de 33,6 Mo" in done.stdout
    assert shell().returncode == 2


@pytest.mark.kit
def test_official_samples_from_a_shell() -> None:
    done = shell(str(kit_dir() / "ExemplesCDA"), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [one["volet"] for one in said["files"]] == ["CR-GM 2022.01", "FRCP 2025.01", "PPS 2025.01", "CDA R2 N1", "VSM"]
    assert all(finding["source"] == "OncoDCC" for one in said["files"] for finding in one["findings"])
