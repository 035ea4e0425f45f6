"""``manage.py audit seal|verify|head|purge|export``."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dcc.audit.api import KIND_LABELS, Breach, Head, Kind, expired, export, head, purge, seal, verify, verify_files

Options = Mapping[str, Any]


class Command(BaseCommand):
    """Keeps and proves the journal from a shell; ``verify`` ends with code 1 when the journal, or an export, is not whole."""

    help = "Journal d'audit : sceller, vérifier, montrer la tête, purger, exporter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("operation", choices=["seal", "verify", "head", "purge", "export"])
        parser.add_argument("--dry-run", action="store_true", help="dire ce qui serait effacé, sans rien effacer (purge)")
        parser.add_argument("--expect", metavar="NUMÉRO:EMPREINTE", help="tête conservée ailleurs, à retrouver (verify)")
        parser.add_argument("--from", dest="since", type=_day, metavar="AAAA-MM-JJ", help="premier jour (export)")
        parser.add_argument("--to", dest="until", type=_day, metavar="AAAA-MM-JJ", help="dernier jour, compris (export)")
        parser.add_argument("--kind", choices=[kind.value for kind in Kind], help="une nature seulement (export)")
        parser.add_argument("--file", type=Path, metavar="DOSSIER", help="dossier à créer (export) ou à vérifier (verify)")

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

    def _export(self, options: Options) -> None:
        since, until, folder = options["since"], options["until"], options["file"]
        if not (since and until and folder):
            raise CommandError("export attend --from, --to et --file")
        kind = Kind(options["kind"]) if options["kind"] else None
        try:
            count = export(
                actor=None, folder=folder, since=_midnight(since), until=_midnight(until + timedelta(days=1)), kind=kind
            )
        except FileExistsError as error:
            raise CommandError(f"{folder} existe déjà : donner un dossier nouveau") from error
        self.stdout.write(f"{count} trace(s) exportée(s) dans {folder}")

    def _verify(self, options: Options) -> None:
        if options["file"]:
            self._verify_files(options["file"])
            return
        self._tell(verify(expected_head=_parsed(options["expect"]) if options["expect"] else None), "Le journal")
        number, digest = head()
        self.stdout.write(f"Journal intact, {number} segment(s), tête {number}:{digest}")

    def _verify_files(self, folder: Path) -> None:
        try:
            self._tell(verify_files(folder), "L'export")
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} manque") from error
        self.stdout.write("Export intact")

    def _tell(self, breaches: Sequence[Breach], what: str) -> None:
        for breach in breaches:
            place = ", ".join(f"{k} {v}" for k, v in (("segment", breach.segment), ("trace", breach.entry)) if v is not None)
            self.stderr.write(f"{place} : {breach.message}" if place else breach.message)
        if breaches:
            raise CommandError(f"{what} n'est pas intact : {len(breaches)} anomalie(s)")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _parsed(text: str) -> Head:
    number, _, digest = text.partition(":")
    if not number.isdigit() or not digest:
        raise CommandError("--expect attend NUMÉRO:EMPREINTE")
    return Head(int(number), digest)
