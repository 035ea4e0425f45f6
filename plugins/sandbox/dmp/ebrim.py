"""Registry objects of ebRIM 3.0: reading what a client wrote, writing what the registry answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from plugins.sandbox.dmp.names import AUTHOR, CONFIDENTIALITY, ERROR, FAILURE, PATIENT, RIM, RS, SUCCESS, UNIQUE
from plugins.sandbox.dmp.problems import Problem


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded classification."""

    code: str
    system: str
    label: str


class Described:
    """A registry object: its slots, names, classifications and external identifiers."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    @property
    def id(self) -> str:
        """Its id in the request, or its UUID."""
        return self.element.get("id", "")

    def slots(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Names and values, in their order, repeated when they are."""
        return [(slot.get("name", ""), _values(slot)) for slot in self.element.iterfind(f"{{{RIM}}}Slot")]

    def slot(self, name: str) -> Sequence[str]:
        """The values of a slot."""
        return next((values for found, values in self.slots() if found == name), ())

    def first(self, name: str) -> str:
        """The first value of a slot."""
        return next(iter(self.slot(name)), "")

    def label(self, tag: str = "Name") -> str:
        """Its name or its description."""
        found = self.element.find(f"{{{RIM}}}{tag}/{{{RIM}}}LocalizedString")
        return found.get("value", "") if found is not None else ""

    def classified(self, scheme: str) -> Sequence[Described]:
        """Its classifications of a scheme."""
        found = self.element.iterfind(f"{{{RIM}}}Classification")
        return [Described(each) for each in found if each.get("classificationScheme") == scheme]

    def coded(self, scheme: str) -> Sequence[Coded]:
        """The codes of a scheme."""
        rows = self.classified(scheme)
        return [Coded(row.element.get("nodeRepresentation", ""), row.first("codingScheme"), row.label()) for row in rows]

    def identifiers(self, scheme: str) -> Sequence[str]:
        """The external identifiers of a scheme."""
        found = self.element.iterfind(f"{{{RIM}}}ExternalIdentifier")
        return [each.get("value", "") for each in found if each.get("identificationScheme") == scheme]

    def identifier(self, scheme: str) -> str:
        """The external identifier of a scheme, when there is one."""
        found = self.identifiers(scheme)
        return found[0] if len(found) == 1 else ""


class Entry(Described):
    """A document entry."""

    @property
    def unique_id(self) -> str:
        """XDSDocumentEntry.uniqueId."""
        return self.identifier(UNIQUE)

    @property
    def patient(self) -> str:
        """XDSDocumentEntry.patientId."""
        return self.identifier(PATIENT)

    def codes(self) -> frozenset[str]:
        """The codes of confidentiality."""
        return frozenset(code.code for code in self.coded(CONFIDENTIALITY))

    def signers(self) -> frozenset[str]:
        """National identifiers of authorPerson and of legalAuthenticator: who may deposit it (EX_2.1-1140)."""
        people = [author.first("authorPerson") for author in self.classified(AUTHOR)]
        return frozenset(filter(None, (xcn_id(person) for person in [*people, self.first("legalAuthenticator")])))


@dataclass(frozen=True, slots=True)
class Association:
    """A link of a request."""

    kind: str
    source: str
    target: str
    slots: Mapping[str, str]
    id: str = ""


def associations(objects: etree._Element) -> Sequence[Association]:
    """The links of a list of registry objects."""
    found = []
    for each in objects.iterfind(f"{{{RIM}}}Association"):
        slots = {name: next(iter(values), "") for name, values in Described(each).slots()}
        kind, source, target = (each.get(name, "") for name in ("associationType", "sourceObject", "targetObject"))
        found.append(Association(kind, source, target, slots, each.get("id", "")))
    return found


def xcn_id(value: str) -> str:
    """The identifier of a person."""
    return value.split("^", 1)[0]


def xon_id(value: str) -> str:
    """The identifier of a structure: the tenth component."""
    parts = value.split("^")
    return parts[9] if len(parts) > 9 else ""


def identified(element: etree._Element, uuid: str) -> etree._Element:
    """A copy of an object of a request under its UUID, its parts too."""
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    former = copy.get("id", "")
    copy.set("id", uuid)
    for each in copy.iter(f"{{{RIM}}}Classification", f"{{{RIM}}}ExternalIdentifier"):
        for name in ("classifiedObject", "registryObject"):
            if each.get(name) == former:
                each.set(name, uuid)
    return copy


def response(problems: Sequence[Problem] = (), *, status: str = "", tag: str = f"{{{RS}}}RegistryResponse") -> etree._Element:
    """A RegistryResponse, or an answer of its type."""
    root = etree.Element(tag, nsmap={"rs": RS, "rim": RIM})
    root.set("status", status or (FAILURE if problems else SUCCESS))
    if problems:
        listed = etree.SubElement(root, f"{{{RS}}}RegistryErrorList", highestSeverity=ERROR)
        for problem in problems:
            words = {"errorCode": problem.code, "codeContext": problem.words, "severity": ERROR, "location": problem.location}
            etree.SubElement(listed, f"{{{RS}}}RegistryError", words)
    return root


def add_slot(element: etree._Element, name: str, *values: str) -> None:
    """Add a slot, where the schema wants slots: before all else."""
    slot = etree.Element(f"{{{RIM}}}Slot", name=name)
    listed = etree.SubElement(slot, f"{{{RIM}}}ValueList")
    for value in values:
        etree.SubElement(listed, f"{{{RIM}}}Value").text = value
    element.insert(len(element.findall(f"{{{RIM}}}Slot")), slot)


def is_oid(text: str) -> bool:
    """Whether it is an OID of at most 128 characters (EX_2.1-1130)."""
    return len(text) <= 128 and bool(re.fullmatch(r"[0-2](\.(0|[1-9]\d*))+", text))


def _values(slot: etree._Element) -> Sequence[str]:
    return tuple((value.text or "").strip() for value in slot.iterfind(f"{{{RIM}}}ValueList/{{{RIM}}}Value"))
