"""Drafts to prove: the standard form, and a short one of what the volet cannot do without, which is quick to print."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.conditions import questions_of
from forms_config.schema.model import schema_to_json

CATALOGUE = load_catalogue("frcp", "2025.01")
Draft = dict[str, Any]


@cache
def _whole() -> Draft:
    return schema_to_json(default_schema(CATALOGUE))


def whole_draft() -> Draft:
    """The standard form of the whole catalogue."""
    return copy.deepcopy(_whole())


@cache
def mandatory() -> frozenset[str]:
    """Keys of what must be placed, and of what its conditions look at."""
    elements = {element.key: element for section in CATALOGUE.sections for element in section.elements}
    kept = {key for key, element in elements.items() if element.minimum or element.conformance in ("K", "M")}
    while True:
        conditions = [elements[key].condition for key in kept] + [elements[key].required_if for key in kept]
        seen = {key for condition in conditions if condition for key in questions_of(condition)} & set(elements)
        if seen <= kept:
            return frozenset(kept)
        kept |= seen


def draft_of(keys: frozenset[str]) -> Draft:
    """The standard form less the questions that are not among ``keys``."""
    draft = whole_draft()
    for section in draft["sections"]:
        section["questions"] = [question for question in section["questions"] if question["key"] in keys]
    draft["sections"] = [section for section in draft["sections"] if section["questions"]]
    return draft


def short_draft() -> Draft:
    """What must be placed."""
    return draft_of(mandatory())


def question_in(draft: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A top-level question of a draft."""
    found: dict[str, Any] = next(q for s in draft["sections"] for q in s["questions"] if q["key"] == key)
    return found
