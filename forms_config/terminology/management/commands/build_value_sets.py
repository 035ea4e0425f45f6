"""``manage.py build_value_sets FOLDER...``: writes the compact files that ship with the product from the official lists."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from forms_config.terminology.concept import ValueSetData, ValueSetError, with_retired
from forms_config.terminology.files import DATA, INDEX, INDEX_COLUMNS, write_concepts
from forms_config.terminology.svs import read_folder


class Command(BaseCommand):
    help = "Écrit les jeux de valeurs livrés avec le produit à partir des listes officielles (SVS du kit, listes CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders", nargs="+", type=Path, metavar="DOSSIER", help="Le premier dossier qui a une liste la donne."
        )
        parser.add_argument(
            "--former", type=Path, metavar="DOSSIER", help="Listes d'avant : leurs codes disparus restent lisibles."
        )
        parser.add_argument("--output", type=Path, default=DATA / "officiels", metavar="DOSSIER")

    def handle(self, *, folders: list[Path], former: Path | None, output: Path, **_: Any) -> None:
        found = self._read(folders)
        before = {data.oid: data for data in self._read([former]).values()} if former else {}
        wanted: dict[str, str] = yaml.safe_load((DATA / "listes_officielles.yaml").read_text(encoding="utf-8"))["lists"]
        absent = sorted(set(wanted) - set(found))
        if absent:
            raise CommandError(f"Listes introuvables : {', '.join(absent)}")
        output.mkdir(parents=True, exist_ok=True)
        with (output / INDEX).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(INDEX_COLUMNS)
            for name, title in wanted.items():
                data = found[name]
                if data.oid in before:
                    data = with_retired(data, before[data.oid].concepts, data.revision)
                write_concepts(output / f"{name}.csv", data.concepts)
                retired = sum(c.valid_to is not None for c in data.concepts)
                writer.writerow(
                    [name, title, data.oid, data.revision, len(data.concepts) - retired, retired, data.sha256, data.source]
                )
        size = sum(path.stat().st_size for path in output.iterdir())
        self.stdout.write(f"{len(wanted)} listes, {size // 1024} ko dans {output}")

    def _read(self, folders: list[Path]) -> dict[str, ValueSetData]:
        found: dict[str, ValueSetData] = {}
        for folder in folders:
            for data in read_folder(folder):
                if isinstance(data, ValueSetError):
                    self.stderr.write(self.style.WARNING(str(data)))
                elif data.name not in found:
                    found[data.name] = data
        return found
