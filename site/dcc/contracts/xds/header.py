"""The one mapping: what the header of a CDA says, as XDS metadata (mss_hl7.md §6, dmp_psc.md §2.3).

Only the header is read, in pieces, up to ``component``: neither a heavy body nor a hostile one reaches the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import cast

from lxml import etree

from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import codes
from dcc.contracts.xds.entry import Author, Code, DocumentEntry
from dcc.contracts.xds.hl7 import component, utc, xcn, xon

HEADER_LIMIT = 2 * 1024 * 1024
"""Bytes before ``component``; the headers of official samples take some 50 kB."""

MAX_TAGS = 50_000
_PIECE = 8192
_REMEMBERED = 4_000_000
"""Bytes of the largest document that the last ones are remembered with: heavier ones would stay in memory for nothing."""

_HL7 = "urn:hl7-org:v3"
_NS = {"h": _HL7}
_ACT = "h:documentationOf/h:serviceEvent"
_WHERE = "h:componentOf/h:encompassingEncounter/h:location/h:healthCareFacility/h:code"
_SETTING = "h:performer/h:assignedEntity/h:representedOrganization/h:standardIndustryClassCode"
_AUTHOR_SETTING = "h:author/h:assignedAuthor/h:representedOrganization/h:standardIndustryClassCode"
_CUSTODIAN = "h:custodian/h:assignedCustodian/h:representedCustodianOrganization/h:id"
_SIGNATORY = "h:legalAuthenticator/h:assignedEntity"
_SEXES = {"UN": "U"}


def describe(cda: bytes, *, uri: str = "") -> DocumentEntry:
    """Metadata of a CDA, hash and size of these very bytes; ``uri`` is the name it travels under.

    What the header does not say stays empty. Raises :class:`Refused` in French when it is no CDA that can be read.
    """
    described = _described if len(cda) <= _REMEMBERED else _described.__wrapped__
    return replace(described(cda), uri=uri)


@lru_cache(maxsize=4)
def _described(cda: bytes) -> DocumentEntry:
    """A document goes to several recipients, one after the other, and is asked about more than once for each."""
    root = _header(cda)
    act = root.find(_ACT, _NS)
    ins, local = _patient_ids(root)
    service = act if act is not None else root
    return DocumentEntry(
        unique_id=_unique_id(root),
        hash=hashlib.sha1(cda, usedforsecurity=False).hexdigest().upper(),  # IHE ITI TF-3 §4.2.3.2.10 wants SHA-1
        size=len(cda),
        creation_time=utc(_value(root, "h:effectiveTime")),
        language=_attribute(root, "h:languageCode", "code"),
        title=_text(root.find("h:title", _NS)),
        legal_authenticator=_person(root.find(_SIGNATORY, _NS), "h:assignedPerson"),
        service_start=utc(_value(service, "h:effectiveTime/h:low")),
        service_stop=utc(_value(service, "h:effectiveTime/h:high")),
        patient_id=ins or local,
        source_patient_id=local or ins,
        source_patient_info=tuple(_patient_info(root)),
        events=tuple(filter(None, (_code(event.find("h:code", _NS)) for event in root.iterfind(_ACT, _NS)))),
        authors=tuple(_author(author) for author in root.iterfind("h:author", _NS)),
        class_code=codes.CLASS_BY_TYPE.get(_attribute(root, "h:code", "code")),
        confidentiality=tuple(_confidentiality(root)),
        format_code=_format(root),
        facility_type=_code(root.find(_WHERE, _NS)),
        practice_setting=_code(service.find(_SETTING, _NS)) or _code(root.find(_AUTHOR_SETTING, _NS)),
        type_code=_code(root.find("h:code", _NS)),
        custodian=_instance(root.find(_CUSTODIAN, _NS)),
        parent=_instance(root.find("h:relatedDocument[@typeCode='RPLC']/h:parentDocument/h:id", _NS)),
        set_id=_instance(root.find("h:setId", _NS)),
    )


def _header(cda: bytes) -> etree._Element:
    """The tree of the header. The body is neither parsed nor checked: who reads the document does."""
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root: etree._Element | None = None
    tags = 0
    try:
        for start in range(0, min(len(cda), HEADER_LIMIT), _PIECE):
            parser.feed(cda[start : start + _PIECE])
            for _event, element in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
                tags += 1
                root = _clinical_document(element) if root is None else root
                if tags > MAX_TAGS:
                    raise Refused("L'en-tête du document CDA est démesuré")
                if element.tag == f"{{{_HL7}}}component" and element.getparent() is root:
                    return root
    except etree.XMLSyntaxError as error:
        raise Refused(f"L'en-tête du document CDA est illisible, ligne {error.lineno or 1}") from None
    if root is None:
        raise Refused("Ce n'est pas un document CDA : aucun élément XML n'y est lisible")
    raise Refused("Le document CDA n'a pas de corps (component), ou son en-tête est démesuré")


def _clinical_document(element: etree._Element) -> etree._Element:
    """The root, once it is known to be that of a CDA without DTD (a DTD is how entities attack)."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise Refused("Le document CDA contient une déclaration DOCTYPE, interdite")
    if element.tag != f"{{{_HL7}}}ClinicalDocument":
        raise Refused("Ce n'est pas un document CDA : l'élément racine n'est pas ClinicalDocument")
    return element


