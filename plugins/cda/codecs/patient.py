"""The patient and the people around: recordTarget (INS traits, identifiers, guardian) and informants.

Sources: CI-SIS structuration minimale, RNIV, EXI ID 29. CDA has no status of identity: an INS matricule is only ever written
for a qualified identity, and one that is read means that the sender holds the identity as qualified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from lxml.etree import _Element

from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot, RelatedPerson
from plugins.cda.codecs.actors import add_name, read_name
from plugins.cda.codecs.datatypes import (
    Code,
    add_address,
    add_id,
    add_telecoms,
    code_attributes,
    from_ts,
    read_address,
    read_code,
    read_id,
    read_telecoms,
    text_child,
    to_ts,
)
from plugins.cda.codecs.header import as_identifier, as_instance
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.writing import Writing, document_oid
from plugins.cda.codecs.xml import Q, add, child, children, text_of

INS_ROOTS = frozenset(f"1.2.250.1.213.1.4.{number}" for number in (8, 9, 10, 11))
"""NIR, NIA, and the NIR of test and demonstration."""

Sex = Literal["M", "F", "I"]
_GENDER = "2.16.840.1.113883.5.1"
_SEXES: Mapping[Sex, Code] = {
    "M": Code("M", "Masculin", _GENDER),
    "F": Code("F", "Féminin", _GENDER),
    "I": Code("UN", "Inconnu", _GENDER),
}
_SEX_OF: Mapping[str, Sex] = {"M": "M", "F": "F", "UN": "I"}
_OWN_PATIENTS = document_oid("patients")
"""Root of our own patient numbers, when the patient has no other identifier."""

_INFORMANTS = {"urgence": "ECON", "confiance": "NOK"}
_KINDS = {code: kind for kind, code in _INFORMANTS.items()}


class Patient:
    """recordTarget."""

    tags = ("recordTarget",)

    def encode(self, root: _Element, out: Writing) -> None:
        patient = out.document.patient
        role = add(add(root, "recordTarget"), "patientRole")
        for identifier in _identifiers(patient):
            add_id(role, as_identifier(identifier))
        add_address(role, patient.address)
        add_telecoms(role, patient.telecoms)
        person = add(role, "patient", {"classCode": "PSN"})
        _add_names(person, patient)
        traits = patient.traits
        add(person, "administrativeGenderCode", _SEXES[traits.sex].attributes)
        add(person, "birthTime", {"value": to_ts(traits.birth_date)} if traits.birth_date else {"nullFlavor": "UNK"})
        for related in patient.related:
            if related.kind == "representant":
                _add_guardian(person, related)
        if traits.birth_place_code or traits.birth_place_name:
            place = add(add(add(person, "birthplace"), "place"), "addr")
            for name, text in (("county", traits.birth_place_code), ("city", traits.birth_place_name)):
                if text:
                    add(place, name, text=text)

    def decode(self, element: _Element, inp: Reading) -> None:
        role = child(element, "patientRole")
        person = child(role, "patient") if role is not None else None
        if role is None or person is None:
            return
        ids = [found for item in children(role, "id") if (found := as_instance(read_id(item))) is not None]
        ins = next((i for i in ids if i.root in INS_ROOTS and i.extension), None)
        traits, used_name, used_given = _read_traits(person, inp)
        guardians = [_read_guardian(item) for item in children(person, "guardian")]
        inp.header["patient"] = PatientSnapshot(
            patient_id=None,
            traits=traits,
            status="qualifiee" if ins else "provisoire",
            used_name=used_name,
            used_given_name=used_given,
            ins=ins,
            identifiers=tuple(i for i in ids if i.root not in INS_ROOTS),
            address=read_address(child(role, "addr")),
            telecoms=tuple(read_telecoms(role)),
            related=tuple(guardian for guardian in guardians if guardian is not None),
        )


def _identifiers(patient: PatientSnapshot) -> list[InstanceId]:
    qualified = patient.status == "qualifiee" and patient.ins is not None
    found = [*([patient.ins] if qualified and patient.ins else []), *patient.identifiers]
    return found or [InstanceId(_OWN_PATIENTS, str(patient.patient_id or "inconnu"))]


def _add_names(person: _Element, patient: PatientSnapshot) -> None:
    traits = patient.traits
    name = add(person, "name")
    parts = (
        ("family", "BR", traits.birth_name),
        ("given", "", traits.given_names or traits.first_given_name),
        ("given", "BR", traits.first_given_name),
        ("family", "CL", patient.used_name),
        ("given", "CL", patient.used_given_name),
    )
    for tag, qualifier, text in parts:
        if text:
            add(name, tag, {"qualifier": qualifier} if qualifier else None, text)


def _read_traits(person: _Element, inp: Reading) -> tuple[IdentityTraits, str, str]:
    name = child(person, "name")
    parts: dict[tuple[str, str], str] = {}
    for item in name.iterchildren("*") if name is not None else ():
        key = (item.tag.removeprefix(Q), item.get("qualifier") or "")
        parts[key] = " ".join(part for part in (parts.get(key), text_of(item)) if part)
    used = parts.get(("family", "CL"), "")
    birth = parts.get(("family", "BR")) or parts.get(("family", "")) or used
    given = parts.get(("given", "")) or parts.get(("given", "BR")) or parts.get(("given", "CL"), "")
    place = child(person, "birthplace")
    place = child(place, "place") if place is not None else None
    address = child(place, "addr") if place is not None else None
    traits = IdentityTraits(
        birth_name=birth,
        first_given_name=parts.get(("given", "BR")) or given.partition(" ")[0],
        given_names=given,
        sex=_read_sex(person, inp),
        birth_date=_read_birth_date(person, inp),
        birth_place_code=text_child(address, "county"),
        birth_place_name=text_child(address, "city"),
    )
    return traits, used, parts.get(("given", "CL"), "")


def _read_sex(person: _Element, inp: Reading) -> Sex:
    gender = child(person, "administrativeGenderCode")
    code = gender.get("code") if gender is not None else None
    if code not in _SEX_OF:
        inp.note("cda.identite", f"sexe « {code or 'absent'} » non reconnu, repris comme indéterminé.", level="warning")
    return _SEX_OF.get(code or "", "I")


def _read_birth_date(person: _Element, inp: Reading) -> str:
    birth = child(person, "birthTime")
    text = birth.get("value") if birth is not None else None
    try:
        return from_ts(text).partition("T")[0] if text else ""
    except ValueError as error:
        inp.note("cda.identite", f"date de naissance : {error}.", level="warning")
        return ""


def _add_guardian(person: _Element, related: RelatedPerson) -> None:
    """The relation to the patient has no place here: structuration minimale closes ``guardian`` to a code."""
    guardian = add(person, "guardian")
    add_address(guardian, related.address)
    add_telecoms(guardian, related.telecoms)
    add_name(add(guardian, "guardianPerson"), _name_of(related))


def _read_guardian(element: _Element) -> RelatedPerson | None:
    return _related("representant", element, child(element, "guardianPerson"))


class Relatives:
    """informant: the person to warn (ECON) and the person of trust (NOK)."""

    tags = ("informant",)

    def encode(self, root: _Element, out: Writing) -> None:
        for related in out.document.patient.related:
            if related.kind not in _INFORMANTS:
                continue
            entity = add(add(root, "informant"), "relatedEntity", {"classCode": _INFORMANTS[related.kind]})
            if related.relation:
                add(entity, "code", code_attributes(related.relation))
            add_address(entity, related.address)
            add_telecoms(entity, related.telecoms)
            add_name(add(entity, "relatedPerson"), _name_of(related))

    def decode(self, element: _Element, inp: Reading) -> None:
        entity = child(element, "relatedEntity")
        kind = _KINDS.get(entity.get("classCode") or "") if entity is not None else None
        related = _related(kind, entity, child(entity, "relatedPerson")) if kind and entity is not None else None
        if related is None:
            inp.unknown(element, "Informateur", text_of(element))
        else:
            inp.header.setdefault("relatives", []).append(related)


def _name_of(related: RelatedPerson) -> dict[str, Any]:
    return {"prefix": related.prefix, "given": related.given, "family": related.family}


def _related(kind: str, element: _Element, person: _Element | None) -> RelatedPerson | None:
    name = read_name(person)
    if "family" not in name:
        return None
    return RelatedPerson(
        kind=kind,
        family=name["family"],
        given=name.get("given", ""),
        prefix=name.get("prefix", ""),
        relation=read_code(child(element, "code")),
        address=read_address(child(element, "addr")),
        telecoms=tuple(read_telecoms(element)),
    )
