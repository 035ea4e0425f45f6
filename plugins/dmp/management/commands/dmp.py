"""``manage.py dmp``: what a deposit would send, where documents stand, what failed. Code 1: refused; 2: misuse."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from dcc.audit import api as audit
from dcc.contracts.errors import DeliveryError
from dcc.contracts.untrusted import MEGABYTE, read_file_at, why
from dcc.contracts.xds import Code
from dcc.exchange import api as exchange
from plugins.dmp.apps import DmpSettings
from plugins.dmp.deposits.status import lines_of
from plugins.dmp.deposits.visibility import LABELS, PATIENT, SCHEME
from plugins.dmp.models import FailedCall
from plugins.dmp.sessions import failures
from plugins.dmp.settings import in_force
from plugins.dmp.transactions.dossier import Subject, requests_of, subject_of
from plugins.dmp.transactions.signing import signer_of

REQUESTS = "Écrit, sans rien envoyer, chaque demande que ferait le dépôt d'un document de la plateforme ou d'un fichier CDA."
FAILURES = "Liste les appels en échec qui ont eu une réponse, et les écrit pour le support du GIE (données de patients)."
STATUS = "Dit où en est un document envers le DMP : déposé, vu par qui, en attente de quoi."
FRCP = "34794-8"
LIMIT = 32 * MEGABYTE
MISUSE = 2
NO_SOURCE = "2.25.0"
"""The installation in requests that are written before it has an OID of its own."""


class Command(BaseCommand):
    """One verb for each thing that is asked."""

    help = "Écrit les demandes d'un dépôt au DMP, dit où en est un document, ou écrit les appels en échec"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        made = verbs.add_parser("requests", help=REQUESTS, description=REQUESTS)
        made.add_argument("document", nargs="?", type=uuid.UUID, metavar="UUID", help="document de la plateforme")
        made.add_argument("--cda", type=Path, metavar="FICHIER", help="fichier CDA")
        made.add_argument("--output", required=True, type=Path, metavar="DOSSIER", help="dossier où écrire, créé au besoin")
        made.add_argument("--visible", action="store_true", help="une FRCP visible (d'elle-même, elle est invisible au patient)")
        made.add_argument("--replaces", default="", metavar="ENTRYUUID", help="le document que celui-ci remplace (RPLC)")

        asked = verbs.add_parser("status", help=STATUS, description=STATUS)
        asked.add_argument("document", type=uuid.UUID, metavar="UUID", help="document de la plateforme")

        failed = verbs.add_parser("failures", help=FAILURES, description=FAILURES)
        failed.add_argument("--output", type=Path, metavar="DOSSIER", help="dossier où écrire demandes et réponses")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except (DeliveryError, LookupError) as refusal:
            raise CommandError(str(refusal)) from None

    def _requests(self, options: dict[str, Any]) -> None:
        if bool(options["document"]) == bool(options["cda"]):
            raise CommandError("Donner l'UUID d'un document, ou --cda.", returncode=MISUSE)
        settings = self._settings()
        cda = read_file_at(options["cda"], LIMIT) if options["cda"] else exchange.export(options["document"], "cda-n3")
        subject = _subject(cda, visible=options["visible"], replaces=options["replaces"])
        for name, content in requests_of(subject, settings, timezone.now()):
            self._write(options["output"] / name, content)
        caller = subject.caller
        self.stderr.write(f"Rien n'est envoyé. Au nom de {caller.family} {caller.given} ({caller.national_id}).")

    def _status(self, options: dict[str, Any]) -> None:
        for line in lines_of(options["document"]):
            self.stdout.write(line)

    def _failures(self, options: dict[str, Any]) -> None:
        rows = list(FailedCall.objects.order_by("-at"))
        for row in rows:
            said = (row.transaction, row.cause, f"HTTP {row.status}", row.national_id)
            self.stdout.write(" ".join([f"{timezone.localtime(row.at):%d/%m/%Y %H:%M:%S}", *filter(None, said)]))
        if options["output"] and rows:
            with transaction.atomic():
                audit.record(actor=None, action="dmp.failures_written", subject="dmp:failures", count=len(rows))
            for name, content in (each for row in rows for each in failures.files_of(row)):
                self._write(options["output"] / name, content)

    def _settings(self) -> DmpSettings:
        """Those in force; what they lack is said."""
        settings = in_force()
        if not settings.source_id:
            self.stderr.write(f"Aucun identifiant d'installation (DCC_DMP_SOURCE_ID) : les demandes portent {NO_SOURCE}.")
            settings = replace(settings, source_id=NO_SOURCE)
        if signer_of(settings) is None:
            self.stderr.write("Aucun certificat (DCC_DMP_SIGNING_CERTIFICATE) : ni le VIHF ni le lot ne sont signés.")
            settings = replace(settings, signed_lot=False)
        return settings

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{path} : écriture impossible ({why(error)})") from None
        self.stdout.write(f"{path} : {len(content)} octets")


def _subject(cda: bytes, *, visible: bool, replaces: str) -> Subject:
    """An FRCP is invisible to the patient as long as its PPS is absent (R-185)."""
    subject = subject_of(cda, replaces=replaces)
    code = subject.entry.type_code
    hidden: Sequence[Code] = [Code(PATIENT, SCHEME, LABELS[PATIENT])] if code and code.code == FRCP and not visible else []
    return replace(subject, entry=replace(subject.entry, confidentiality=(*subject.entry.confidentiality, *hidden)))