def _unique_id(root: etree._Element) -> str:
    """ClinicalDocument/id: an OID, or ``OID^extension`` (IHE ITI TF-3 §4.2.3.2.26)."""
    found = _instance(root.find("h:id", _NS))
    if found is None:
        return ""
    return f"{found.root}^{found.extension}" if found.extension else found.root


def _patient_ids(root: etree._Element) -> tuple[InstanceId | None, InstanceId | None]:
    """The INS, and the first other identifier."""
    found = [_instance(element) for element in root.iterfind("h:recordTarget/h:patientRole/h:id", _NS)]
    identifiers = [identifier for identifier in found if identifier]
    ins = next((identifier for identifier in identifiers if identifier.root in INS_NATURES), None)
    return ins, next((identifier for identifier in identifiers if identifier.root not in INS_NATURES), None)


def _patient_info(root: etree._Element) -> Iterator[str]:
    patient = root.find("h:recordTarget/h:patientRole/h:patient", _NS)
    if patient is None:
        return
    birth = [component(_text(patient.find(f"h:name/h:{part}[@qualifier='BR']", _NS))) for part in ("family", "given")]
    given = patient.iterfind("h:name/h:given", _NS)
    all_given = component(_text(next((name for name in given if not name.get("qualifier")), None)))
    if any(birth):
        yield f"PID-5|{birth[0]}^{birth[1]}^{all_given}^^^^L"
    used = [component(_text(patient.find(f"h:name/h:{part}[@qualifier='CL']", _NS))) for part in ("family", "given")]
    if any(used):
        yield f"PID-5|{used[0]}^{used[1]}^^^^^D"
    born = _value(patient, "h:birthTime")[:8]
    if born:
        yield f"PID-7|{born}"
    sex = _attribute(patient, "h:administrativeGenderCode", "code")
    if sex:
        yield f"PID-8|{_SEXES.get(sex, sex)}"
    place = _text(patient.find("h:birthplace/h:place/h:addr/h:county", _NS))
    if place:
        yield f"PID-11|^^^^^^BDL^^{component(place)}"


def _author(author: etree._Element) -> Author:
    assigned = author.find("h:assignedAuthor", _NS)
    if assigned is None:
        return Author()
    specialty = _code(assigned.find("h:code", _NS))
    role = _attribute(author, "h:functionCode", "displayName")
    institutions = [_structure(element) for element in assigned.iterfind("h:representedOrganization", _NS)]
    return Author(
        person=_person(assigned, "h:assignedPerson"),
        institutions=tuple(filter(None, institutions)),
        roles=(role,) if role else (),
        specialties=(f"{specialty.code}^{component(specialty.label)}^{specialty.system}",) if specialty else (),
    )


def _person(entity: etree._Element | None, person: str) -> str:
    if entity is None:
        return ""
    name = entity.find(f"{person}/h:name", _NS)
    if name is None:
        return ""
    family, given = (_text(name.find(f"h:{part}", _NS)) for part in ("family", "given"))
    return xcn(_instance(entity.find("h:id", _NS)), family, given) if family or given else ""


def _structure(organisation: etree._Element) -> str:
    return xon(_instance(organisation.find("h:id", _NS)), _text(organisation.find("h:name", _NS)))


def _confidentiality(root: etree._Element) -> Iterator[Code]:
    found = _code(root.find("h:confidentialityCode", _NS))
    if found:
        yield Code(found.code, found.system, found.label or codes.CONFIDENTIALITY_LABELS.get(found.code, ""))


def _format(root: etree._Element) -> Code | None:
    roots: Sequence[str] = [template.get("root", "") for template in root.iterfind("h:templateId", _NS)]
    return next((codes.FORMAT_BY_TEMPLATE[oid] for oid in roots if oid in codes.FORMAT_BY_TEMPLATE), None)


def _code(element: etree._Element | None) -> Code | None:
    if element is None or not element.get("code"):
        return None
    return Code(element.get("code", ""), element.get("codeSystem", ""), _spaced(element.get("displayName", "")))


def _instance(element: etree._Element | None) -> InstanceId | None:
    if element is None or not element.get("root"):
        return None
    return InstanceId(element.get("root", ""), element.get("extension") or None)


def _attribute(element: etree._Element, path: str, name: str) -> str:
    found = element.find(path, _NS)
    return _spaced(found.get(name, "")) if found is not None else ""


def _value(element: etree._Element, path: str) -> str:
    return _attribute(element, path, "value")


def _text(element: etree._Element | None) -> str:
    return _spaced("".join(map(str, element.itertext()))) if element is not None else ""


def _spaced(text: str) -> str:
    """Blanks around and inside a value say nothing: files are indented at will."""
    return " ".join(text.split())
