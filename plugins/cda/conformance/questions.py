"""Which question an element of a document answers, read off the trees of codecs of the volets: there is no second mapping.

A tree is made of frozen dataclasses: a body of sections (``template``, ``translation``, ``key``, ``entries``), clinical
statements (``tag``, ``code``, ``mark``, ``parts``, ``relations``) and leaves that name an answer (``key``) and the element they
write (``tag``). Only these attributes are read, so a volet that does not have them is simply not located.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from lxml import etree

HL7 = "{urn:hl7-org:v3}"
_TREES = "plugins.cda.volets.known"
_STATEMENT = ("tag", "code", "parts", "relations")
_KEYS = ("key", "start", "score")
_FACT = "@"
"""First letter of what a document says of itself as if it were an answer: not a question."""

STATEMENTS = frozenset(
    {"act", "encounter", "observation", "observationMedia", "organizer", "procedure", "substanceAdministration", "supply"}
)


@dataclass(frozen=True, slots=True)
class Described:
    """A statement of a tree: the codes that lead to it, what else it is recognised by, the questions its parts answer."""

    tag: str
    path: tuple[str, ...]
    mark: str
    parts: Mapping[str, tuple[str, ...]]

    def question(self, names: Iterable[str]) -> str | None:
        """The question of the innermost of ``names`` (elements from the node up); else the one of the whole statement."""
        for name in names:
            if len(self.parts.get(name, ())) == 1:
                return self.parts[name][0]
        whole = self.parts.get("value") or next(iter(self.parts.values()), ())
        return whole[0] if whole else None


@dataclass(frozen=True, slots=True)
class Rubric:
    """A section of a tree: its catalogue key and its statements, nested ones included."""

    key: str
    statements: Sequence[Described]


def question_of(lineage: Sequence[etree._Element]) -> tuple[str | None, str | None]:
    """Catalogue keys of the section and of the question of a node; ``lineage`` is the node, its parent, up to the root."""
    rubrics = _rubrics(_versions(lineage[-1]))
    for position, element in enumerate(lineage):
        if element.tag == f"{HL7}section":
            rubric = next((rubrics[name] for name in _section_names(element) if name in rubrics), None)
            if rubric is not None:
                return rubric.key, _question(rubric, lineage[:position])
    return None, None


def _question(rubric: Rubric, below: Sequence[etree._Element]) -> str | None:
    """The question of the innermost statement of ``below`` that the rubric describes; of its part, if nothing stands between."""
    names: list[str] = []
    direct = True
    for position, element in enumerate(below):
        name = _name(element)
        if name not in STATEMENTS:
            names.append(name)
            continue
        codes = [code for code in map(_code, reversed(below[position:])) if code]
        recognised = {_code(element), element.get("moodCode", "")} | set(_templates(element))
        fitting = [one for one in rubric.statements if one.tag == name and _fits(one, codes, recognised)]
        if fitting:
            nearest = max(fitting, key=lambda one: _shared(one.path, codes))
            return nearest.question(names if direct else ())
        direct = False
    return None


def _fits(described: Described, codes: Sequence[str], recognised: set[str]) -> bool:
    if described.mark:
        return described.mark in recognised
    return bool(codes) and described.path[-1:] == (codes[-1],)


def _shared(path: Sequence[str], codes: Sequence[str]) -> int:
    """How many codes agree, from the innermost outwards."""
    length = 0
    for mine, theirs in zip(reversed(path), reversed(codes), strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def _versions(root: etree._Element) -> frozenset[tuple[str, str]]:
    return frozenset((t.get("root", ""), t.get("extension", "")) for t in root.iterchildren(f"{HL7}templateId"))


@cache
def _rubrics(versions: frozenset[tuple[str, str]]) -> Mapping[tuple[str, str], Rubric]:
    """Rubrics of the tree that reads a document, by template and translation."""
    try:
        known = importlib.import_module(_TREES).READ
    except (ModuleNotFoundError, AttributeError):
        return {}
    trees = [tree for root, extension in versions for version, tree in known.get(root, {}).items() if version == extension]
    sections = [section for tree in trees for section in getattr(tree.body, "sections", ())]
    return {
        (section.template, getattr(section, "translation", "")): Rubric(
            section.key, tuple(described(getattr(section, "entries", ())))
        )
        for section in sections
        if getattr(section, "key", "")
    }


def described(part: Any, above: tuple[str, ...] = ()) -> Iterator[Described]:
    """Every statement below a part of a tree."""
    if isinstance(part, tuple | list):
        for one in part:
            yield from described(one, above)
    elif is_dataclass(part) and all(hasattr(part, name) for name in _STATEMENT):
        statement: Any = part
        code = "" if isinstance(statement.code, str) else str(getattr(statement.code, "code", "") or "")
        path = (*above, code) if code else above
        yield Described(statement.tag, path, getattr(statement, "mark", ""), _parts(statement))
        yield from described(tuple(statement.relations), path)
    elif is_dataclass(part):
        for field in fields(part):
            yield from described(getattr(part, field.name), above)


def _parts(statement: Any) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for tag, key in (
        *_keys(tuple(statement.parts), ""),
        *_keys(statement.code, "code"),
        *_keys(getattr(statement, "text", None), "text"),
    ):
        if not key.startswith(_FACT) and key not in found.get(tag, ()):
            found[tag] = (*found.get(tag, ()), key)
    return found


def _keys(part: Any, tag: str) -> Iterator[tuple[str, str]]:
    """(element, key of the answer) for every leaf of a part; nested statements are others."""
    if isinstance(part, tuple | list):
        for one in part:
            yield from _keys(one, tag)
    elif is_dataclass(part) and not all(hasattr(part, name) for name in _STATEMENT):
        own = str(getattr(part, "tag", "") or tag)
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name in _KEYS and isinstance(value, str) and value:
                yield own, value
            elif not isinstance(value, str):
                yield from _keys(value, own)


def _section_names(section: etree._Element) -> Iterator[tuple[str, str]]:
    """Names a section may be described under, the most precise first."""
    translations = [t.get("code", "") for t in section.iterfind(f"{HL7}code/{HL7}translation")]
    for template in _templates(section):
        yield from ((template, translation) for translation in (*translations, ""))


def _templates(element: etree._Element) -> list[str]:
    return [template.get("root", "") for template in element.iterchildren(f"{HL7}templateId")]


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _code(element: etree._Element) -> str:
    if _name(element) not in STATEMENTS:
        return ""
    code = element.find(f"{HL7}code")
    return code.get("code", "") if code is not None else ""
