"""The INS of a CDA header as the text of a datamatrix: who prints a CDA, or makes a PDF of it, adds the code (R-147, R-148)."""

from __future__ import annotations

from typing import Literal

from lxml import etree

from dcc.contracts.datamatrix import INS_NATURES, payload_of
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.web.clinical.telling import HL7, attribute, words


def payload_of_header(root: etree._Element) -> str:
    """Empty when the header has no INS, or lacks what a datamatrix needs: no status travels in CDA, the INS says it."""
    role = root.find(f"{HL7}recordTarget/{HL7}patientRole")
    person = role.find(f"{HL7}patient") if role is not None else None
    if role is None or person is None:
        return ""
    found = [InstanceId(i.get("root", ""), i.get("extension")) for i in role.iterfind(f"{HL7}id") if i.get("root") in INS_NATURES]
    if len(found) != 1:
        return ""
    return payload_of(PatientSnapshot(patient_id=None, traits=_traits(person), status="qualifiee", ins=found[0]))[0]


def _traits(person: etree._Element) -> IdentityTraits:
    given = _name(person, "given", "") or _name(person, "given", "BR")
    sexes: dict[str, Literal["M", "F"]] = {"M": "M", "F": "F"}
    born = attribute(person, "birthTime", "value")[:8]
    return IdentityTraits(
        birth_name=_name(person, "family", "BR") or _name(person, "family", ""),
        first_given_name=_name(person, "given", "BR"),
        given_names=given,
        sex=sexes.get(attribute(person, "administrativeGenderCode", "code"), "I"),
        birth_date=f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else "",
        birth_place_code=words(person.find(f"{HL7}birthplace/{HL7}place/{HL7}addr/{HL7}county")),
    )


def _name(person: etree._Element, tag: str, qualifier: str) -> str:
    return " ".join(words(n) for n in person.iterfind(f"{HL7}name/{HL7}{tag}") if (n.get("qualifier") or "") == qualifier)
