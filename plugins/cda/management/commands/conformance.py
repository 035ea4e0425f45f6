"""``manage.py conformance``: the one conformance process of a host. The worker starts and watches it."""

from __future__ import annotations

import json
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import RetryLater
from plugins.cda.conformance import client
from plugins.cda.conformance.protocol import ProtocolError, socket_path
from plugins.cda.conformance.server import AlreadyRunning, Server

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Processus de contrôle de conformité CDA de cette machine (un seul ; « manage.py worker » le lance et le surveille)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--health", action="store_true", help="Demande son état au processus en service, en JSON, puis sort.")

    def handle(self, *, health: bool, **_: Any) -> None:
        if health:
            self._show_health()
            return
        try:
            server = Server(socket_path(), watchdog=True)
        except ProtocolError as error:
            raise CommandError(str(error)) from None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        logger.info("conformance: listening on %s", server.path)
        try:
            server.serve()
        except AlreadyRunning:
            raise CommandError("Un processus de contrôle de conformité est déjà en service sur cette machine.") from None

    def _show_health(self) -> None:
        try:
            self.stdout.write(json.dumps(client.health(), ensure_ascii=False))
        except RetryLater as error:
            raise CommandError(error.reason) from None
