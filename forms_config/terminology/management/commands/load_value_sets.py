"""``manage.py load_value_sets``: brings the database to the lists that ship with the product, or to those of an official kit."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forms_config.terminology.api import Change, ValueSetError, import_svs_folder, load_shipped


class Command(BaseCommand):
    help = "Charge les jeux de valeurs livrés avec la plateforme, puis ceux du dossier indiqué. Peut être relancée."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, metavar="DOSSIER", help="Kit officiel ou dossier de fichiers SVS.")

    def handle(self, *, folder: Path | None, **_: Any) -> None:
        self._say(load_shipped())
        if folder is None:
            return
        try:
            report = import_svs_folder(folder)
        except ValueSetError as error:
            raise CommandError(str(error)) from None
        self._say(report.changes)
        for message in report.errors:
            self.stderr.write(self.style.WARNING(message))

    def _say(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.status in ("new", "updated"):
                detail = f"+{len(change.added)} -{len(change.retired)} ~{len(change.relabelled)}"
                self.stdout.write(f"{change.name} : version {change.version} ({detail})")
        kept = sum(change.status in ("unchanged", "older") for change in changes)
        self.stdout.write(f"{len(changes) - kept} listes chargées, {kept} déjà à jour")
