"""``manage.py install_kit PATH``: installs the official kit of the ANS and makes it the current one of this host."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import Refused
from forms_config.terminology.api import ValueSetError, import_svs_folder
from plugins.cda.conformance.install import install_kit
from plugins.cda.conformance.kit import Kit


class Command(BaseCommand):
    help = "Installe le kit officiel de l'ANS (schémas, schématrons, jeux de valeurs) et le met en service. Peut être relancée."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, metavar="CHEMIN", help="Dossier ou archive ZIP du kit (dépôt testContenuCDA de l'ANS)."
        )
        parser.add_argument(
            "--kit-version", default="", metavar="VERSION", help="Nom de version (par défaut : la plus récente des volets)."
        )
        parser.add_argument(
            "--kit-date", type=date.fromisoformat, default=None, metavar="AAAA-MM-JJ", help="Date de publication du kit."
        )
        parser.add_argument("--force", action="store_true", help="Installe même si un exemple du kit n'est pas conforme au kit.")

    def handle(self, *, path: Path, kit_version: str, kit_date: date | None, force: bool, **_: Any) -> None:
        try:
            done = install_kit(path, version=kit_version, dated=kit_date, force=force, say=self.stdout.write)
        except Refused as error:
            raise CommandError(error.reason) from None
        for sample in done.faulty:
            self.stderr.write(self.style.WARNING(sample))
        self.stdout.write(f"{done.referential} en service : {', '.join(done.referential.used_by)}")
        self.stdout.write(f"Dossier {done.kit.root}, empreinte SHA-256 {done.referential.sha256}")
        self._refresh_value_sets(done.kit)

    def _refresh_value_sets(self, kit: Kit) -> None:
        if not kit.value_sets.is_dir():
            return
        try:
            report = import_svs_folder(kit.value_sets)
        except ValueSetError as error:
            raise CommandError(f"Kit installé, mais ses jeux de valeurs n'ont pas pu être lus : {error}") from None
        for message in report.errors:
            self.stderr.write(self.style.WARNING(message))
        changed = sum(change.status in ("new", "updated") for change in report.changes)
        self.stdout.write(f"Jeux de valeurs : {changed} mis à jour, {len(report.changes) - changed} inchangés.")
