"""``manage.py mss_poller``: reads the applicative mailbox; the worker runs it where ``DCC_MSS_IMAP_HOST`` is set."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import DeliveryError
from plugins.mss.receiving.polling import Poller
from plugins.mss.receiving.settling import settle_open
from plugins.mss.settings import in_force


class Command(BaseCommand):
    """Takes up first what a dead process left, then reads until SIGTERM."""

    help = "Relève la boîte aux lettres applicative MSSanté (IMAP, TLS, certificat)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="relever ce qui est là, puis s'arrêter")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = in_force()
        if not settings.imap_host:
            raise CommandError("Aucun serveur : régler DCC_MSS_IMAP_HOST")
        settle_open()
        poller = Poller(settings)
        if options["once"]:
            try:
                kept = poller.once()
            except DeliveryError as error:
                raise CommandError(error.reason) from error
            self.stdout.write(f"{kept} courriel(s) relevé(s)")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: poller.stop())
        self.stdout.write(f"Relève de {settings.address} sur {settings.imap_host}:{settings.imap_port}")
        self.stdout.flush()
        poller.run()
