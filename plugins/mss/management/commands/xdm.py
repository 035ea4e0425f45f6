"""``manage.py xdm``: write the envelope of a document or of CDA files, read any envelope. Code 1: refused; 2: misuse."""

from __future__ import annotations

import argparse
import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dcc.contracts.errors import DeliveryError, NotConfigured
from dcc.contracts.untrusted import read_file_at, why
from dcc.exchange import api as exchange
from plugins.mss.settings import in_force
from plugins.mss.xdm import ACTIONS, FORMATS, build, sender_of
from plugins.mss.xdm.archive import MEMBER_LIMIT
from plugins.mss.xdm.report import lines_of, report_of

BUILD = "Écrit l'enveloppe IHE_XDM.zip d'un document de la plateforme (N3 puis N1), ou de fichiers CDA pris tels quels."
READ = "Inventaire, empreintes, métadonnées et remarques d'une enveloppe, de son dossier déplié ou d'un METADATA.XML."
MISUSE = 2


class Command(BaseCommand):
    """Two verbs; what cannot be written or read is said in French."""

    help = "Écrit et lit des enveloppes XDM"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        made = verbs.add_parser("build", help=BUILD, description=BUILD)
        made.add_argument("document", nargs="?", type=uuid.UUID, metavar="UUID", help="document de la plateforme")
        made.add_argument("--cda", action="append", type=Path, default=[], metavar="FICHIER", help="fichier CDA, répétable")
        made.add_argument("--output", required=True, type=Path, metavar="ZIP", help="fichier à écrire")
        made.add_argument("--action", choices=sorted(ACTIONS), default="new", help="ce que le destinataire doit faire")
        read = verbs.add_parser("read", help=READ, description=READ)
        read.add_argument("path", type=Path, metavar="ZIP")
        read.add_argument("--json", action="store_true", dest="as_json", help="pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            (self._build if options["verb"] == "build" else self._read)(options)
        except (DeliveryError, LookupError) as refusal:
            raise CommandError(str(refusal)) from None

    def _build(self, options: dict[str, Any]) -> None:
        output: Path = options["output"]
        if bool(options["document"]) == bool(options["cda"]):
            raise CommandError("Donner l'UUID d'un document, ou un ou plusieurs --cda.", returncode=MISUSE)
        content = build(
            _documents(options),
            sender=sender_of(in_force()),
            submitted_at=timezone.now(),
            action=ACTIONS[options["action"]],
        )
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} : écriture impossible ({why(error)})") from None
        self.stderr.write(f"{output} : {len(content)} octets")

    def _read(self, options: dict[str, Any]) -> None:
        report = report_of(options["path"])
        if options["as_json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        for line in lines_of(report):
            self.stdout.write(line)


def _documents(options: dict[str, Any]) -> Sequence[bytes]:
    if options["cda"]:
        return [read_file_at(path, MEMBER_LIMIT) for path in options["cda"]]
    made, absences = [], []
    for name in FORMATS:
        try:
            made.append(exchange.export(options["document"], name))
        except NotConfigured as absence:  # a type of document may have one level only
            absences.append(absence)
    if not made:
        raise absences[0]
    return made
