"""The page of the table: up to date, and its words those of the table."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from dcc.exchange.management.commands.transmission_table import Command
from dcc.exchange.transmissions.printing import page


def test_the_page_is_up_to_date() -> None:
    stored = (Path(settings.BASE_DIR) / "docs" / Command.file).read_text(encoding="utf-8")
    assert stored == page(), "docs/transmission-table.md n'est plus la table : manage.py transmission_table --write"


def test_the_command_shows_the_page_with_its_37_cells() -> None:
    shown = StringIO()
    call_command("transmission_table", stdout=shown)
    assert shown.getvalue() == page()
    assert sum(page().count(f"{way} : cda") for way in ("auto", "continuité", "sur demande")) == 37
    assert page().count("refusé |") >= 123
