"""``manage.py mllp``: the MLLP listener of identity flows; the worker runs it where ``DCC_MLLP_PORT`` is set."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plugins.ins.hl7.mllp import Listener
from plugins.ins.hl7.receiving import settle_open


class Command(BaseCommand):
    """Takes up first what a dead process left, then listens until SIGTERM."""

    help = "Écoute les flux d'identités HL7 v2 (MLLP, TLS)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="port, au lieu de DCC_MLLP_PORT (0 : un port libre, annoncé)")

    def handle(self, *args: Any, **options: Any) -> None:
        mllp = settings.DCC_MLLP if options["port"] is None else replace(settings.DCC_MLLP, port=options["port"])
        if not mllp.port and options["port"] is None:
            raise CommandError("Aucun port : régler DCC_MLLP_PORT, ou donner --port")
        settle_open()
        try:
            listener = Listener(mllp)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        signal.signal(signal.SIGTERM, lambda *_: listener.stop())
        self.stdout.write(f"MLLP : {mllp.host}:{listener.port}{' (TLS)' if mllp.certificate else ' (en clair)'}")
        self.stdout.flush()
        listener.serve()
