"""``manage.py mss``: what a mail of the trust space is, and whether it keeps its rules. Code 1: unreadable file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import MEGABYTE, read_file_at
from plugins.mss.receiving.telling import lines_of, told_of

READ = "Ce qu'est un courriel reçu, ce qu'il dit, ce qui en serait fait ; rien n'est changé."
LIMIT = 100 * MEGABYTE


class Command(BaseCommand):
    """One verb for each thing that is asked of a mail in a file."""

    help = "Lit et contrôle des courriels MSSanté"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        read = verbs.add_parser("read", help=READ, description=READ)
        read.add_argument("path", type=Path, metavar="EML")
        read.add_argument("--json", action="store_true", dest="as_json", help="pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = read_file_at(options["path"], LIMIT)
        except Refused as refusal:
            raise CommandError(refusal.reason) from None
        getattr(self, f"_{options['verb']}".replace("-", "_"))(content, options)

    def _read(self, content: bytes, options: dict[str, Any]) -> None:
        told = told_of(content)
        if options["as_json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for line in lines_of(told):
            self.stdout.write(line)
