"""The header every CI-SIS document has: identification, patient, authors, relatives, custodian, legal authenticator.

A header part writes elements under the root, in the order of the schema, and reads those of its ``tags`` back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from lxml.etree import _Element

from dcc.contracts.snapshots import DocumentSnapshot, HeaderActor, InstanceId
from plugins.cda.codecs.actors import ASSIGNED_AUTHOR, ASSIGNED_ENTITY, add_organisation, fill_role, read_organisation, read_role
from plugins.cda.codecs.datatypes import Code, add_id, code_attributes, from_instant, instant, read_code, read_id, text_child
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.writing import Writing, document_oid
from plugins.cda.codecs.xml import add, child, text_of


class HeaderPart(Protocol):
    """Some elements of the header."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Names of the elements it reads."""

    def encode(self, root: _Element, out: Writing) -> None:
        """Append the elements."""

    def decode(self, element: _Element, inp: Reading) -> None:
        """Read one of them."""


@dataclass(frozen=True)
class Constant:
    """Elements that are the same in all documents of a kind."""

    written: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(name for name, _ in self.written)

    def encode(self, root: _Element, out: Writing) -> None:
        for name, attributes in self.written:
            add(root, name, dict(attributes))

    def decode(self, element: _Element, inp: Reading) -> None:
        """Nothing to read: the kind of document was recognised before."""


def preamble(*templates: tuple[str, str]) -> Constant:
    """Realm, type and the three templates of a CI-SIS document; ``templates`` is its own (root, extension)."""
    ids = (("2.16.840.1.113883.2.8.2.1", ""), ("1.2.250.1.213.1.1.1.1", ""), *templates)
    return Constant(
        (
            ("realmCode", (("code", "FR"),)),
            ("typeId", (("root", "2.16.840.1.113883.1.3"), ("extension", "POCD_HD000040"))),
            *(("templateId", (("root", root), *((("extension", ext),) if ext else ()))) for root, ext in ids),
        )
    )


_DIGITS = 9
NORMAL = Code("N", "Normal", "2.16.840.1.113883.5.25")


def document_identifier(document: DocumentSnapshot, form: str) -> str:
    """ClinicalDocument/id of one format of a rendition: the same each time it is rendered, never shared between formats."""
    return document_oid(document.rendition_id, form)


@dataclass(frozen=True)
class Identification:
    """Identifier, type, title, time, confidentiality, language, set and version.

    ``shared_set`` keeps the document's setId as it is (N3); another format derives its own: N1 and N3 never share one.
    """

    code: Code
    form: str
    shared_set: bool = True

    tags = ("id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode", "setId", "versionNumber")

    def encode(self, root: _Element, out: Writing) -> None:
        document = out.document
        add(root, "id", {"root": document_identifier(document, self.form)})
        add(root, "code", self.code.attributes)
        add(root, "title", text=document.shown_title)
        add(root, "effectiveTime", {"value": instant(document.effective_time)})
        add(root, "confidentialityCode", NORMAL.attributes)
        add(root, "languageCode", {"code": "fr-FR"})
        set_id = document.set_id
        if not self.shared_set:
            set_id = InstanceId(document_oid(set_id.root, set_id.extension or "", self.form))
        add_id(root, as_identifier(set_id), name="setId")
        add(root, "versionNumber", {"value": str(document.version_number)})

    def decode(self, element: _Element, inp: Reading) -> None:
        name = element.tag.rpartition("}")[2]
        readers: dict[str, Any] = {
            "id": lambda: as_instance(read_id(element)),
            "setId": lambda: as_instance(read_id(element)),
            "title": lambda: text_of(element),
            "effectiveTime": lambda: from_instant(element),
            "versionNumber": lambda: _version(element.get("value")),
        }
        if name in readers:
            inp.header[name] = readers[name]()


def _version(value: str | None) -> int:
    """A version number; 1 when it is absent or no number. It is bounded: ``int`` refuses thousands of digits."""
    return max(1, int(value[:_DIGITS])) if value and value.isdecimal() else 1


@dataclass(frozen=True)
class Authors:
    """Who wrote the document, each with a time, a function and a comment (J47, « commentaire sur l'auteur »)."""

    default_function: Code

    tags = ("author",)

    def encode(self, root: _Element, out: Writing) -> None:
        for actor in out.document.authors:
            element = add(root, "author")
            if actor.function or actor.comment:
                attributes = code_attributes(actor.function) if actor.function else self.default_function.attributes
                function = add(element, "functionCode", attributes)
                if actor.comment:
                    add(function, "originalText", text=actor.comment)
            add(element, "time", {"value": instant(actor.time)})
            fill_role(add(element, "assignedAuthor"), with_header_id(actor.professional, out), ASSIGNED_AUTHOR)

    def decode(self, element: _Element, inp: Reading) -> None:
        role, time = child(element, "assignedAuthor"), child(element, "time")
        inp.header.setdefault("first_author", (read_role(role, ASSIGNED_AUTHOR), time.get("value") if time is not None else None))
        actor = read_actor(element, role, inp)
        if actor is None:
            inp.unknown(element, "Auteur sans nom", text_of(element))
        else:
            inp.header.setdefault("authors", []).append(actor)


