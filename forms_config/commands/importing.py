"""``manage.py forms import F.zip``. Exit code 0: done or nothing to do, 1: refused (by the gate too), 2: something to confirm."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from dcc.accounts.api import User
from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import read_file_at
from forms_config.bundle.api import (
    BundleRefused,
    ConfirmationNeeded,
    Consent,
    Report,
    grouped,
    import_bundle,
    look_at,
    publish_imported,
)
from forms_config.bundle.archive import BUNDLE_LIMIT
from forms_config.control.patience import patiently
from forms_config.legal.api import NoLegalText

HELP = (
    "Importe un paquet : dit ce qui changerait, puis l'enregistre comme brouillon, ou le publie si la barrière l'accepte. "
    "Code de sortie 0 : fait, ou rien à faire ; 1 : refusé ; 2 : une confirmation manque."
)
TO_CONFIRM = 2


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FICHIER", help="Le paquet (.zip).")
    parser.add_argument("--dry-run", action="store_true", help="Dit ce qui changerait et n'enregistre rien.")
    parser.add_argument("--publish", action="store_true", help="Publie le formulaire si la barrière l'accepte.")
    parser.add_argument(
        "--trust", default="", metavar="EMPREINTE", help="Empreinte d'un publicateur inconnu, vérifiée auprès de lui."
    )
    parser.add_argument("--replace", action="store_true", help="Remplace aussi ce qui a changé ici depuis.")
    parser.add_argument(
        "--text", action="store_true", help="Garde le texte 1 du publicateur comme brouillon de celui de la région."
    )
    parser.add_argument("--as", dest="key", default="", metavar="CLÉ", help="Importe le formulaire sous une autre clé.")
    parser.add_argument(
        "--actor", default="", metavar="COMPTE", help="Éditeur au nom duquel importer (ses favoris sont proposés)."
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="Rapport lisible par un programme.")


def run(out: OutputWrapper, *, file: Path, dry_run: bool, publish: bool, as_json: bool, actor: str, **options: Any) -> int:
    consent = Consent(options["trust"], replace=options["replace"], text=options["text"], key=options["key"])
    try:
        content = read_file_at(file, BUNDLE_LIMIT)
        act = look_at if dry_run else import_bundle
        report = act(actor=_actor(actor), content=content, consent=consent)
        if publish and not dry_run:
            with patiently():
                report = publish_imported(report)
    except ConfirmationNeeded as question:
        raise CommandError(str(question), returncode=TO_CONFIRM) from None
    except (BundleRefused, Refused, NoLegalText) as refusal:
        raise CommandError(str(refusal)) from None
    for words in [json.dumps(report.to_json(), ensure_ascii=False, indent=2)] if as_json else told(report):
        out.write(words)
    return 1 if report.impossible or (publish and not dry_run and report.published is None) else 0


def _actor(name: str) -> User | None:
    if not name:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"Compte inconnu : {name}")
    return user


def told(report: Report) -> Iterator[str]:
    """The report as lines of text."""
    yield f"Publicateur : {report.region}, {grouped(report.fingerprint)}" + ("" if report.known else " (inconnu)")
    for line in report.lines:
        yield f"{line.kind} « {line.name} » : {line.label}"
        yield from (f"  {words}" for words in line.details)
    if report.problems:
        yield "La barrière refuserait ce formulaire :"
        yield from (f"  {words}" for words in report.problems)
    yield _outcome(report)


def _outcome(report: Report) -> str:
    if report.published is not None:
        same = "la même empreinte que chez le publicateur" if report.same_hash else "une autre empreinte que chez le publicateur"
        return f"Publié, version {report.published}, avec {same}."
    if not report.changes:
        return "Rien à importer : tout est déjà là."
    return "Importé comme brouillon." if report.done else "Rien n'a été enregistré."
