"""``manage.py sandbox_hospital``: a fictitious hospital sends its identities to the listener of the demonstration."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from plugins.sandbox.hospital import story, told
from plugins.sandbox.insi.authority import UNIT as FINESS
from plugins.sandbox.management.commands.demo import MLLP_PORT


class Command(BaseCommand):
    help = "Un hôpital fictif envoie ses identités (HL7 v2, MLLP) à la démonstration, et montre les réponses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = settings.DCC_MLLP.port or int(os.environ.get("DCC_PORT", "8000")) + MLLP_PORT
        parser.add_argument("--port", type=int, default=port, help="port de l'écoute MLLP de cette machine")
        parser.add_argument("--write", type=Path, metavar="DOSSIER", help="écrire les messages au lieu de les envoyer")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO:
            raise CommandError("L'hôpital fictif n'envoie qu'à une démonstration (dcc.settings.dev)")
        messages = story(FINESS, timezone.localtime())
        if options["write"]:
            options["write"].mkdir(parents=True, exist_ok=True)
            for rank, sent in enumerate(messages, start=1):
                (options["write"] / f"{rank:02d}.er7").write_bytes(sent.content)
            return
        try:
            for sent, answer in told(messages, options["port"]):
                said = [line for line in answer.split("\r") if line[:3] in ("MSA", "ERR")]
                self.stdout.write(f"{sent.words}\n    " + "\n    ".join(said))
        except OSError as error:
            raise CommandError(f"L'écoute MLLP ne répond pas sur le port {options['port']} : lancer « make demo »") from error
