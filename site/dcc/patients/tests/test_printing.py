"""The page of the decision table: up to date, and as complete as the table."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from dcc.patients.management.commands.identity_table import Command
from dcc.patients.qualification.catalogue import CATALOGUE
from dcc.patients.qualification.printing import page, situations
from dcc.patients.qualification.table import INDEX, LINES, Source


def test_the_page_is_up_to_date() -> None:
    stored = (Path(settings.BASE_DIR) / "docs" / Command.file).read_text(encoding="utf-8")
    assert stored == page(), "docs/identity-table.md n'est plus la table : manage.py identity_table --write"


def test_each_situation_of_the_table_has_its_line() -> None:
    sources: tuple[Source, ...] = ("flux", "saisie")
    printed = [
        (s.clause, s.source, s.received, s.match, s.answer, s.local)
        for clause in (True, False)
        for source in sources
        for s, _words in situations(clause=clause, source=source)
    ]
    assert len(printed) == len(set(printed))
    assert set(printed) == set(INDEX)
    lines = [line for line in page().splitlines() if line.startswith(tuple(f"| {line.case} |" for line in LINES))]
    assert len(lines) == len(INDEX)
    assert {line.split("|")[1].strip() for line in lines} == {line.case for line in LINES}


def test_the_sixteen_cells_and_the_proofs_are_there() -> None:
    text = page()
    assert text.count("| validée | 0") + text.count("| qualifiée | 0") == 4
    assert all(f"| {code} | {kind.words} |" in text for code, kind in CATALOGUE.items())


def test_the_command_prints_the_page() -> None:
    out = StringIO()
    call_command("identity_table", stdout=out)
    assert out.getvalue() == page()
