"""``manage.py install_breached_passwords PATH``: the list of leaked passwords of this machine."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.passwords.breached import UnfitList, install, installed


class Command(BaseCommand):
    """Installs a list, or tells which one is in service."""

    help = "Installe la liste des mots de passe divulgués (SHA-1 rangés, ou un mot de passe par ligne), ou dit celle en service."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, metavar="FICHIER", help="liste à installer ; sans fichier, dit l'état")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["path"]
        if path is not None:
            self._install(path)
        found = installed()
        if found is None:
            self.stdout.write("Aucune liste installée : seuls les mots de passe les plus courants (20 000) sont refusés")
        else:
            self.stdout.write(f"{found.count} mots de passe divulgués, liste installée le {found.since:%d/%m/%Y}")

    def _install(self, path: Path) -> None:
        try:
            install(path)
        except (UnfitList, OSError) as error:
            raise CommandError(str(error)) from error
