"""``manage.py dmp_table``: the tables of deposits as the page ``docs/dmp-table.md``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from plugins.dmp.deposits.printing import page

PAGE = Path("docs") / "dmp-table.md"


class Command(BaseCommand):
    help = "Affiche les tables des dépôts au DMP, ou les écrit dans docs/dmp-table.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="Écrit la page au lieu de l'afficher.")

    def handle(self, *, write: bool, **_: Any) -> None:
        if not write:
            self.stdout.write(page(), ending="")
            return
        (Path(settings.BASE_DIR) / PAGE).write_text(page(), encoding="utf-8")
        self.stdout.write(f"{PAGE} écrit")
