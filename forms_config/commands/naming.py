"""How a command line names a form: ``KEY`` (what is live), ``KEY@3``, ``KEY@brouillon`` (the draft), or the JSON of a schema."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.management.base import CommandError

from forms_config.comparison import Side, draft_side, version_side
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition
from forms_config.schema.model import schema_from_json

MISUSE = 2
DRAFT = "brouillon"


def side_named(name: str) -> Side:
    """The form that ``name`` names; raises ``CommandError`` (exit code 2) in French."""
    if name.endswith(".json"):
        return _from_file(Path(name))
    key, _at, which = name.partition("@")
    definition = FormDefinition.objects.filter(key=key).first()
    if definition is None:
        raise CommandError(f"Formulaire inconnu : {key}", returncode=MISUSE)
    if which == DRAFT:
        try:
            return draft_side(definition)
        except GateRefused as refusal:
            raise CommandError(f"{name} : {refusal}", returncode=MISUSE) from None
    versions = definition.versions.order_by("-number")
    version = versions.filter(number=int(which)).first() if which.isdecimal() else versions.first() if not which else None
    if version is None:
        raise CommandError(f"{name} : version inconnue ou jamais publiée", returncode=MISUSE)
    return version_side(version)


def _from_file(path: Path) -> Side:
    try:
        return Side(path.name, schema_from_json(json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} : fichier illisible comme formulaire ({error})", returncode=MISUSE) from None
