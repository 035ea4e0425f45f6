"""What is wrong with the metadata of a submission: cardinalities, forms, codes of the affinity domain (dmp_psc.md §2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.ebrim import Coded, Described, Entry, is_oid
from plugins.sandbox.dmp.vihf import CX

FILE = Path(__file__).parents[1] / "data" / "dmp_codes.yaml"
TITLE = 128
ORDER = ("Slot", "Name", "Description", "VersionInfo", "Classification", "ExternalIdentifier")
_TIME = re.compile(r"\d{4}(\d\d){0,5}")
_SECONDS = re.compile(r"\d{14}")
_PERSON = re.compile(r"[^^]+\^[^^]+\^[^^]*\^\^\^\^\^\^&[\d.]+&ISO\^D\^\^\^(IDNPS|EI|RRI)")
_PLACE = re.compile(r"[^^]{1,}\^\^\^\^\^&1\.2\.250\.1\.71\.4\.2\.2&ISO\^IDNST\^\^\^[0-5][0-9A-Z]{8,15}")
_SPECIALTY = re.compile(r"[^^]+\^[^^]+\^[\d.]+")
_LOCAL = re.compile(r"[^^]+\^\^\^&[\d.]+&ISO\^(NH|PI)")
_SLOTS: Mapping[str, Callable[[str], bool]] = {
    "creationTime": lambda text: bool(_TIME.fullmatch(text)),
    "languageCode": lambda text: text in ("fr-FR", "art"),
    "legalAuthenticator": lambda text: bool(_PERSON.fullmatch(text)),
    "hash": lambda text: bool(re.fullmatch(r"[0-9a-fA-F]{40}", text)),
    "size": lambda text: bool(re.fullmatch(r"[1-9]\d{0,11}", text)),
    "serviceStartTime": lambda text: bool(_TIME.fullmatch(text)),
    "sourcePatientId": lambda text: bool(_LOCAL.fullmatch(text)),
    "sourcePatientInfo": lambda text: bool(re.fullmatch(r"PID-\d+\|.+", text)),
}
"""Slots of cardinality 1, and their form."""
_OTHERS: Mapping[str, Callable[[str], bool]] = {
    "serviceStopTime": lambda text: bool(_TIME.fullmatch(text)),
    "urn:ihe:iti:xds:2013:referenceIdList": bool,
    "repositoryUniqueId": lambda text: text == names.REPOSITORY,
}
_NEVER = {"URI": "réservée à XDM", "availabilityStatus": "posée par le registre"}
_INFORMATION = (r"PID-5\|.+\^.+\^.*\^\^\^\^L", r"PID-7\|\d{8}", r"PID-8\|[MF]")
_PRACTICES = ("SA07", "SA08", "SA09")
_CLASSES = {"34794-8": "10", "18776-5": "44", "51969-4": "10", "60568-3": "10"}
_FORMATS = {"34794-8": "urn:asip:ci-sis:frcp:2011", "18776-5": "urn:asip:ci-sis:pps-cancer:2017"}


def wrong_entry(entry: Entry, *, updated: bool = False) -> Iterator[str]:
    """What is wrong with a document entry; ``updated`` when it is sent again (ITI-57)."""
    where = entry.id or "?"
    if entry.element.get("objectType") != names.DOCUMENT:
        yield f"{where} : objectType inattendu"
    if entry.element.get("mimeType") not in ("text/xml", "application/xslt+xml"):
        yield f"{where} : mimeType inattendu"
    if entry.element.get("status") or entry.element.get("home"):
        yield f"{where} : status et home sont posés par le registre"
    yield from (f"{where} : {words}" for words in _wrong_object(entry))
    yield from (f"{where} : {words}" for words in _wrong_slots(entry, updated))
    yield from (f"{where} : {words}" for words in _wrong_codes(entry))
    yield from (f"{where} : {words}" for words in _wrong_authors(entry, names.AUTHOR))
    if not is_oid(entry.unique_id):
        yield f"{where} : uniqueId n'est pas un OID d'au plus 128 caractères"
    if not CX.fullmatch(entry.patient):
        yield f"{where} : patientId n'est pas un INS"


def wrong_lot(package: Described) -> Iterator[str]:
    """What is wrong with a submission set."""
    yield from _wrong_object(package)
    if [name for name, _ in package.slots()].count("submissionTime") != 1 or not _SECONDS.fullmatch(
        package.first("submissionTime")
    ):
        yield "submissionTime : quatorze chiffres sont attendus, en temps universel"
    yield from _wrong_authors(package, names.LOT_AUTHOR, most=1)
    yield from _wrong_code(package.coded(names.LOT_CONTENT_TYPE), "contentTypeCode")
    if not CX.fullmatch(package.identifier(names.LOT_PATIENT)):
        yield "XDSSubmissionSet.patientId n'est pas un INS"
    for scheme, name in ((names.LOT_SOURCE, "sourceId"), (names.LOT_UNIQUE, "uniqueId")):
        if not is_oid(package.identifier(scheme)):
            yield f"XDSSubmissionSet.{name} n'est pas un OID"


def wrong_visibility(entry: Entry, *, both_hidden: bool) -> Iterator[str]:
    """Both hidden at once: the signature of a lot only, as long as the DMP does not say otherwise (EX_2.1-1050)."""
    is_signature = any(code.code == names.SIGNATURE_TYPE for code in entry.coded(names.SINGLE["typeCode"]))
    if {names.INVISIBLE, names.MASKED} <= entry.codes() and not (is_signature or both_hidden):
        yield f"{entry.id} : un document n'est pas à la fois masqué aux professionnels et non visible par le patient"


def _wrong_object(described: Described) -> Iterator[str]:
    tags = [etree.QName(child).localname for child in described.element if isinstance(child.tag, str)]
    if tags != sorted(tags, key=lambda tag: ORDER.index(tag) if tag in ORDER else len(ORDER)):
        yield "les éléments ne sont pas dans l'ordre du schéma"
    if not 0 < len(described.label()) <= TITLE:
        yield f"le titre (Name) a de 1 à {TITLE} caractères"
    for child in described.element:
        owner = child.get("classifiedObject") or child.get("registryObject")
        if owner is not None and owner != described.id:
            yield f"{owner} n'est pas l'objet qui le contient"


def _wrong_slots(entry: Entry, updated: bool) -> Iterator[str]:
    found = entry.slots()
    listed = [name for name, _ in found]
    for name in _SLOTS:
        if listed.count(name) != 1:
            yield f"{name} : une valeur est attendue"
    for name, values in found:
        yield from _wrong_slot(name, values)
    if ("repositoryUniqueId" in listed) is not updated:
        yield "repositoryUniqueId : attendu à la mise à jour seulement"
    information = entry.slot("sourcePatientInfo")
    if not all(any(re.fullmatch(pattern, line) for line in information) for pattern in _INFORMATION):
        yield "sourcePatientInfo : PID-5 (nom de naissance, type L), PID-7 et PID-8 sont attendus"


def _wrong_slot(name: str, values: Sequence[str]) -> Iterator[str]:
    rule = _SLOTS.get(name) or _OTHERS.get(name)
    if name in _NEVER:
        yield f"{name} : {_NEVER[name]}"
    elif rule is None:
        yield f"{name} : inconnu du profil français"
    elif not values or not all(rule(value) for value in values) or (len(values) > 1 and name in _SINGLE_VALUES):
        yield f"{name} : forme inattendue ({' ; '.join(values)[:80]})"


_SINGLE_VALUES = frozenset({*_SLOTS, *_OTHERS} - {"sourcePatientInfo", "urn:ihe:iti:xds:2013:referenceIdList"})


def _wrong_codes(entry: Entry) -> Iterator[str]:
    held = {name: entry.coded(scheme) for name, scheme in names.SINGLE.items()}
    for name, found in held.items():
        yield from _wrong_code(found, name)
    yield from _wrong_confidentiality(entry.coded(names.CONFIDENTIALITY))
    for event in entry.coded(names.EVENTS):
        if not (event.code and event.system and event.label):
            yield "eventCodeList : code, codingScheme et libellé sont attendus"
    if all(len(found) == 1 for found in held.values()):
        yield from _incoherent({name: found[0].code for name, found in held.items()})


def _incoherent(code: Mapping[str, str]) -> Iterator[str]:
    kind = code["typeCode"]
    if code["classCode"] != _CLASSES.get(kind, code["classCode"]):
        yield f"classCode : {code['classCode']} n'est pas la classe du type {kind}"
    if code["formatCode"] not in (_FORMATS.get(kind, code["formatCode"]), "urn:ihe:iti:xds-sd:pdf:2008"):
        yield f"formatCode : {code['formatCode']} n'est pas le format du type {kind}"
    in_practice = code["healthcareFacilityTypeCode"] in _PRACTICES
    if in_practice != (code["practiceSettingCode"] == "AMBULATOIRE") and kind != names.SIGNATURE_TYPE:
        yield "practiceSettingCode : AMBULATOIRE va avec un cabinet, et lui seul (EX_GEN-1377)"


def _wrong_confidentiality(found: Sequence[Coded]) -> Iterator[str]:
    if not 1 <= len(found) <= 4 or len({code.code for code in found}) != len(found):
        yield "confidentialityCode : de un à quatre codes, chacun une fois"
    if sum(code.code in names.PROFILES for code in found) != 1:
        yield "confidentialityCode : N est attendu"
    for code in found:
        yield from _wrong_code([code], "confidentialityCode")


def _wrong_code(found: Sequence[Coded], name: str) -> Iterator[str]:
    if len(found) != 1:
        yield f"{name} : un code est attendu"
        return
    code = found[0]
    if code.code not in domain()[name].get(code.system, ()):
        yield f"Le code {code.code} ({code.system}) ne fait pas partie du domaine d'affinité ({name})"
    if not code.label:
        yield f"{name} : le libellé du code {code.code} est absent"


def _wrong_authors(described: Described, scheme: str, most: int = 99) -> Iterator[str]:
    authors = described.classified(scheme)
    if not 1 <= len(authors) <= most:
        yield "author : un auteur est attendu"
    for author in authors:
        if not _PERSON.fullmatch(author.first("authorPerson")) or len(author.slot("authorPerson")) != 1:
            yield f"authorPerson : forme inattendue ({author.first('authorPerson')[:80]})"
        places, specialties = author.slot("authorInstitution"), author.slot("authorSpecialty")
        if not places or not all(_PLACE.fullmatch(place) for place in places):
            yield f"authorInstitution : forme inattendue ({' ; '.join(places)[:80]})"
        if not all(_SPECIALTY.fullmatch(specialty) for specialty in specialties):
            yield f"authorSpecialty : forme inattendue ({' ; '.join(specialties)[:80]})"


@lru_cache(maxsize=1)
def domain() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """The codes of the affinity domain: attribute, then code system."""
    held: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: {system: frozenset(codes) for system, codes in systems.items()} for name, systems in held.items()}
