"""``check_cda``: every bad file is refused in French with exit code 1; what cannot be checked at all ends with 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from dcc.contracts.testing.hostile import LEAK
from plugins.cda.tests.documents import PDF, answers_of, written
from plugins.cda.tests.test_conformance_install import small_kit
from tests.doors.cases import CASES
from tests.fixtures import kit_dir


@pytest.fixture
def kit(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.KIT_DIR = small_kit(tmp_path / "kit")
    return Path(settings.KIT_DIR)


def check(*arguments: str | Path) -> int:
    """The exit code."""
    try:
        call_command("check_cda", *map(str, arguments))
    except SystemExit as end:
        return int(end.code or 0)
    except CommandError as error:
        return error.returncode
    return 0


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.checked])
def test_it_is_refused_in_french(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = tmp_path / "frcp.xml"
    path.write_bytes(CASES[name].make())
    assert check(path) == 1
    said = capsys.readouterr()
    assert f"{path} : fichier refusé. " in said.out
    assert CASES[name].checked in said.out
    assert LEAK.decode() not in said.out + said.err
    assert "Traceback" not in said.err


def test_bad_files_among_good_ones_are_told_one_by_one(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number, case in enumerate(case for case in CASES.values() if case.checked):
        (folder / f"{number:02}.xml").write_bytes(case.make())
    (folder / "good.xml").write_bytes(written(answers_of("minimal")))
    assert check("--json", folder) == 1
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    refused = [file for file in said["files"] if file["refused"]]
    assert len(refused) == sum(bool(case.checked) for case in CASES.values())
    assert [Path(file["path"]).name for file in said["files"] if not file["refused"]] == ["good.xml"]


@pytest.mark.kit
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.checked])
def test_what_only_an_import_refuses_is_found_wrong_by_the_kit_or_is_conformant(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check answers of any CDA; it never crashes on one that an import refuses, and never calls a faulty one conformant."""
    path = tmp_path / "frcp.xml"
    path.write_bytes(CASES[name].make())
    code = check(path)
    assert code == (0 if name in CONFORMANT else 1), capsys.readouterr().out


CONFORMANT = {"a wrong key of the INS"}
"""Refused by an import, and nothing to say for the kit."""


@pytest.mark.kit
@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (b"GIF89a" + bytes(50), "n'est pas du type annoncé (application/pdf)"),
        (PDF.removesuffix(b"%%EOF\n"), "le PDF joint est tronqué"),
        (b"%PDF-1.4\n" + bytes(8_000_000) + b"\n%%EOF\n", ""),
    ],
    ids=["no PDF", "cut", "huge"],
)
def test_the_pdf_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str], pdf: bytes, said: str) -> None:
    path = tmp_path / "frcp.xml"
    path.write_bytes(written(answers_of("minimal"), pdf=pdf))
    assert check("--strict", path) == (1 if said else 0)
    assert said in capsys.readouterr().out


@pytest.mark.kit
def test_the_shape_of_the_machine_readable_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--json", kit_dir() / "ExemplesCDA" / "VSM_1.4_2022.01.xml", kit_dir() / "ExemplesCDA") == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"conformant", "complete", "files"}
    assert (said["conformant"], said["complete"], len(said["files"])) == (True, True, 6)
    for file in said["files"]:
        assert set(file) == {"path", "conformant", "refused", "volet", "schemas", "seconds", "findings"}
        assert file["schemas"][0] == "XSD"
        for finding in file["findings"]:
            assert set(finding) == {
                "code", "level", "message", "question_key", "section_key", "location", "source", "line",
            }  # fmt: skip


def test_paths_that_cannot_be_read(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "loop.xml").symlink_to(tmp_path / "loop.xml")
    assert check(tmp_path / "loop.xml") == 2
    assert check(tmp_path / "absent.xml") == 2
    assert check("/dev/zero") == 1
    assert "n'est pas un fichier ordinaire" in capsys.readouterr().out
