"""``manage.py forms diff A B [--json]``. Exit code 0: the same, 1: they differ, 2: misuse."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper

from forms_config.commands.naming import side_named
from forms_config.comparison import compare
from forms_config.schema.difference import Line
from forms_config.schema.effects import EFFECT_LABELS

HELP = (
    "Compare deux formulaires en français : CLÉ (version publiée), CLÉ@3, CLÉ@brouillon, ou un fichier .json. "
    "Code de sortie 0 : identiques ; 1 : différents ; 2 : comparaison impossible."
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("before", metavar="A", help="Le premier formulaire.")
    parser.add_argument("after", metavar="B", help="Le second.")
    parser.add_argument("--json", action="store_true", dest="as_json", help="Résultat lisible par un programme.")


def run(out: OutputWrapper, *, before: str, after: str, as_json: bool, **_: Any) -> int:
    sides = side_named(before), side_named(after)
    lines = compare(*sides)
    if as_json:
        out.write(json.dumps([_as_json(line) for line in lines], ensure_ascii=False, indent=2))
    else:
        for words in _told(lines):
            out.write(words)
    return 1 if lines else 0


def _as_json(line: Line) -> dict[str, str]:
    return {
        "kind": line.kind,
        "words": line.words,
        "section": line.section,
        "section_key": line.section_key,
        "question_key": line.question_key,
        "group_key": line.group_key,
        "effect": line.effect.value,
        "migration": line.migration.value,
        "cda": line.rule.cda,
        "running": line.rule.running,
    }


def _told(lines: list[Line]) -> list[str]:
    if not lines:
        return ["Aucune différence."]
    told, section = [], None
    for line in lines:
        if line.section_key != section:
            section = line.section_key
            told.append(line.section or "Le formulaire")
        told.append(f"  {line.words} ({EFFECT_LABELS[line.effect]})")
    return told
