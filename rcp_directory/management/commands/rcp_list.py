"""``manage.py rcp_list FILE``: what a national list would change in the directory of RCP; ``--apply`` does it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rcp_directory.national.applying import ListRefused, apply_list
from rcp_directory.national.comparison import Directory, Report, Touched, compared
from rcp_directory.national.reading import UnreadableList, read_list


class Command(BaseCommand):
    help = "Compare une liste nationale des RCP à l'annuaire, et l'applique si on le demande : tout ou rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help="CSV UTF-8, point-virgule ; colonnes : docs/editors.md")
        parser.add_argument("--apply", action="store_true", help="appliquer après le rapport")
        parser.add_argument("--closing", action="store_true", help="appliquer même si plus de la moitié des RCP sont fermées")
        parser.add_argument("--name", default="", metavar="VERSION", help="version de la liste ; sinon le nom du fichier")
        parser.add_argument("--json", action="store_true", help="le rapport en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
            if options["apply"]:
                version = options["name"] or path.stem
                report = apply_list(file=path.name, content=content, version=version, closing=options["closing"])
            else:
                report = compared(read_list(content, path.name), Directory())
        except OSError as error:
            raise CommandError(f"{path} : illisible ({error.strerror})") from None
        except UnreadableList as error:
            raise CommandError("\n".join(error.errors)) from None
        except ListRefused as error:
            raise CommandError(f"{error} (--closing)") from None
        self.stdout.write(json.dumps(asdict(report), ensure_ascii=False) if options["json"] else "\n".join(_lines(report)))
        if not options["json"]:
            self.stdout.write("Liste appliquée." if options["apply"] else "Rien n'est changé : --apply l'applique.")


def _lines(report: Report) -> list[str]:
    groups = {
        "ajoutées": report.added,
        "fermées": report.closed,
        "rouvertes": report.reopened,
        "renumérotées": report.renumbered,
        "changées": report.changed,
        "réseaux et gestionnaires": report.bodies,
    }
    lines = [f"{report.listed} RCP dans la liste, {report.unchanged} sans changement, {report.regional} de la région seule"]
    for words, touched in groups.items():
        lines.append(f"{words} : {len(touched)}")
        lines += [line for one in touched for line in _touched(one)]
    return lines + [f"{words} : {count} RCP gardent celui de l'annuaire" for words, count in report.kept.items()]


def _touched(one: Touched) -> list[str]:
    head = f"  {one.former} → {one.code}" if one.former else f"  {one.code}"
    return [f"{head} {one.denomination}", *(f"    {c.label} : « {c.before} » → « {c.after} »" for c in one.changes)]
