"""``manage.py import_trials essais.csv``: fill the bank from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from plugins.essais.bank import UnfitFile, import_trials


class Command(BaseCommand):
    """All of the file or nothing; what is wrong is said by line and column."""

    help = "Importe des essais cliniques (CSV UTF-8, séparé par des points-virgules)"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            report = import_trials(actor=None, content=path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} : {error.strerror}") from None
        except UnfitFile as refusal:
            raise CommandError(f"{path} : {refusal}") from None
        self.stdout.write(f"{report.added} ajoutés, {report.changed} modifiés, {report.same} inchangés")
