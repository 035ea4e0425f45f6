"""Answers of INSi, read strictly: by namespace whatever the prefixes, every element in its place, bounded. Pure.

Source: INSi_RESULTAT_INS.xsd and schema_faultSOAP_V01_01.xsd of DESIR_ICIR_EXP_1.5.0, written here as tables. An answer that
departs from them is refused whole. The severity of a fault is not looked at (the service writes one that its schema has not),
dates are text (INSi knows dates that no calendar has, and ends before beginnings).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from plugins.ins.insi.envelope import SOAP

RESULTAT = "http://www.cnamts.fr/INSiResultat"
SIRAM = "urn:siram"
LIMIT = 262_144
"""Bytes of an answer; a true one has some 1 000."""
LONGEST = 500
"""Characters of a value."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class Malformed(Exception):
    """The answer is not one of INSi; the message says what and where, in French, and quotes no value."""


@dataclass(frozen=True, slots=True)
class Matricule:
    """``number`` has 13 characters, ``key`` two or none; ``kind`` is what the answer calls it, ``oid`` what it is."""

    number: str
    key: str
    oid: str
    kind: str = ""
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Individual:
    """Who was found, as the answer says it; ``given`` is empty since 2022."""

    active: Matricule
    former: Sequence[Matricule]
    birth_name: str
    given: str
    given_names: str
    sex: str
    birth_date: str
    birth_place: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``CR``: 00 with an individual, 01 nobody, 02 several."""

    code: str
    label: str
    individual: Individual | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """``subcode`` as ``siram_40``, ``code`` as ``insi_102``; ``ours`` when the service says that the request is at fault."""

    subcode: str
    code: str
    reason: str
    detail: str
    ours: bool

    @property
    def words(self) -> str:
        """Both codes, those there are."""
        return "/".join(filter(None, (self.subcode, self.code)))


@dataclass(frozen=True, slots=True)
class _Part:
    """An element that is expected: how often (``most`` 0: any number), the shape of its text, or what it holds."""

    name: str
    least: int = 1
    most: int = 1
    text: re.Pattern[str] | None = None
    holds: tuple[_Part, ...] | None = None


_ANY = re.compile(r".*", re.DOTALL)
_MATRICULE = (
    _Part("NumIdentifiant", text=re.compile(r"\d{6}[A-Za-z0-9]\d{6}", re.ASCII)),
    _Part("Cle", 0, text=re.compile(r"\d{2}", re.ASCII)),
    _Part("TypeMatricule", 0, text=_ANY),
)
_INS = (
    _Part("IdIndividu", holds=_MATRICULE),
    _Part("OID", text=re.compile(r"[0-2](\.\d+)+", re.ASCII)),
    _Part("DateDeb", 0, text=_DATE),
    _Part("DateFin", 0, text=_DATE),
)
_TRAITS = (
    _Part("NomNaissance", 0, text=_ANY),
    _Part("Prenom", 0, text=_ANY),
    _Part("ListePrenom", 0, text=_ANY),
    _Part("Sexe", 0, text=re.compile(r"[A-Z]")),
    _Part("DateNaissance", 0, text=re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)),
    _Part("LieuNaissance", 0, text=_ANY),
)
_INDIVIDUAL = (_Part("INSACTIF", holds=_INS), _Part("INSHISTO", 0, 0, holds=_INS), _Part("TIQ", holds=_TRAITS))
_CR = (_Part("CodeCR", text=re.compile(r"\w{1,8}", re.ASCII)), _Part("LibelleCR", text=_ANY))
_RESULT = (_Part("CR", holds=_CR), _Part("INDIVIDU", 0, holds=_INDIVIDUAL))

Found = Mapping[str, "Sequence[str | Found]"]
"""What was read: for each name, the texts or what is held, in order."""


def read(content: bytes) -> Answer | Fault:
    """What an HTTP body says. Raises :class:`Malformed`."""
    payload = _payload(content)
    if payload.tag == f"{{{SOAP}}}Fault":
        return _fault(payload)
    if payload.tag != f"{{{RESULTAT}}}RESULTAT":
        raise Malformed(f"le corps porte « {etree.QName(payload).localname} » au lieu de RESULTAT")
    found = _take(payload, _RESULT, "RESULTAT")
    report = _first(found, "CR")
    people = found["INDIVIDU"]
    answer = Answer(_text(report, "CodeCR"), _text(report, "LibelleCR"), _individual(people[0]) if people else None)
    if (answer.code == "00") != (answer.individual is not None):
        raise Malformed(f"le code {answer.code} ne va pas avec la {'présence' if people else 'absence'} d'un individu")
    return answer


def active_matricule(content: bytes) -> tuple[str, str] | None:
    """The active matricule (15 characters) and its OID that a refused answer still tells, for a person to look at."""
    try:
        found = _payload(content).find(f".//{{{RESULTAT}}}INSACTIF")
        held = _matricule(_take(found, _INS, "INSACTIF")) if found is not None else None
    except Malformed:
        return None
    return (held.number + held.key, held.oid) if held else None


def _payload(content: bytes) -> etree._Element:
    """The one element of the body of an envelope."""
    if len(content) > LIMIT:
        raise Malformed(f"plus de {LIMIT} octets")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Malformed("ce n'est pas du XML entier et bien formé") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("une déclaration de type de document, que SOAP exclut")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise Malformed("ce n'est pas une enveloppe SOAP 1.2 avec un corps d'un seul élément")
    return bodies[0][0]


def _take(element: etree._Element, parts: Sequence[_Part], where: str) -> Found:
    """The children of an element, each in its place."""
    children, found = list(element), {}
    for part in parts:
        taken: list[str | Found] = []
        while children and children[0].tag == f"{{{RESULTAT}}}{part.name}" and (not part.most or len(taken) < part.most):
            taken.append(_value(children.pop(0), part, f"{where}/{part.name}"))
        if len(taken) < part.least:
            got = f" (« {etree.QName(children[0]).localname} » à sa place)" if children else ""
            raise Malformed(f"{where} : « {part.name} » manque{got}")
        found[part.name] = taken
    if children:
        raise Malformed(f"{where} : « {etree.QName(children[0]).localname} » n'est pas attendu ici")
    return found


def _value(element: etree._Element, part: _Part, where: str) -> str | Found:
    if part.holds is not None:
        return _take(element, part.holds, where)
    text = (element.text or "").strip()
    if len(element) or len(text) > LONGEST or part.text is None or not part.text.fullmatch(text):
        raise Malformed(f"{where} : valeur inattendue")
    return text


def _first(found: Found | str, name: str) -> Found | str:
    """The first value under a name; empty when there is none."""
    values = () if isinstance(found, str) else found[name]
    return values[0] if values else ""


def _text(found: Found | str, name: str) -> str:
    value = _first(found, name)
    return value if isinstance(value, str) else ""


def _matricule(found: Found | str) -> Matricule:
    held = _first(found, "IdIndividu")
    names = [_text(held, name) for name in ("NumIdentifiant", "Cle")]
    rest = [_text(found, name) for name in ("DateDeb", "DateFin")]
    return Matricule(names[0].upper(), names[1], _text(found, "OID"), _text(held, "TypeMatricule"), *rest)


def _individual(found: Found | str) -> Individual:
    former = () if isinstance(found, str) else found["INSHISTO"]
    traits = _first(found, "TIQ")
    texts = [_text(traits, part.name) for part in _TRAITS]
    return Individual(_matricule(_first(found, "INSACTIF")), tuple(_matricule(each) for each in former), *texts)


def _fault(element: etree._Element) -> Fault:
    """A SOAP fault; what it lacks is empty."""

    def said(path: str) -> str:
        found = element.find(path, {"s": SOAP, "siram": SIRAM})
        return " ".join(str(found.xpath("string()")).split())[:LONGEST] if found is not None else ""

    error = element.find("s:Detail/siram:Erreur", {"s": SOAP, "siram": SIRAM})
    code = str(error.get("code", "")) if error is not None else ""
    subcode = said("s:Code/s:Subcode/s:Value").rpartition(":")[2]
    sender = said("s:Code/s:Value").rpartition(":")[2] == "Sender"
    return Fault(subcode[:40], code[:40], said("s:Reason/s:Text"), said("s:Detail/siram:Erreur"), sender)
