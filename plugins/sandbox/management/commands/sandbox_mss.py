"""``manage.py sandbox_mss``: the operator of MSSanté of the demonstration, run by its worker."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plugins.sandbox.mss.service import FOLDER, served

PATIENCE = 3.0
"""Seconds before a report comes: long enough to see a state before the next."""


class Command(BaseCommand):
    help = "Simule un opérateur MSSanté sur cette machine : SMTP, IMAP, accusés (démonstration seulement)."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--smtp", type=int, default=getattr(settings, "DCC_SANDBOX_SMTP_PORT", 0))
        parser.add_argument("--imap", type=int, default=getattr(settings, "DCC_SANDBOX_IMAP_PORT", 0))

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO or not (options["smtp"] and options["imap"]):
            raise CommandError("Le simulateur MSSanté ne se lance que pour la démonstration (--smtp et --imap)")
        over = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        folder = Path(settings.DATA_DIR) / FOLDER
        with served(folder, smtp_port=options["smtp"], imap_port=options["imap"], patience=PATIENCE):
            over.wait()
