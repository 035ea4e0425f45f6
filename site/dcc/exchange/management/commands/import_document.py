"""``manage.py import_document PATH``: read a received file into a document of the platform and print its UUID."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts import api as accounts
from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import read_file_at
from dcc.documents.api import DocumentError
from dcc.exchange.intake import import_file
from dcc.exchange.operator import facility_for, operator_of
from forms_config import api as forms
from forms_config.legal import api as legal


class Command(BaseCommand):
    help = "Lit un document reçu (CDA R2), crée le document et au besoin le patient, et affiche l'UUID du document."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="fichier CDA")
        parser.add_argument("--facility", default="", help="FINESS de la structure qui reçoit (défaut : DCC_DEFAULT_FACILITY)")
        parser.add_argument("--user", default="", help="compte qui importe (défaut : compte de service de la structure)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            content = read_file_at(path, settings.DCC_INTAKE_LIMIT)
        except Refused as refusal:
            raise CommandError(refusal.reason) from None
        if not forms.published_forms():
            legal.ensure_national_texts()
            with forms.patiently():
                forms.ensure_default_forms()
        try:
            facility = facility_for(options["facility"])
            actor = accounts.user_named(options["user"]) if options["user"] else operator_of(facility)
            document_id = import_file(actor=actor, facility_id=facility.pk, filename=path.name, content=content)
        except (Refused, DocumentError, LookupError) as refusal:
            raise CommandError(f"{path} : {refusal}") from None
        self.stdout.write(str(document_id))
