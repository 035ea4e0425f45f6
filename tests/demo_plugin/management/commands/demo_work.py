"""Publishes work on demand: one line « <number> <things> <milliseconds> » on the standard input is one batch."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from dcc.events.api import publish


class Command(BaseCommand):
    help = "Demande du travail de démonstration, une ligne d'entrée par lot ; répond « ok »."

    def handle(self, *args: Any, **options: Any) -> None:
        from tests.demo_plugin.events import WorkRequested

        asked = 0
        for line in sys.stdin:
            number, things, milliseconds = (int(word) for word in line.split())
            for _ in range(number):
                asked += 1
                with transaction.atomic():
                    publish(WorkRequested(thing=f"thing-{asked % things}", number=asked, milliseconds=milliseconds))
            self.stdout.write("ok")
            self.stdout.flush()
