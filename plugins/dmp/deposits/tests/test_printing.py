"""The page of the tables of deposits."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from plugins.dmp.deposits.printing import page
from plugins.dmp.deposits.visibility import TABLE
from plugins.dmp.management.commands.dmp_table import Command


def test_the_page_is_up_to_date() -> None:
    stored = (Path(settings.BASE_DIR) / "docs" / Command.file).read_text(encoding="utf-8")
    assert stored == page(), "docs/dmp-table.md n'est plus la table : manage.py dmp_table --write"


def test_the_command_shows_it() -> None:
    shown = StringIO()
    call_command("dmp_table", stdout=shown)
    assert shown.getvalue() == page()
    assert all(f"| {row.step} | {row.source} |" in page() for row in TABLE)
