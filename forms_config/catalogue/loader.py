"""Reads a catalogue file, and builds the form that shows the whole of it (the default form of a document type)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

import yaml

from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from forms_config.schema.conditions import Condition, condition_from_json
from forms_config.schema.model import DATATYPES, Datatype, FormSchema, Origin, Question, Section

Conformance = Literal["K", "M", "O"]
_ELEMENT_KEYS = {
    "key", "label", "type", "min", "max", "conformance", "values", "free", "open", "nulls", "when", "same_as", "origin",
    "default", "note", "columns", "width", "omits", "required_if", "favourites",
}  # fmt: skip


class CatalogueError(ValueError):
    """A catalogue file is wrong; the message names the file and the element."""


@dataclass(frozen=True, slots=True)
class Element:
    """One national data element; attributes are explained at the head of the catalogue files."""

    key: str
    label: str
    datatype: Datatype
    conformance: Conformance
    minimum: int = 0
    many: bool = False
    values: str = ""
    free: bool = False
    open: bool = False
    nulls: tuple[str, ...] = ()
    condition: Condition | None = None
    required_if: Condition | None = None
    same_as: str = ""
    origin: Origin = "saisie"
    default: Any = None
    note: str = ""
    width: Literal["full", "half", "third"] = "full"
    omits: tuple[str, ...] = ()
    favourites: bool = False
    columns: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueSection:
    """A section of the volet; ``number`` is its place there, or « en-tête »."""

    key: str
    title: str
    number: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All the elements of one version of a volet."""

    volet: str
    version: str
    title: str
    source: str
    sections: tuple[CatalogueSection, ...]

    def elements(self) -> Iterator[Element]:
        """Every element, columns of groups after their group."""
        for section in self.sections:
            for element in section.elements:
                yield element
                yield from element.columns

    def value_sets(self) -> frozenset[str]:
        """Names of the value sets the elements refer to."""
        return frozenset(e.values for e in self.elements() if e.values)


def _element(data: Mapping[str, Any], where: str) -> Element:
    unknown = set(data) - _ELEMENT_KEYS
    if unknown:
        raise CatalogueError(f"{where} : attribut inconnu {', '.join(sorted(unknown))}")
    if data["type"] not in DATATYPES or data["conformance"] not in ("K", "M", "O"):
        raise CatalogueError(f"{where}, {data['key']} : type ou conformité inconnus")
    return Element(
        key=data["key"],
        label=data["label"],
        datatype=data["type"],
        conformance=data["conformance"],
        minimum=data.get("min", 0),
        many=data.get("max", 1) == "*",
        values=data.get("values", ""),
        free=data.get("free", False),
        open=data.get("open", False),
        nulls=tuple(data.get("nulls", ())),
        condition=condition_from_json(data["when"]) if "when" in data else None,
        required_if=condition_from_json(data["required_if"]) if "required_if" in data else None,
        same_as=data.get("same_as", ""),
        origin=data.get("origin", "saisie"),
        default=data.get("default"),
        note=data.get("note", ""),
        width=data.get("width", "full"),
        omits=tuple(data.get("omits", ())),
        favourites=data.get("favourites", False),
        columns=tuple(_element(c, where) for c in data.get("columns", ())),
    )


NATIONAL = "forms_config.catalogue"
"""Package of the national catalogues; a type of document may name another (a plugin's)."""


def load_catalogue(volet: str, version: str) -> Catalogue:
    """The catalogue of a volet version, for instance ``("frcp", "2025.01")``; raises :class:`CatalogueError`.

    That of a type which a plugin brings is in the package the type names, and unknown while the plugin is off.
    """
    types = current().all(DocumentType)
    brought = (found.catalogue for found in types if found.catalogue and (found.volet, found.volet_version) == (volet, version))
    return _load(next(brought, NATIONAL), f"{volet}_{version.replace('.', '_')}.yaml")


@cache
def _load(package: str, name: str) -> Catalogue:
    data = _data(name, package)
    sections = tuple(
        CatalogueSection(s["key"], s["title"], s["volet_section"], tuple(_element(e, name) for e in _said(s, data["volet"])))
        for s in data["sections"]
    )
    catalogue = Catalogue(data["volet"], data["version"], data["title"], data["source"], sections)
    keys = [e.key for e in catalogue.elements()]
    doubles = {key for key in keys if keys.count(key) > 1}
    if doubles:
        raise CatalogueError(f"{name} : clé en double {', '.join(sorted(doubles))}")
    return catalogue


def _said(section: Mapping[str, Any], volet: str) -> Sequence[Mapping[str, Any]]:
    """The elements a section lists, or those of the section of another volet it is « like », keys renamed (shared blocks)."""
    if "like" not in section:
        return cast(Sequence[Mapping[str, Any]], section["elements"])
    catalogue, key = section["like"].split("/")
    source = _data(f"{catalogue}.yaml", NATIONAL)
    [model] = [candidate for candidate in source["sections"] if candidate["key"] == key]
    changes = dict(section.get("changes", {}))
    elements = [_changed(element, changes) for element in model["elements"]]
    if changes:
        raise CatalogueError(f"{section['key']} : {', '.join(sorted(changes))} n'est pas dans {section['like']}")
    return cast(Sequence[Mapping[str, Any]], _renamed(elements, f"{source['volet']}.", f"{volet}."))


def _changed(element: Mapping[str, Any], changes: dict[str, Mapping[str, Any]]) -> dict[str, Any]:
    changed = {**element, **changes.pop(element["key"], {})}
    if "columns" in changed:
        changed["columns"] = [_changed(column, changes) for column in changed["columns"]]
    return changed


def _renamed(said: Any, old: str, new: str) -> Any:
    """The same description, every element's key moved from one volet to another."""
    if isinstance(said, Mapping):
        return {name: _renamed(part, old, new) for name, part in said.items()}
    if isinstance(said, list):
        return [_renamed(part, old, new) for part in said]
    return new + said.removeprefix(old) if isinstance(said, str) and said.startswith(old) else said


def _data(name: str, package: str) -> Any:
    path = resources.files(package) / name
    if not path.is_file():
        raise CatalogueError(f"Catalogue inconnu : {name}")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def question_of(element: Element) -> Question:
    """The question that asks for an element as the national text has it."""
    return Question(
        key=element.key,
        label=element.label,
        datatype=element.datatype,
        element=element.key,
        help=element.note,
        required="validate" if element.minimum else "never",
        required_if=element.required_if,
        multiple=element.many,
        values=element.values,
        free=element.free,
        open=element.open,
        nulls=element.nulls,
        condition=element.condition,
        default=element.default,
        same_as=element.same_as,
        origin=element.origin,
        width=element.width,
        omits=element.omits,
        favourites=element.favourites,
        columns=tuple(question_of(c) for c in element.columns),
    )


def default_schema(catalogue: Catalogue, value_sets: Mapping[str, str] | None = None) -> FormSchema:
    """The form that shows every element in the order of the volet; ``value_sets`` pins their versions."""
    return FormSchema(
        key=f"{catalogue.volet}_standard",
        title=f"{catalogue.title} (formulaire standard)",
        document_type=catalogue.volet,
        volet=catalogue.volet,
        volet_version=catalogue.version,
        value_sets=dict(value_sets or {}),
        sections=tuple(
            Section(s.key, s.title, tuple(question_of(e) for e in s.elements), element=s.key) for s in catalogue.sections
        ),
    )
