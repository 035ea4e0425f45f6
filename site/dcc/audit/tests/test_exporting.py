"""What leaves in files, and whatever is done to these files shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pytest_django import Settings

from dcc.audit import api, chain, exporting
from dcc.audit.tests.acts import PATIENT, write

Attack = Callable[[Path], object]


def export(folder: Path, *more: str, first: str = "", last: str = "") -> str:
    """What the command says of an export, of yesterday and today when no day is given: midnight may have struck since."""
    out, today = StringIO(), timezone.localdate()
    first, last = first or (today - timedelta(days=1)).isoformat(), last or today.isoformat()
    call_command("audit", "export", "--from", first, "--to", last, "--file", str(folder), *more, stdout=out)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    """Five traces of care and one of a task, exported."""
    write(5)
    write(1, action="artifact.checked")
    export(tmp_path / "out")
    return tmp_path / "out"


def lines_of(folder: Path) -> list[bytes]:
    """The lines of an export, ends included."""
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def verify(folder: Path) -> str:
    """What the command says of an export: breaches, then whether it refused."""
    out, err = StringIO(), StringIO()
    try:
        call_command("audit", "verify", "--file", str(folder), stdout=out, stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return out.getvalue()


def test_an_export_holds_what_was_asked_and_leaves_a_trace(folder: Path) -> None:
    said = [json.loads(line) for line in lines_of(folder)]
    assert [(line["n"], line["action"], line["facts"]["n"]) for line in said] == [
        *((n + 1, "patient.opened", n) for n in range(5)),
        (6, "artifact.checked", 0),
    ]
    assert {line["patient_id"] for line in said} == {str(PATIENT)}
    assert api.verify_files(folder) == []
    assert verify(folder) == "Export intact\n"
    (trace,) = api.traces(subject="journal:files")
    assert (trace.action, trace.facts["count"]) == ("journal.exported", 6)
    assert parse_datetime(trace.facts["until"]) > timezone.now()  # type: ignore[operator]  # the day is included
    assert (folder.stat().st_mode & 0o777) == 0o700


def test_one_kind_or_another_day(folder: Path) -> None:
    assert export(folder.parent / "care", "--kind", "soins").startswith("5 trace(s)")
    assert export(folder.parent / "old", first="2020-01-01", last="2020-01-31").startswith("0 trace(s)")
    assert (folder.parent / "old" / "journal.jsonl").read_bytes() == b""
    assert verify(folder.parent / "old") == "Export intact\n"


def test_a_folder_is_never_written_over(folder: Path) -> None:
    before = lines_of(folder)
    with pytest.raises(CommandError, match="existe déjà"):
        export(folder)
    assert lines_of(folder) == before
    assert len(api.traces(subject="journal:files")) == 1
    with pytest.raises(CommandError, match="--from, --to et --file"):
        call_command("audit", "export")


def _lines(change: Callable[[list[bytes]], list[bytes]]) -> Attack:
    def attack(folder: Path) -> None:
        (folder / "journal.jsonl").write_bytes(b"".join(change(lines_of(folder))))

    return attack


def _manifest(name: str, value: object) -> Attack:
    def attack(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))

    return attack


def _agree(folder: Path) -> None:
    """A line altered with its digest by somebody without the key."""
    said = json.loads(lines_of(folder)[0])
    said["subject"] = "patient:other"
    said["digest"] = chain.row_digest(exporting._row(said))
    _lines(lambda lines: [json.dumps(said).encode() + b"\n", *lines[1:]])(folder)


ATTACKS: dict[str, tuple[Attack, str]] = {
    "altered line": (_lines(lambda lines: [lines[0].replace(b"opened", b"closed"), *lines[1:]]), "Ligne 1 : modifiée"),
    "other patient": (_lines(lambda lines: [lines[0].replace(b"aaaaaaaa", b"bbbbbbbb"), *lines[1:]]), "Ligne 1 : modifiée"),
    "altered with its digest": (_agree, "son empreinte diffère"),
    "broken line": (_lines(lambda lines: [*lines[:2], b"{\n", *lines[3:]]), "Ligne 3 illisible"),
    "list for a line": (_lines(lambda lines: [b"[]\n", *lines[1:]]), "Ligne 1 illisible"),
    "removed line": (_lines(lambda lines: [*lines[:2], *lines[3:]]), "Ligne 3 : porte le rang 4"),
    "removed last line": (_lines(lambda lines: lines[:-1]), "5 lignes au lieu de 6"),
    "exchanged lines": (_lines(lambda lines: [lines[1], lines[0], *lines[2:]]), "Ligne 1 : porte le rang 2"),
    "line twice": (_lines(lambda lines: [*lines, lines[-1]]), "7 lignes au lieu de 6"),
    "emptied": (_lines(lambda _lines: []), "0 lignes au lieu de 6"),
    "count of the manifest": (_manifest("count", 5), "signature incorrecte"),
    "days of the manifest": (_manifest("until", "2030-01-01T00:00:00+00:00"), "signature incorrecte"),
    "more in the manifest": (_manifest("note", "x"), "signature incorrecte"),
    "signature": (_manifest("signature", "é"), "signature incorrecte"),
    "key": (_manifest("key_id", "0" * 16), "clé de signature inconnue"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json manque"),
    "broken manifest": (lambda folder: (folder / "manifest.json").write_text("["), "Manifeste illisible"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_whatever_is_done_to_an_export_shows(folder: Path, name: str) -> None:
    attack, said = ATTACKS[name]
    attack(folder)
    assert said in verify(folder)
    assert verify(folder) != "Export intact\n"


def test_a_former_key_still_verifies(folder: Path, settings: Settings) -> None:
    settings.DCC_AUDIT_KEY = "another"
    settings.DCC_AUDIT_FORMER_KEYS = []
    assert verify(folder) == "Export intact\n"
    settings.SECRET_KEY = "lost"
    assert "clé de signature inconnue" in verify(folder)
