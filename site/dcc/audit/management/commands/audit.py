"""``manage.py audit seal|verify|head|purge``."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dcc.audit.api import KIND_LABELS, Head, expired, head, purge, seal, verify

Options = Mapping[str, Any]


class Command(BaseCommand):
    """Keeps and proves the journal from a shell; ``verify`` ends with code 1 when the journal is not whole."""

    help = "Journal d'audit : sceller, vérifier, montrer la tête, purger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("operation", choices=["seal", "verify", "head", "purge"])
        parser.add_argument("--dry-run", action="store_true", help="dire ce qui serait effacé, sans rien effacer (purge)")
        parser.add_argument("--expect", metavar="NUMÉRO:EMPREINTE", help="tête conservée ailleurs, à retrouver (verify)")

    def handle(self, *args: Any, **options: Any) -> None:
        operation = getattr(self, f"_{options['operation']}")
        operation(options)

    def _seal(self, _: Options) -> None:
        self.stdout.write(f"{seal()} trace(s) scellée(s)")

    def _head(self, _: Options) -> None:
        number, digest = head()
        self.stdout.write(f"{number}:{digest}")

    def _purge(self, options: Options) -> None:
        dry = options["dry_run"]
        done = expired() if dry else purge(actor=None)
        for line in done:
            until = timezone.localtime(line.limit).strftime("%d/%m/%Y %H:%M")
            self.stdout.write(f"{KIND_LABELS[line.kind]} : {line.segments} segment(s), {line.rows} trace(s), avant le {until}")
        self.stdout.write(f"{sum(line.rows for line in done)} trace(s) {'à purger' if dry else 'purgée(s)'}")

    def _verify(self, options: Options) -> None:
        breaches = verify(expected_head=_parsed(options["expect"]) if options["expect"] else None)
        for breach in breaches:
            place = ", ".join(f"{k} {v}" for k, v in (("segment", breach.segment), ("trace", breach.entry)) if v is not None)
            self.stderr.write(f"{place} : {breach.message}" if place else breach.message)
        if breaches:
            raise CommandError(f"Le journal n'est pas intact : {len(breaches)} anomalie(s)")
        number, digest = head()
        self.stdout.write(f"Journal intact, {number} segment(s), tête {number}:{digest}")


def _parsed(text: str) -> Head:
    number, _, digest = text.partition(":")
    if not number.isdigit() or not digest:
        raise CommandError("--expect attend NUMÉRO:EMPREINTE")
    return Head(int(number), digest)
