"""``manage.py forms check KEY|FILE.json [--json]``. Exit code 0: may be published, 1: may not, 2: misuse."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from dcc.contracts.errors import RetryLater
from forms_config.commands.naming import DRAFT, MISUSE, side_named
from forms_config.control.patience import patiently, proved
from forms_config.control.running import Outcome
from forms_config.control.subjects import form_subject
from forms_config.publishing import compile_schema

HELP = (
    "Contrôle un formulaire comme à la publication : structure, documents d'essai dans chaque format, règles nationales, "
    "relecture. CLÉ (le brouillon), CLÉ@3 (une version), ou un fichier .json. "
    "Code de sortie 0 : publiable ; 1 : refusé ; 2 : contrôle impossible."
)
_MARKS = {"error": "BLOQUANT", "warning": "à savoir", "info": "info"}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", metavar="CLÉ|FICHIER", help="Le formulaire.")
    parser.add_argument("--json", action="store_true", dest="as_json", help="Résultat lisible par un programme.")


def run(out: OutputWrapper, *, form: str, as_json: bool, **_: Any) -> int:
    schema = side_named(form if form.endswith(".json") or "@" in form else f"{form}@{DRAFT}").schema
    try:
        with patiently():
            outcome = proved(
                form_subject(schema if schema.value_sets else compile_schema(schema)), None if as_json else _teller(out)
            )
    except RetryLater as error:
        raise CommandError(error.reason, returncode=MISUSE) from None
    if as_json:
        out.write(json.dumps(_as_json(outcome), ensure_ascii=False, indent=2))
    else:
        for words in _told(outcome):
            out.write(words)
    return 0 if outcome.green else 1


def _teller(out: OutputWrapper) -> Callable[[int, int, str], None]:
    said: set[int] = set()

    def tell(done: int, total: int, words: str) -> None:
        if done not in said:  # begun again, when a service had to be waited for
            said.add(done)
            out.write(f"[{done + 1}/{total}] {words}")

    return tell


def _told(outcome: Outcome) -> Iterator[str]:
    for finding in outcome.findings:
        yield f"[{_MARKS[finding.level]}] {finding.message}" + (f" ({finding.location})" if finding.location else "")
    yield f"{outcome.subject.title} : " + ("conforme, publiable." if outcome.green else "REFUSÉ.")


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "form": outcome.subject.key,
        "sha256": outcome.subject.sha256,
        "publishable": outcome.green,
        "findings": [asdict(finding) for finding in outcome.findings],
        "outputs": [
            {
                "document": kept.document,
                "format": kept.artifact.format,
                "conformance": kept.conformance,
                "size": len(kept.artifact.content),
            }
            for kept in outcome.kept
        ],
    }
