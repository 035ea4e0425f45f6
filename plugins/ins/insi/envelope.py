"""Requests of INSi, written with lxml: SOAP 1.2, document/literal, contexts BAM 01_02 and LPS 01_00. Pure.

Source: DESIR_ICIR_EXP_1.5.0 (WSDL and its XSDs), SEL-MP-043. ``wsa:Action`` is in the header though the binding does not list it;
``wsse:Security`` is left out: a mutual-TLS call has no assertion, and its schema allows no empty one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
BAM = "urn:siram:bam:ctxbam"
LPS = "urn:siram:lps:ctxlps"
REC_SANS = "http://www.cnamts.fr/INSiRecSans"
REC_VITALE = "http://www.cnamts.fr/INSiRecVit"
BY_TRAITS, BY_CARD = "WS_INS2", "WS_INS1"
ACTIONS: Mapping[str, str] = {
    BY_TRAITS: "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite",
    BY_CARD: "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecCarteVitale",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: ``emitter`` is the OU of the client certificate, ``instance`` the UUID of the installation."""

    emitter: str
    idam: str
    software: str
    version: str
    instance: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes with every request."""

    lps_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    bam_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    time: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


@dataclass(frozen=True, slots=True)
class ByTraits:
    """WS_INS2: the traits that are searched, in INSi characters; several ``given`` would be several elements."""

    birth_name: str
    given: Sequence[str]
    sex: str
    birth_date: str
    birth_place: str = ""
    operation: str = BY_TRAITS

    def body(self) -> etree._Element:
        """``RECSANSVITALE``."""
        root = etree.Element(f"{{{REC_SANS}}}RECSANSVITALE", nsmap={"ins": REC_SANS})
        given = [("Prenom", name) for name in self.given]
        rows = [("NomNaissance", self.birth_name), *given, ("Sexe", self.sex), ("DateNaissance", self.birth_date)]
        _fill(root, [*rows, ("LieuNaissance", self.birth_place)])
        return root

    def facts(self) -> Sequence[str]:
        """What is asked, in order: the same for the same question."""
        return (self.operation, self.birth_name, "\n".join(self.given), self.sex, self.birth_date, self.birth_place)


@dataclass(frozen=True, slots=True)
class ByCard:
    """WS_INS1: what a carte Vitale says; ``own`` and ``insured`` are matricules (number of 13 characters, key)."""

    own: tuple[str, str] | None = None
    insured: tuple[str, str] | None = None
    birth_name: str = ""
    birth_date: str = ""
    rank: str = ""
    operation: str = BY_CARD

    def body(self) -> etree._Element:
        """``RECVITALE``."""
        root = etree.Element(f"{{{REC_VITALE}}}RECVITALE", nsmap={"ins": REC_VITALE})
        for name, matricule in (("MatriculeIndividu", self.own), ("MatriculeOD", self.insured)):
            if matricule:
                held = etree.SubElement(root, f"{{{REC_VITALE}}}{name}")
                _fill(held, [("NumIdentifiant", matricule[0]), ("Cle", matricule[1])])
        _fill(root, [("NomNaissance", self.birth_name), ("DateNaissance", self.birth_date), ("RangNaissance", self.rank)])
        return root

    def facts(self) -> Sequence[str]:
        """What is asked, in order."""
        held = "\n".join((*(self.own or ()), "", *(self.insured or ())))
        return (self.operation, held, self.birth_name, self.birth_date, self.rank)


Question = ByTraits | ByCard


def request(question: Question, caller: Caller, stamp: Stamp) -> bytes:
    """The whole envelope, UTF-8."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"env": SOAP, "wsa": WSA, "bam": BAM, "lps": LPS})
    header = etree.SubElement(envelope, f"{{{SOAP}}}Header")
    header.extend(_headers(question, caller, stamp))
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(question.body())
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)


def _headers(question: Question, caller: Caller, stamp: Stamp) -> Iterator[etree._Element]:
    lps = etree.Element(f"{{{LPS}}}ContexteLPS", Nature="CTXLPS", Version="01_00")
    _fill(lps, [("Id", stamp.lps_id), ("Temps", stamp.time), ("Emetteur", caller.emitter)])
    software = etree.SubElement(lps, f"{{{LPS}}}LPS")
    _fill(software, [("IDAM", caller.idam), ("Version", caller.version), ("Instance", caller.instance)])
    _fill(software, [("Nom", f"urn:lps:{caller.software}:{caller.version}")])
    software[0].set("R", "4")
    yield lps
    yield _text(f"{{{WSA}}}MessageID", f"uuid:{stamp.message_id}")
    yield _text(f"{{{WSA}}}Action", ACTIONS[question.operation])
    bam = etree.Element(f"{{{BAM}}}ContexteBAM", Nature="CTXBAM", Version="01_02")
    _fill(bam, [("Id", stamp.bam_id), ("Temps", stamp.time), ("Emetteur", caller.emitter)])
    etree.SubElement(bam, f"{{{BAM}}}COUVERTURE")
    yield bam


def _fill(parent: etree._Element, rows: Sequence[tuple[str, str]]) -> None:
    """Add an element of the namespace of ``parent`` for each row that says something."""
    namespace = etree.QName(parent).namespace
    for name, text in rows:
        if text:
            parent.append(_text(f"{{{namespace}}}{name}", text))


def _text(tag: str, text: str) -> etree._Element:
    element = etree.Element(tag)
    element.text = text
    return element
