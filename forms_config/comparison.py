"""Compares versions and drafts of forms in words: codes by their labels, conditions as phrases, lists by what changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forms_config.publishing import compile_draft, texts_in_force
from forms_config.queries import form_version, schema_of
from forms_config.rendering.sayings import condition_words
from forms_config.schema.attributes import Names
from forms_config.schema.difference import Line, form_differences
from forms_config.schema.model import FormSchema
from forms_config.terminology import api as terminology
from forms_config.terminology.comparison import compared

if TYPE_CHECKING:
    from forms_config.models import FormDefinition, FormVersion

SHOWN_CODES = 3
"""Most retired codes that a line about a list names."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two forms being compared: how it is called, its schema, the patient-rights texts with it (name to version)."""

    name: str
    schema: FormSchema
    texts: Mapping[str, str] = field(default_factory=dict)


def version_side(version: FormVersion) -> Side:
    """A published version, with the texts that were in force then."""
    name = _("version %(number)s") % {"number": version.number}
    return Side(name, form_version(version.pk).schema, version.legal_texts)


def draft_side(definition: FormDefinition) -> Side:
    """The latest draft as it would be published now; raises :class:`forms_config.gate.GateRefused` when it cannot be read."""
    revision = definition.latest_revision
    return Side(_("brouillon"), compile_draft(revision.as_object() if revision else definition), texts_in_force())


def compare(before: Side, after: Side) -> list[Line]:
    """What changed, in words (:func:`forms_config.schema.difference.form_differences`)."""
    texts = (before.texts, after.texts) if before.texts and after.texts else ({}, {})
    return form_differences(before.schema, after.schema, names=NAMES, texts=texts)


@lru_cache(maxsize=64)
def version_differences(before_id: UUID, after_id: UUID) -> tuple[Line, ...]:
    """What changed from one published version to another, less the texts; neither ever changes, so it is made once per process.

    Raises :class:`forms_config.queries.UnknownForm`.
    """
    return tuple(form_differences(schema_of(before_id), schema_of(after_id), names=NAMES))


def _code(name: str, code: str, version: str) -> str:
    try:
        concept = terminology.lookup(name, code, version=version or None)
    except terminology.UnknownValueSet:
        return code
    return concept.label if concept else code


def _list_change(name: str, before: str, after: str) -> str:
    """« 3 codes ajoutés, 1 retiré : Sein, partie axillaire »; nothing when a version is not there any more."""
    try:
        change = compared(*(terminology.all_concepts(name, version=version) for version in (before, after)))
    except terminology.UnknownValueSet:
        return ""
    gone = [concept.label for concept in change.retired]
    added, reworded = len(change.added), len(change.relabelled)
    named = ", ".join(gone[:SHOWN_CODES]) + ("…" if len(gone) > SHOWN_CODES else "")
    told = [
        ngettext("%(n)d code ajouté", "%(n)d codes ajoutés", added) % {"n": added} if added else "",
        ngettext("%(n)d code retiré : %(codes)s", "%(n)d codes retirés : %(codes)s", len(gone)) % {"n": len(gone), "codes": named}
        if gone
        else "",
        ngettext("%(n)d libellé changé", "%(n)d libellés changés", reworded) % {"n": reworded} if reworded else "",
    ]
    return ", ".join(words for words in told if words)


NAMES = Names(code=_code, condition=condition_words, list_change=_list_change)
"""Words from the lists of the platform."""
