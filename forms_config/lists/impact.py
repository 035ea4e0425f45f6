"""What a change of a list touches in the forms: those in use and the drafts, question by question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from forms_config.gate import GateRefused
from forms_config.models import FormDefinition, FormVersion
from forms_config.publishing import compile_draft
from forms_config.queries import form_version
from forms_config.schema.model import FormSchema, Question
from forms_config.structure import codes_in_conditions
from forms_config.terminology import api as terminology
from forms_config.terminology.comparison import Comparison, compared
from forms_config.terminology.concept import Concept


@dataclass(frozen=True, slots=True)
class TouchedForm:
    """A form that uses a list: ``state`` says whether it is in use or a draft, ``breaks`` what names retired codes, in French."""

    key: str
    title: str
    state: str
    questions: tuple[str, ...]
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutdatedList:
    """A list of a form in use that has a newer version in force; ``breaks`` is what to mend before publishing the form again."""

    name: str
    title: str
    pinned: str
    current: str
    comparison: Comparison
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutdatedForm:
    """A form in use whose lists are not the current ones. It stays right: documents keep the versions of their form."""

    key: str
    title: str
    number: int
    lists: tuple[OutdatedList, ...]


def touched_forms(name: str, retired: Sequence[Concept]) -> list[TouchedForm]:
    """Every form, in use or draft, that uses the list ``name``, with what of it names one of the ``retired`` codes."""
    found = []
    for title, state, schema in _schemas():
        questions = _using(schema, name)
        if questions:
            breaks = tuple(_breaks(schema, name, retired))
            found.append(TouchedForm(schema.key, title, state, tuple(q.label for q in questions), breaks))
    return found


def outdated() -> list[OutdatedForm]:
    """The forms in use that are pinned to former versions of lists, with what changed; for the digest of editors."""
    found = []
    for version in _live_versions():
        lists = tuple(_outdated_lists(version))
        if lists:
            found.append(OutdatedForm(version.definition.key, version.definition.title, version.number, lists))
    return found


def _outdated_lists(version: FormVersion) -> Iterator[OutdatedList]:
    schema = form_version(version.pk).schema
    titles = terminology.titles()
    for name, pinned in sorted(schema.value_sets.items()):
        try:
            current = terminology.current_version(name)
            if current == pinned or not pinned:
                continue
            change = compared(terminology.all_concepts(name, version=pinned), terminology.all_concepts(name, version=current))
        except terminology.UnknownValueSet:
            continue
        breaks = tuple(_breaks(schema, name, change.retired))
        yield OutdatedList(name, titles.get(name, name), pinned, current, change, breaks)


def _live_versions() -> list[FormVersion]:
    rows = FormVersion.objects.filter(definition__live=True).select_related("definition").order_by("number")
    latest = {row.definition_id: row for row in rows.defer("canonical")}
    return sorted(latest.values(), key=lambda row: row.definition.title.casefold())


def _schemas() -> Iterator[tuple[str, str, FormSchema]]:
    """Title, state and schema of every form in use, then of every draft that has something not published."""
    for version in _live_versions():
        state = _("en service, version %(number)s") % {"number": version.number}
        yield version.definition.title, state, form_version(version.pk).schema
    for definition in FormDefinition.objects.order_by("title"):
        if definition.live and not definition.has_unpublished_changes:
            continue
        draft = definition.get_latest_revision_as_object()
        try:
            yield draft.title, _("brouillon"), compile_draft(draft)
        except GateRefused:
            continue


def _all(schema: FormSchema) -> Iterator[Question]:
    return (question for top in schema.questions() for question in (top, *top.columns))


def _using(schema: FormSchema, name: str) -> list[Question]:
    return [question for question in _all(schema) if question.values == name]


def _breaks(schema: FormSchema, name: str, retired: Sequence[Concept]) -> Iterator[str]:
    """Sentences on what names a retired code: choices, values by default, conditions."""
    codes = {concept.code: f"« {concept.label} » ({concept.code})" for concept in retired}
    for question in _using(schema, name) if codes else ():
        chosen = [codes[choice.code] for choice in question.choices if choice.code in codes]
        if chosen:
            yield _("« %(label)s » propose %(codes)s") % {"label": question.label, "codes": ", ".join(chosen)}
        yield from (
            _("« %(label)s » a pour valeur par défaut %(code)s") % {"label": question.label, "code": codes[code]}
            for code in _default_codes(question.default)
            if code in codes
        )
    for question, asked, code in codes_in_conditions(schema) if codes else ():
        if asked.values == name and code in codes:
            yield _("une condition de « %(label)s » regarde si « %(asked)s » vaut %(code)s") % {
                "label": question.label,
                "asked": asked.label,
                "code": codes[code],
            }


def _default_codes(default: Any) -> Iterator[str]:
    """Codes of a value by default, written in full in a published form and as a bare code in a draft."""
    for item in default if isinstance(default, list | tuple) else (default,):
        if isinstance(item, Mapping) and "code" in item:
            yield str(item["code"])
        elif isinstance(item, str):
            yield item
