"""``manage.py export_document UUID --format … --output PATH``: write one output of a document."""

from __future__ import annotations

import argparse
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import DeliveryError
from dcc.contracts.untrusted import why
from dcc.exchange.operator import export

FORMATS = ("cda-n3", "cda-n1", "pdf-a1", "answers")


class Command(BaseCommand):
    help = (
        "Écrit une sortie d'un document : le fichier figé d'un document validé, sinon un rendu de son état présent. "
        "« answers » est le JSON canonique des réponses."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("document", type=uuid.UUID, help="UUID du document")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--output", required=True, type=Path, help="fichier à écrire")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        try:
            content = export(options["document"], options["format"])
            output.write_bytes(content)
        except (LookupError, DeliveryError) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{output} : écriture impossible ({why(error)})") from None
        self.stderr.write(f"{output} : {len(content)} octets")
