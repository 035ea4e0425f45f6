"""``manage.py security_report``: the effective security settings as a table, without any secret."""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand

from dcc.security.report import lines


class Command(BaseCommand):
    help = "Affiche les réglages de sécurité en vigueur (déclaration PGSSI-S), sans aucun secret."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(lines())
        if options["json"]:
            rows = [dict(zip(("theme", "measure", "value"), line, strict=True)) for line in found]
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        self.stdout.write("| thème | mesure | en vigueur |\n|---|---|---|")
        for line in found:
            self.stdout.write(f"| {' | '.join(line)} |")
