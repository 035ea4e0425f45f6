"""The header of a CDA document in words: what it is, of whom, by whom, for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from lxml import etree

from dcc.web.clinical.ins import payload_of_header
from dcc.web.clinical.telling import HL7, address, attribute, moment, period, person, telecoms, words

_SEXES: Mapping[str, object] = {"M": _("Masculin"), "F": _("Féminin"), "UN": _("Indéterminé")}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of the header: role, name, and the lines that help to reach him."""

    role: str
    name: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Heading:
    """The document in a few lines; ``facts`` are (label, text)."""

    title: str
    kind: str
    patient: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]
    actors: Sequence[Actor]
    payload: str = ""
    """What the datamatrix of the header's INS says where the document is printed (R-148); empty without an INS."""


def heading_of(root: etree._Element) -> Heading:
    """Read the header; what is absent is left out."""
    return Heading(
        words(root.find(f"{HL7}title")) or attribute(root, "code", "displayName") or str(_("Document sans titre")),
        attribute(root, "code", "displayName"),
        tuple((str(label), text) for label, text in _patient(root) if text),
        tuple((str(label), text) for label, text in _facts(root) if text),
        tuple(actor for actor in _actors(root) if actor.name),
        payload_of_header(root),
    )


def _patient(root: etree._Element) -> Iterator[tuple[object, str]]:
    role = root.find(f"{HL7}recordTarget/{HL7}patientRole")
    person_element = role.find(f"{HL7}patient") if role is not None else None
    if role is None or person_element is None:
        return
    names = list(person_element.iterfind(f"{HL7}name/{HL7}family"))
    yield _("Nom de naissance"), " ".join(words(n) for n in names if n.get("qualifier") != "CL")
    given = list(person_element.iterfind(f"{HL7}name/{HL7}given"))
    yield _("Prénoms"), next((words(n) for n in given if not n.get("qualifier")), "") or " ".join(words(n) for n in given[:1])
    yield _("Nom utilisé"), " ".join(words(n) for n in names if n.get("qualifier") == "CL")
    yield _("Né(e) le"), moment(attribute(person_element, "birthTime", "value"))
    yield _("Sexe"), str(_SEXES.get(attribute(person_element, "administrativeGenderCode", "code"), ""))
    for identifier in role.iterfind(f"{HL7}id"):
        national = identifier.get("root", "").startswith("1.2.250.1.213.1.4.")
        yield _("Matricule INS") if national else _("Identifiant"), identifier.get("extension", "")


def _facts(root: etree._Element) -> Iterator[tuple[object, str]]:
    yield _("Date du document"), moment(attribute(root, "effectiveTime", "value"))
    yield _("Version"), attribute(root, "versionNumber", "value")
    yield _("Acte documenté"), period(root.find(f"{HL7}documentationOf/{HL7}serviceEvent/{HL7}effectiveTime"))
    yield _("Conservé par"), words(root.find(f"{HL7}custodian//{HL7}name"))
    yield _("Identifiant du document"), _instance(root.find(f"{HL7}id"))
    yield _("Lot de versions"), _instance(root.find(f"{HL7}setId"))
    yield _("Remplace"), _instance(root.find(f"{HL7}relatedDocument/{HL7}parentDocument/{HL7}id"))


def _instance(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return " / ".join(part for part in (element.get("root", ""), element.get("extension", "")) if part)


def _actors(root: etree._Element) -> Iterator[Actor]:
    for author in root.iterfind(f"{HL7}author"):
        yield _actor(str(_("Auteur")), author, "assignedAuthor", "assignedPerson", "representedOrganization")
    for responsible in root.iterfind(f"{HL7}legalAuthenticator"):
        yield _actor(str(_("Responsable")), responsible, "assignedEntity", "assignedPerson", "representedOrganization")
    for close in root.iterfind(f"{HL7}informant"):
        role = attribute(close, "relatedEntity/code", "displayName") or str(_("Entourage"))
        yield _actor(role, close, "relatedEntity", "relatedPerson", "")
    for recipient in root.iterfind(f"{HL7}informationRecipient"):
        yield _actor(str(_("Destinataire")), recipient, "intendedRecipient", "informationRecipient", "receivedOrganization")
    for participant in root.iterfind(f"{HL7}participant"):
        role = attribute(participant, "functionCode", "displayName") or str(_("Participant"))
        yield _actor(role, participant, "associatedEntity", "associatedPerson", "scopingOrganization")


def _actor(role: str, element: etree._Element, entity_name: str, person_name: str, organisation_name: str) -> Actor:
    entity = element.find(f"{HL7}{entity_name}")
    if entity is None:
        return Actor(role, "", ())
    name = person(entity.find(f"{HL7}{person_name}/{HL7}name"))
    organisation = entity.find(f"{HL7}{organisation_name}") if organisation_name else None
    place = words(organisation.find(f"{HL7}name")) if organisation is not None else ""
    lines = [
        attribute(entity, "code", "displayName") if organisation_name else "",
        place if name else "",
        address(entity.find(f"{HL7}addr")),
        *telecoms(entity),
        words(element.find(f"{HL7}functionCode/{HL7}originalText")),
    ]
    return Actor(role, name or place, tuple(line for line in lines if line))
