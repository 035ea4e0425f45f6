"""``manage.py annuaire import FILE…``: load extractions of the Annuaire Santé; ``annuaire state``: what is in use."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from plugins.annuaire.loading import Loaded, LoadRefused, load
from plugins.annuaire.models import Extraction


class Command(BaseCommand):
    help = "Charge les extractions de l'Annuaire Santé (boîtes MSSanté, professionnels). Peut être relancée."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        loads = verbs.add_parser("import", help="charger des fichiers, dont chacun remplace le précédent du même contenu")
        loads.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        loads.add_argument("--smaller", action="store_true", help="accepter un fichier bien plus petit que celui en service")
        loads.add_argument("--json", action="store_true")
        verbs.add_parser("state", help="ce qui est en service")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs = {"import": self.load, "state": self.state}
        verbs[options["verb"]](options)

    def load(self, options: dict[str, Any]) -> None:
        """Each file on its own; one that is refused leaves what was in use, and the exit status says so."""
        refused = []
        for path in options["files"]:
            try:
                found = load(path, smaller=options["smaller"])
            except LoadRefused as error:
                refused.append(str(error))
                continue
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False) if options["json"] else _words(found))
        if refused:
            raise CommandError("\n".join(refused))

    def state(self, options: dict[str, Any]) -> None:
        """One line for each content in use."""
        for row in Extraction.objects.filter(state=Extraction.State.CURRENT).order_by("kind"):
            self.stdout.write(f"{row.get_kind_display()} : {row.file}, {row.kept} lignes, chargé le {row.finished_at:%d/%m/%Y}")


def _words(found: Loaded) -> str:
    end = "déjà en service" if found.already else "en service"
    lines = [f"{found.file} : {found.kept} lignes retenues, {found.passed_over} écartées, {end}"]
    return "\n".join([*lines, *(f"  {reason}" for reason in found.reasons)])
