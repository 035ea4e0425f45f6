"""The parts of the workshop's page, rendered for a draft and for what the editor looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from forms_config.blocks import api as blocks
from forms_config.schema.model import FormSchema
from forms_config.workshop.inspecting import inspect_question
from forms_config.workshop.questions import KINDS
from forms_config.workshop.sharing import shared_of
from forms_config.workshop.showing import Shown, offers, shown

FOLDER = "forms_config/workshop/"


@dataclass(frozen=True, slots=True)
class View:
    """What the editor looks at: ``selected`` is ``section:key`` or ``question:key``; ``picking`` the section (or group) that the
    catalogue is open for; ``asked`` the question chosen in the menu of conditions."""

    selected: str = ""
    picking: str = ""
    asked: str = ""

    @classmethod
    def first(cls, schema: FormSchema) -> View:
        """The first section."""
        return cls(f"section:{schema.sections[0].key}" if schema.sections else "")

    @classmethod
    def of(cls, data: Any) -> View:
        """From what the page sent; anything else than texts counts for nothing."""
        given = data if isinstance(data, Mapping) else {}
        return cls(**{name: given[name] for name in ("selected", "picking", "asked") if isinstance(given.get(name), str)})


def rendered(schema: FormSchema, view: View, request: HttpRequest) -> dict[str, str]:
    """The parts as HTML, by name: outline, inspector, remarks."""
    draft = shown(schema)
    template, context = _inspector(draft, view)
    outline = {"shown": draft, "selected": view.selected, "question_key": view.selected.removeprefix("question:")}
    return {
        "outline": render_to_string(FOLDER + "outline.html", outline, request),
        "inspector": render_to_string(FOLDER + template, {**context, "view": view, "shown": draft}, request),
        "remarks": render_to_string(FOLDER + "remarks.html", {"shown": draft}, request),
    }


def _inspector(draft: Shown, view: View) -> tuple[str, dict[str, Any]]:
    """The template and context of what is selected; the first section when that is gone."""
    schema = draft.schema
    kind, _sep, key = view.selected.partition(":")
    if view.picking:
        return "picker.html", _picker(draft, view.picking)
    if kind == "question" and (question := schema.find(key)) is not None:
        return "question.html", inspect_question(draft, question, view.asked)
    sections = {section.key: section for section in schema.sections}
    section = sections.get(key) or next(iter(sections.values()), None)
    return "section.html", {
        "section": section,
        "elements": draft.elements,
        "shared": shared_of(schema, section),
        "published": blocks.published_blocks(schema.document_type),
    }


def _picker(draft: Shown, where: str) -> dict[str, Any]:
    group = draft.schema.find(where)
    section = next((s for s in draft.schema.sections if s.key == where), None)
    kinds = [(name, kind) for name, kind in KINDS.items() if kind.column or group is None]
    return {"where": where, "group": group, "section": section, "kinds": kinds, "offers": offers(draft.schema)}
