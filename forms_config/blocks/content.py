"""A block's content and the sections that show it, as JSON. Pure: versions are given, none is looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms_config.schema.model import section_from_json, section_to_json

Json = Mapping[str, Any]
_CONTENT = ("title", "element", "help", "questions")


class UnknownBlock(LookupError):
    """No published block of that key, or no such version of it; the message is French."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A version of a block, as a section names it."""

    key: str
    number: int

    def __str__(self) -> str:
        return f"{self.key}@{self.number}"


def reference_of(trace: str) -> Reference:
    """Parse ``key@number``; raises ``ValueError`` in French."""
    key, _, number = trace.rpartition("@")
    if not key or not number.isascii() or not number.isdigit() or len(number) > 6 or int(number) < 1:
        raise ValueError(f"« {trace} » ne désigne pas la version d'un bloc")
    return Reference(key, int(number))


def content_of(title: str, draft: Json) -> dict[str, Any]:
    """A block's content in its normal form: a section less its key; raises ``KeyError`` or ``ValueError`` (in French)."""
    section = section_from_json({**draft, "key": "bloc", "title": title})
    if section.block:
        raise ValueError("un bloc n'en contient pas un autre")
    if not section.questions:
        raise ValueError("un bloc a au moins une question")
    data = section_to_json(section)
    return {name: data[name] for name in _CONTENT if name in data}


def references(draft: Json) -> list[Reference]:
    """The block versions that a draft shows, in order; raises ``ValueError`` on an unreadable one."""
    traces = [section["block"] for section in _sections(draft) if section.get("block")]
    return [reference_of(trace) for trace in traces]


def expanded(draft: Json, content: Callable[[Reference], Json]) -> dict[str, Any]:
    """The draft with each section that shows a block holding the content of that version, whatever stood there.

    Raises ``ValueError`` on an unreadable reference, and what ``content`` raises (:class:`UnknownBlock`).
    """
    sections = [_expanded(section, content) if section.get("block") else section for section in _sections(draft)]
    return {**draft, "sections": sections} if sections else dict(draft)


def _expanded(section: Json, content: Callable[[Reference], Json]) -> dict[str, Any]:
    return {"key": section["key"], **content(reference_of(section["block"])), "block": section["block"]}


def referring(draft: Json) -> dict[str, Any]:
    """The draft with only the reference in each section that shows a block: what :func:`expanded` makes whole again."""
    sections = [{"key": s["key"], "block": s["block"]} if s.get("block") else s for s in _sections(draft)]
    return {**draft, "sections": sections}


def placed(draft: Json, section_key: str, reference: Reference, content: Json) -> dict[str, Any]:
    """The draft with a section, added at the end when it is not there, showing a version of a block."""
    section = {"key": section_key, **content, "block": str(reference)}
    sections = list(_sections(draft))
    there = [n for n, other in enumerate(sections) if other["key"] == section_key]
    if there:
        sections[there[0]] = section
    else:
        sections.append(section)
    return {**draft, "sections": sections}


def detached(draft: Json, section_key: str) -> dict[str, Any]:
    """The draft with a section that keeps what its block shows and no longer follows it."""
    sections = [_without_block(s) if s["key"] == section_key else s for s in _sections(draft)]
    return {**draft, "sections": sections}


def _without_block(section: Json) -> dict[str, Any]:
    return {name: value for name, value in section.items() if name != "block"}


def _sections(draft: Json) -> Sequence[Json]:
    sections = draft.get("sections", [])
    if not isinstance(sections, list) or not all(isinstance(section, Mapping) for section in sections):
        raise ValueError("Les rubriques du formulaire ne sont pas une liste")
    return sections
