"""Reads blocks: their versions, and the forms that show them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from forms_config.blocks.content import Json, Reference, UnknownBlock, expanded, references
from forms_config.blocks.models import Block, BlockVersion
from forms_config.models import FormDefinition, FormVersion
from forms_config.schema.model import section_from_json


@dataclass(frozen=True, slots=True)
class BlockSummary:
    """A published block as a list shows it; ``number`` is its latest version."""

    key: str
    title: str
    number: int


@dataclass(frozen=True, slots=True)
class Use:
    """A form that shows a block: the version of the block, and of the form (none: its draft)."""

    form_id: int
    form_title: str
    reference: Reference
    form_number: int | None = None


def content(reference: Reference) -> dict[str, Any]:
    """The content of a version (a section as JSON, less its key); raises :class:`UnknownBlock`."""
    row = BlockVersion.objects.filter(block__key=reference.key, number=reference.number).values_list("canonical").first()
    if row is None:
        raise UnknownBlock(f"Version de bloc inconnue : {reference}")
    found: dict[str, Any] = json.loads(row[0])
    return found


def whole(draft: Json) -> dict[str, Any]:
    """A draft with the content of the blocks it shows; raises ``ValueError`` and :class:`UnknownBlock`."""
    return expanded(draft, content)


def latest(key: str) -> Reference:
    """The latest version of a block; raises :class:`UnknownBlock`."""
    number = BlockVersion.objects.filter(block__key=key).aggregate(last=Max("number"))["last"]
    if number is None:
        raise UnknownBlock(f"Bloc inconnu ou non publié : {key}")
    return Reference(key, number)


def published_blocks(document_type: str) -> list[BlockSummary]:
    """The blocks that forms of a document type may take, in order of title."""
    rows = Block.objects.filter(document_type=document_type, live=True).annotate(last=Max("versions__number"))
    return [BlockSummary(row.key, row.title, row.last) for row in rows.order_by("title") if row.last]


def question_keys() -> set[str]:
    """The keys of every question of every block, columns included: drawn once, here or on another platform."""
    sections = (section_from_json({"key": "bloc", **json.loads(row)}) for row in _contents())
    return {q.key for section in sections for top in section.questions for q in (top, *top.columns)}


def _contents() -> Iterator[str]:
    yield from BlockVersion.objects.values_list("canonical", flat=True).iterator()


def uses(key: str) -> list[Use]:
    """The live versions and the latest drafts of forms that show a block, in order of title."""
    return sorted(
        (use for use in (*_live_uses(), *_draft_uses()) if use.reference.key == key),
        key=lambda use: (use.form_title.casefold(), use.form_number is None),
    )


def _live_uses() -> Iterator[Use]:
    last: dict[int, FormVersion] = {}
    rows = FormVersion.objects.filter(definition__live=True, canonical__contains='"block":')
    for version in rows.select_related("definition").order_by("number"):
        last[version.definition_id] = version
    newest = dict(FormVersion.objects.filter(definition__in=last).values_list("definition").annotate(last=Max("number")))
    for version in last.values():
        if version.number == newest[version.definition_id]:
            form = version.definition
            for reference in references(json.loads(version.canonical)):
                yield Use(form.pk, form.title, reference, version.number)


def _draft_uses() -> Iterator[Use]:
    for form in FormDefinition.objects.filter(has_unpublished_changes=True).select_related("latest_revision"):
        draft = form.get_latest_revision_as_object()
        try:
            found = references(draft.draft)
        except (ValueError, TypeError):
            continue  # an unreadable draft: the gate tells its editor
        for reference in found:
            yield Use(form.pk, draft.title, reference)
