"""participant in the header of a PPS: its contacts, written by their table and read from anybody (§7.3).

What others send under a code that several contacts share is proposed by the rules of §7.3: a person or none, PROV or AGNT, the
name of the structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from lxml.etree import _Element

from forms_config.schema.values import display_professional
from plugins.cda.codecs.actors import ASSOCIATED_ENTITY, fill_role, read_name, read_organisation, read_role
from plugins.cda.codecs.datatypes import add_address, add_coded, add_id, add_telecoms, read_address, read_telecoms, text_child
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, children
from plugins.cda.volets.people import LINE, said
from plugins.cda.volets.pps_contacts import (
    BY_FORMER,
    BY_FUNCTION,
    CENTRE_3C,
    CONTACTS,
    COORDINATION,
    MEDIATOR,
    NEARBY_PERSON,
    NEARBY_STRUCTURE,
    NETWORK,
    Contact,
)

_LOOKS_LIKE_3C = re.compile(r"\b3C\b|coordination", re.IGNORECASE)
_LOOKS_LIKE_NETWORK = re.compile(r"r[ée]seau|\bDSRC\b|\bonco", re.IGNORECASE)


class Contacts:
    """participant, one for each contact."""

    tags = ("participant",)

    def encode(self, root: _Element, out: Writing) -> None:
        answers = out.document.answers
        for key, kinds in groupby(CONTACTS, lambda contact: contact.key):
            contacts = list(kinds)
            rows = [row["values"] for row in answers.get(key) or ()] if contacts[0].in_rows else [answers]
            for values in rows:
                for contact in contacts:
                    if contact.is_there(values):
                        _add(root, contact, values, out)

    def decode(self, element: _Element, inp: Reading) -> None:
        entity = child(element, "associatedEntity")
        contact = _contact_of(element) if entity is not None else None
        function = child(element, "functionCode")
        title = "Participant : " + (text_child(function, "originalText") or "rôle inconnu")
        if contact is None or entity is None or (not contact.in_rows and contact.key in inp.answers):
            inp.unknown(element, title, said(entity))
            return
        found = _read(contact, element, entity, inp)
        if not found:
            inp.unknown(element, title, said(entity))
        elif contact.in_rows:
            rows = inp.answers.setdefault(contact.key, [])
            rows.append({"id": inp.row_id(contact.key, len(rows) + 1), "values": found})
        else:
            inp.answers.update(found)


def _add(root: _Element, contact: Contact, values: Mapping[str, Any], out: Writing) -> None:
    person = values.get(contact.professional) or {} if contact.professional else {}
    comment = (values.get(contact.comment) if contact.comment else person.get("comment")) or ""
    element = add(root, "participant", {"typeCode": contact.type_code})
    function = add(element, "functionCode", contact.function.attributes)
    add(function, "originalText", text=contact.words(comment).replace("\n", LINE))
    if contact.period is not None:
        contact.period.encode(values, element, out)
    if child(element, "time") is None:
        add(element, "time", {"nullFlavor": "UNK"})
    null = {"nullFlavor": person["null"]} if "null" in person else {}
    entity = add(element, "associatedEntity", {"classCode": contact.class_code, **null})
    if contact.professional and not null:
        fill_role(entity, person, ASSOCIATED_ENTITY)
    elif contact.organisation:
        _add_structure(entity, values.get(contact.organisation) or {})


def _add_structure(entity: _Element, structure: Mapping[str, Any]) -> None:
    """A structure that acts by itself: where it is and how to call it stand on the role, as in the official sample."""
    add_address(entity, structure.get("address"))
    add_telecoms(entity, structure.get("telecoms"))
    if structure:
        organisation = add(entity, "scopingOrganization")
        add_id(organisation, structure.get("id"))
        add(organisation, "name", text=structure["name"])
        add_coded(organisation, "standardIndustryClassCode", structure.get("sector") or {})


def _contact_of(element: _Element) -> Contact | None:
    """Which contact a participant is: by the translation of 2022.01, its function, our own words, then the rules of §7.3."""
    function = child(element, "functionCode")
    if function is None:
        return None
    code = function.get("code") or ""
    for translation in children(function, "translation"):
        former = translation.get("code") or ""
        found = BY_FORMER.get((former, code)) or BY_FORMER.get((former, ""))
        if found is not None:
            return NEARBY_PERSON if found is NEARBY_STRUCTURE and _has_person(element) else found
    if code in BY_FUNCTION:
        return BY_FUNCTION[code]
    words = text_child(function, "originalText")
    named = next((c for c in CONTACTS if not c.certain and c.function.code == code and c.is_named(words)), None)
    return named or _likely(code, element)


def _likely(code: str, element: _Element) -> Contact | None:
    """What a participant of another producer may be, when several contacts share its code."""
    if code == COORDINATION.function.code:
        return NETWORK if _LOOKS_LIKE_NETWORK.search(_structure_name(element)) else COORDINATION
    if code != NEARBY_STRUCTURE.function.code:
        return None
    entity = child(element, "associatedEntity")
    if entity is not None and entity.get("classCode") == MEDIATOR.class_code:
        return MEDIATOR
    if _has_person(element):
        return NEARBY_PERSON
    alone = list(_structures_nearby(element))
    likely = next((one for one in alone if _LOOKS_LIKE_3C.search(_structure_name(one))), alone[0])
    return CENTRE_3C if element is likely else NEARBY_STRUCTURE


def _structures_nearby(element: _Element) -> Iterator[_Element]:
    """Every participant that the 3C may be: a structure without person."""
    parent = element.getparent()
    for one in children(parent, "participant") if parent is not None else ():
        function, entity = child(one, "functionCode"), child(one, "associatedEntity")
        if function is None or entity is None or function.get("code") != NEARBY_STRUCTURE.function.code:
            continue
        if entity.get("classCode") != MEDIATOR.class_code and not _has_person(one):
            yield one


def _has_person(element: _Element) -> bool:
    person = element.find(f"{Q}associatedEntity/{Q}associatedPerson")
    return person is not None and "family" in read_name(person)


def _structure_name(element: _Element) -> str:
    return text_child(element.find(f"{Q}associatedEntity/{Q}scopingOrganization"), "name")


def _read(contact: Contact, element: _Element, entity: _Element, inp: Reading) -> Found:
    """The answers of one participant."""
    words = text_child(child(element, "functionCode"), "originalText").replace(LINE, "\n")
    comment = contact.comment_of(words)
    if contact.professional:
        return _read_person(contact, entity, comment, inp)
    structure = _read_structure(entity)
    found = inp.take(contact.organisation, structure) if structure else {}
    person = entity.find(f"{Q}associatedPerson")
    if person is not None and "family" in read_name(person):
        comment = "\n".join(text for text in (comment, f"Interlocuteur : {display_professional(read_name(person))}") if text)
    if comment:
        found.update(inp.take(contact.comment, comment))
    time = child(element, "time")
    if contact.period is not None and time is not None:
        found.update(contact.period.decode(time, inp))
    return found


def _read_person(contact: Contact, entity: _Element, comment: str, inp: Reading) -> Found:
    null = entity.get("nullFlavor")
    if null and not contact.in_rows:
        return inp.take(contact.professional, {"null": null})
    person = read_role(entity, ASSOCIATED_ENTITY)
    if person is None:
        return {}
    return inp.take(contact.professional, {**person, "comment": comment} if comment else person)


def _read_structure(entity: _Element) -> dict[str, Any] | None:
    """A structure; where it is and its telecoms are those of the role, unless it has its own."""
    structure = read_organisation(child(entity, "scopingOrganization"))
    if structure is None:
        return None
    role = {"address": read_address(child(entity, "addr")), "telecoms": read_telecoms(entity)}
    return {**{part: item for part, item in role.items() if item}, **structure}
