"""``manage.py <name>``: the tables of a room as a page of ``docs``, shown or written; a test fails when the page is stale."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class TablePageCommand(BaseCommand):
    """A command that prints ``page()``, or writes it to ``docs/<file>`` with ``--write``."""

    requires_system_checks: list[str] = []
    file: str
    page: Callable[[], str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="Écrit la page au lieu de l'afficher.")

    def handle(self, *, write: bool, **_: Any) -> None:
        text = self.page()
        if not write:
            self.stdout.write(text, ending="")
            return
        path = Path("docs") / self.file
        (Path(settings.BASE_DIR) / path).write_text(text, encoding="utf-8")
        self.stdout.write(f"{path} écrit")
