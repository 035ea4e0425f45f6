"""Professionals, organisations and names, in the shapes CDA gives them around a document and inside entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import (
    add_address,
    add_coded,
    add_id,
    add_telecoms,
    read_address,
    read_coded,
    read_id,
    read_telecoms,
    text_child,
)
from plugins.cda.codecs.xml import add, child, children, text_of

RPPS = "1.2.250.1.71.4.2.1"
STRUCTURES = "1.2.250.1.71.4.2.2"
_NAME_PARTS = ("prefix", "given", "family", "suffix")


@dataclass(frozen=True)
class Shape:
    """How one kind of role names its person and its organisation.

    ``missing_id`` is the null flavour written where the standard wants an identifier and there is none. An organisation told as
    an *entity* (CDA scopingEntity) has an id, a code and a description only: no address, no telecom.
    """

    person: str
    organisation: str
    missing_id: str = ""
    organisation_is_entity: bool = False


ASSIGNED_AUTHOR = Shape("assignedPerson", "representedOrganization", missing_id="NI")
ASSIGNED_ENTITY = Shape("assignedPerson", "representedOrganization", missing_id="NI")
ASSOCIATED_ENTITY = Shape("associatedPerson", "scopingOrganization")
PARTICIPANT_ROLE = Shape("playingEntity", "scopingEntity", organisation_is_entity=True)


def add_name(parent: _Element, value: Mapping[str, Any]) -> None:
    """Append a ``name`` with prefix (civility J245), given, family and suffix (title J246)."""
    name = add(parent, "name")
    for part in _NAME_PARTS:
        if value.get(part):
            add(name, part, text=value[part])


def read_name(parent: _Element | None) -> dict[str, str]:
    """Parts of the first ``name``; several given names make one, separated by spaces."""
    name = child(parent, "name") if parent is not None else None
    if name is None:
        return {}
    found: dict[str, str] = {}
    for part in _NAME_PARTS:
        texts = [text for item in children(name, part) if (text := text_of(item))]
        if texts:
            found[part] = " ".join(texts)
    if "family" not in found and not len(name) and text_of(name):
        found["family"] = text_of(name)
    return found


def fill_role(role: _Element, value: Mapping[str, Any], shape: Shape) -> None:
    """Write a ``professional`` value into a role element."""
    add_id(role, value.get("id"), missing=shape.missing_id)
    add_coded(role, "code", value.get("profession") or {})
    add_address(role, value.get("address"))
    add_telecoms(role, value.get("telecoms"))
    if value.get("family"):
        add_name(add(role, shape.person), value)
    organisation = value.get("organisation")
    if organisation and shape.organisation_is_entity:
        _add_entity(role, shape.organisation, organisation)
    elif organisation:
        add_organisation(role, shape.organisation, organisation)


def read_role(role: _Element | None, shape: Shape) -> dict[str, Any] | None:
    """A ``professional`` value, or nothing when the role names nobody.

    A role that names an organisation and no person is read with the organisation's name as family name: the structure itself
    is the actor.
    """
    if role is None or role.get("nullFlavor"):
        return None
    organisation = _read_any_organisation(child(role, shape.organisation), shape)
    name = read_name(child(role, shape.person))
    if "family" not in name:
        if not organisation:
            return None
        name = {**name, "family": organisation["name"]}
    read = {
        **name,
        "id": _best_id(role),
        "profession": read_coded(child(role, "code")),
        "address": read_address(child(role, "addr")),
        "telecoms": read_telecoms(role),
        "organisation": organisation,
    }
    return {key: item for key, item in read.items() if item}


def _best_id(role: _Element) -> dict[str, str] | None:
    """The national identifier when there are several, the first otherwise."""
    found = [identifier for item in children(role, "id") if (identifier := read_id(item))]
    return next((i for i in found if i["root"] == RPPS), found[0] if found else None)


NO_SECTOR = "Non précisé"
_DEFAULT_SECTOR = {
    "code": "ETABLISSEMENT",
    "system": "1.2.250.1.213.1.1.4.9",
    "label": "Etablissement de santé",
    "text": NO_SECTOR,
}


def add_organisation(parent: _Element, name: str, value: Mapping[str, Any], *, sector_required: bool = False) -> None:
    """Append an organisation.

    Where the header rules want a practice setting (J04) and none is known, « établissement de santé » is written with the words
    « Non précisé », which :func:`read_organisation` takes back as no setting at all.
    """
    element = add(parent, name)
    add_id(element, value.get("id"))
    if value.get("name"):
        add(element, "name", text=value["name"])
    add_telecoms(element, value.get("telecoms"))
    add_address(element, value.get("address"))
    sector = value.get("sector") or {}
    if sector.get("code") or sector_required:
        add_coded(element, "standardIndustryClassCode", sector if sector.get("code") else _DEFAULT_SECTOR)


def read_organisation(element: _Element | None) -> dict[str, Any] | None:
    """An ``organisation`` value, or nothing when it has no name."""
    name = text_child(element, "name")
    if element is None or not name:
        return None
    sector = read_coded(child(element, "standardIndustryClassCode"))
    read = {
        "name": name,
        "id": _organisation_id(element),
        "address": read_address(child(element, "addr")),
        "telecoms": read_telecoms(element),
        "sector": None if sector and sector.get("text") == NO_SECTOR else sector,
    }
    return {key: item for key, item in read.items() if item}


def _organisation_id(element: _Element) -> dict[str, str] | None:
    found = [identifier for item in children(element, "id") if (identifier := read_id(item))]
    return next((i for i in found if i["root"] == STRUCTURES), found[0] if found else None)


def _add_entity(parent: _Element, name: str, value: Mapping[str, Any]) -> None:
    element = add(parent, name)
    add_id(element, value.get("id"))
    add_coded(element, "code", value.get("sector") or {})
    if value.get("name"):
        add(element, "desc", text=value["name"])


def _read_any_organisation(element: _Element | None, shape: Shape) -> dict[str, Any] | None:
    if not shape.organisation_is_entity:
        return read_organisation(element)
    name = text_child(element, "desc")
    if element is None or not name:
        return None
    read = {"name": name, "id": _organisation_id(element), "sector": read_coded(child(element, "code"))}
    return {key: item for key, item in read.items() if item}