def with_header_id(professional: Any, out: Writing) -> Any:
    """The professional with an identifier: header rules want root and extension on authors and on the legal authenticator.

    People without national identifier (secretaries) get one of ours, made of their name and of the custodian.
    """
    if professional.get("id"):
        return professional
    return {**professional, "id": {"root": UNNUMBERED, "extension": _unnumbered(professional, out)}}


UNNUMBERED = document_oid("professionnel sans identifiant national")


def _unnumbered(professional: Any, out: Writing) -> str:
    custodian = out.document.custodian.get("id") or {}
    name = (professional.get("family", ""), professional.get("given", ""))
    return document_oid(custodian.get("root", ""), custodian.get("extension", ""), *name).rpartition(".")[2]


def read_actor(element: _Element, role: _Element | None, inp: Reading) -> HeaderActor | None:
    """A header actor, or nothing when it names nobody; without a readable time, that of the document."""
    professional = read_role(role, ASSIGNED_ENTITY)
    if professional is None:
        return None
    if (professional.get("id") or {}).get("root") == UNNUMBERED:
        del professional["id"]
    function = child(element, "functionCode")
    time = from_instant(child(element, "time")) or inp.header.get("effectiveTime")
    if not isinstance(time, datetime):
        return None
    professional = inp.with_known_profession(professional, professional.get("family", ""))
    return HeaderActor(professional, time, read_code(function), text_child(function, "originalText"))


class Custodian:
    """The organisation that keeps the document."""

    tags = ("custodian",)

    def encode(self, root: _Element, out: Writing) -> None:
        parent = add(add(root, "custodian"), "assignedCustodian")
        add_organisation(parent, "representedCustodianOrganization", {**out.document.custodian, "sector": None})

    def decode(self, element: _Element, inp: Reading) -> None:
        parent = child(element, "assignedCustodian")
        found = child(parent, "representedCustodianOrganization") if parent is not None else None
        inp.header["custodian"] = read_organisation(found)


@dataclass(frozen=True)
class LegalAuthenticator:
    """Who answers for the document.

    The structure wants one, signed, in every document. While nobody has validated it, that is the professional of
    ``responsible`` (the coordinator of the meeting), or the first author; the status section says that it is not validated.
    """

    responsible: str

    tags = ("legalAuthenticator",)

    def encode(self, root: _Element, out: Writing) -> None:
        actor = self._actor(out)
        if actor is None:
            return
        element = add(root, "legalAuthenticator")
        add(element, "time", {"value": instant(actor.time)})
        add(element, "signatureCode", {"code": "S"})
        fill_role(add(element, "assignedEntity"), with_header_id(actor.professional, out), ASSIGNED_ENTITY)

    def _actor(self, out: Writing) -> HeaderActor | None:
        document = out.document
        if document.legal_authenticator is not None:
            return document.legal_authenticator
        person = document.answers.get(self.responsible)
        if person and "null" not in person:
            return HeaderActor(person, document.effective_time)
        return document.authors[0] if document.authors else None

    def decode(self, element: _Element, inp: Reading) -> None:
        inp.header["legal_authenticator"] = read_actor(element, child(element, "assignedEntity"), inp)


class Replaced:
    """The version this one replaces."""

    tags = ("relatedDocument",)

    def __init__(self, form: str) -> None:
        self.form = form

    def encode(self, root: _Element, out: Writing) -> None:
        former = out.document.replaces.get(self.form)
        if former is not None:
            parent = add(add(root, "relatedDocument", {"typeCode": "RPLC"}), "parentDocument")
            add_id(parent, as_identifier(former))

    def decode(self, element: _Element, inp: Reading) -> None:
        parent = child(element, "parentDocument")
        inp.header["replaces"] = as_instance(read_id(child(parent, "id") if parent is not None else None))


def as_identifier(identifier: InstanceId) -> dict[str, str]:
    """An :class:`InstanceId` as ``{"root", "extension"?}``."""
    return {"root": identifier.root, **({"extension": identifier.extension} if identifier.extension else {})}


def as_instance(identifier: dict[str, str] | None) -> InstanceId | None:
    """The reverse of :func:`as_identifier`."""
    return InstanceId(identifier["root"], identifier.get("extension")) if identifier else None
