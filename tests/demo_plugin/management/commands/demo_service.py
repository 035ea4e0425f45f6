"""A long-running service that does nothing but live."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Service de démonstration : attend qu'on l'arrête."

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            time.sleep(1)
