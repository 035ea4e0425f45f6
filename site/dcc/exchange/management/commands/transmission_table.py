"""``manage.py transmission_table``: figure 10 and the tables of transmissions as the page ``docs/transmission-table.md``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dcc.exchange.transmissions.printing import page

PAGE = Path("docs") / "transmission-table.md"


class Command(BaseCommand):
    help = "Affiche la table des transmissions (figure 10), ou l'écrit dans docs/transmission-table.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="Écrit la page au lieu de l'afficher.")

    def handle(self, *, write: bool, **_: Any) -> None:
        if not write:
            self.stdout.write(page(), ending="")
            return
        (Path(settings.BASE_DIR) / PAGE).write_text(page(), encoding="utf-8")
        self.stdout.write(f"{PAGE} écrit")
