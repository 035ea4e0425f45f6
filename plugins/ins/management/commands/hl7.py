"""``manage.py hl7 check|send FILE``: what a message would do, every fault named; or take it in as from the network.

``hl7 sender`` sets who may send, ``hl7 senders`` lists them.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import read_file_at
from plugins.ins.hl7 import er7, senders
from plugins.ins.hl7.checking import Report, check
from plugins.ins.hl7.receiving import receive
from plugins.ins.models import FlowSender


class Command(BaseCommand):
    """``check`` writes nothing and ends with code 1 when a message would be refused."""

    help = "Messages HL7 v2 d'identité : contrôler, prendre en compte, régler les émetteurs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        checking = actions.add_parser("check", help="dire ce que des messages feraient, sans rien écrire")
        checking.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        checking.add_argument("--json", action="store_true", help="réponse en JSON")
        sending = actions.add_parser("send", help="prendre en compte des messages, comme reçus du réseau")
        sending.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        actions.add_parser("senders", help="lister les émetteurs")
        setting = actions.add_parser("sender", help="ajouter ou changer un émetteur")
        setting.add_argument("application", help="application (MSH-3)")
        setting.add_argument("facility_code", help="établissement (MSH-4)")
        setting.add_argument("--finess", required=True, help="numéro FINESS de la structure")
        setting.add_argument(
            "--authorities", default="", help="noms et numéros de l'établissement en CX-4, séparés par des espaces"
        )
        setting.add_argument("--certificate", default="", help="empreinte SHA-256 du certificat client")
        setting.add_argument("--no-creation", action="store_true", help="ne crée pas les patients inconnus")
        setting.add_argument("--documents", action="store_true", help="prend l'identité des MDM et ORU, sans leur document")
        setting.add_argument("--stop", action="store_true", help="suspend l'émetteur")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _check(self, options: dict[str, Any]) -> None:
        reports = [check(path.name, self._content(path)) for path in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=1))
        else:
            for report in reports:
                self._say(report)
        if any(report.code not in ("AA", "") for report in reports):
            sys.exit(1)

    def _say(self, report: Report) -> None:
        self.stdout.write(f"{report.name} : {report.words}")
        for line in report.lines:
            self.stdout.write(f"  {line}")

    def _send(self, options: dict[str, Any]) -> None:
        for path in options["files"]:
            reply = receive(self._content(path), channel="fichier")
            for answer in reply.answers:
                self.stdout.write(answer.decode("utf-8", "replace").replace("\r", "\n").rstrip())

    def _senders(self, _options: dict[str, Any]) -> None:
        for one in FlowSender.objects.select_related("facility"):
            self.stdout.write(f"{one}  {one.facility}  {'en service' if one.active else 'suspendu'}")

    def _sender(self, options: dict[str, Any]) -> None:
        try:
            one = senders.keep_sender(
                actor=None,
                application=options["application"],
                facility_code=options["facility_code"],
                finess=options["finess"],
                authorities=options["authorities"],
                certificate=options["certificate"],
                creates=not options["no_creation"],
                documents=options["documents"],
                active=not options["stop"],
            )
        except (LookupError, ValidationError) as error:
            raise CommandError(" ; ".join(error.messages) if isinstance(error, ValidationError) else str(error)) from error
        self.stdout.write(f"Émetteur {'en service' if one.active else 'suspendu'} : {one}")

    def _content(self, path: Path) -> bytes:
        try:
            return read_file_at(path, er7.LIMIT)
        except Refused as refusal:
            raise CommandError(refusal.reason) from refusal
