"""``manage.py mss``: what a mail is, whether it keeps the rules; the white list. Code 1: unreadable, or rules broken."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import DeliveryError, Refused
from dcc.contracts.untrusted import MEGABYTE, read_file_at
from plugins.mss.mail.checking import check_mail
from plugins.mss.receiving.telling import lines_of, told_of
from plugins.mss.sending.domains import install_domains
from plugins.mss.settings import in_force

READ = "Ce qu'est un courriel reçu, ce qu'il dit, ce qui en serait fait ; rien n'est changé."
CHECK = "Contrôle un courriel au regard des règles du référentiel socle MSSanté #2 : objet, noms, en-têtes, pièces jointes."
DOMAINS = "Contrôle une liste blanche, dit ce qui change, et la met en service (réglage DCC_MSS_DOMAINS)."
LIMIT = 100 * MEGABYTE
_LEVELS = {"error": "erreur", "warning": "remarque", "info": "remarque"}


class Command(BaseCommand):
    """One verb for each thing that is asked of a mail in a file."""

    help = "Lit et contrôle des courriels MSSanté"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        read = verbs.add_parser("read", help=READ, description=READ)
        read.add_argument("path", type=Path, metavar="EML")
        read.add_argument("--json", action="store_true", dest="as_json", help="pour un programme")
        check = verbs.add_parser("check-mail", help=CHECK, description=CHECK)
        check.add_argument("path", type=Path, metavar="EML")
        check.add_argument("--json", action="store_true", dest="as_json", help="pour un programme")
        domains = verbs.add_parser("domains", help=DOMAINS, description=DOMAINS)
        domains.add_argument("path", type=Path, metavar="XML")
        domains.add_argument("--force", action="store_true", help="même si plus de la moitié des domaines disparaît")

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

    def _check_mail(self, content: bytes, options: dict[str, Any]) -> None:
        findings = check_mail(content)
        if options["as_json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
            return
        for finding in findings:
            source = f" ({finding.source})" if finding.source else ""
            self.stdout.write(f"[{_LEVELS[finding.level]}] {finding.message}{source}")
        if any(finding.level == "error" for finding in findings):
            raise CommandError("Le courriel ne respecte pas les règles.")
        self.stdout.write("Le courriel respecte toutes les règles contrôlées.")

    def _domains(self, content: bytes, options: dict[str, Any]) -> None:
        try:
            change = install_domains(content, in_force().domains, force=options["force"])
        except DeliveryError as refusal:
            raise CommandError(refusal.reason) from None
        self.stdout.write(f"{change.total} domaines ; {len(change.added)} ajoutés, {len(change.removed)} retirés.")
        for sign, names in (("+", change.added), ("-", change.removed)):
            for name in names:
                self.stdout.write(f"{sign} {name}")
