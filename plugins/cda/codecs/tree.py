"""A whole document as one tree: header parts, then a body of sections or a PDF. It encodes a snapshot and decodes a root."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

from lxml.etree import _Element

from dcc.contracts.snapshots import DocumentSnapshot, InstanceId, PatientSnapshot, ReadResult, ReceivedFile, ReceivedHeader
from forms_config.schema.model import Question
from plugins.cda.codecs.datatypes import Code, read_code, text_child
from plugins.cda.codecs.header import HeaderPart
from plugins.cda.codecs.reading import Reading, ValueSets, any_code
from plugins.cda.codecs.sections import SectionCodec, subsections
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, children, elements, local, root_element, text_of


class DocumentBody(Protocol):
    """What the component of the document holds."""

    def encode(self, component: _Element, out: Writing, facts: Mapping[str, Any]) -> None:
        """Append the body."""

    def decode(self, component: _Element, inp: Reading) -> None:
        """Read the body."""


@dataclass(frozen=True)
class Body:
    """A structured body.

    ``wrappers`` are templates of sections that only hold others (2022.01), ``dropped`` those of sections that say nothing.
    """

    sections: Sequence[SectionCodec]
    wrappers: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    @cached_property
    def _by_template(self) -> Mapping[tuple[str, str], SectionCodec]:
        return {(codec.template, codec.translation): codec for codec in self.sections}

    @cached_property
    def _by_code(self) -> Mapping[str, SectionCodec]:
        codes = [codec.code.code for codec in self.sections]
        return {codec.code.code: codec for codec in self.sections if codes.count(codec.code.code) == 1}

    def encode(self, component: _Element, out: Writing, facts: Mapping[str, Any]) -> None:
        """Append every section that has something to say."""
        body = add(component, "structuredBody")
        values = {**out.document.answers, **facts}
        for codec in self.sections:
            codec.encode(values, body, out)

    def decode(self, component: _Element, inp: Reading) -> None:
        """Read every section, at any depth."""
        body = child(component, "structuredBody")
        if body is None:
            inp.note("cda.corps", "le document n'a pas de corps structuré.", level="warning")
            return
        seen: set[int] = set()
        for element in subsections(body):
            self._decode_section(element, inp, seen)

    def _decode_section(self, element: _Element, inp: Reading, seen: set[int]) -> None:
        codec = self._find(element)
        if codec is not None and (id(codec) not in seen or codec.group):
            seen.add(id(codec))
            inp.taken = set()
            codec.decode(element, inp)
            return
        roots = {template.get("root") for template in children(element, "templateId")}
        if roots & self.dropped:
            return
        inner = list(subsections(element))
        if not roots & self.wrappers:
            code = read_code(child(element, "code"))
            title = text_child(element, "title") or (code["label"] if code else "Rubrique sans titre")
            inp.unknown(element, title, "\n".join(_texts(element)))
            inner = [sub for sub in inner if self._find(sub) is not None]
        for sub in inner:
            self._decode_section(sub, inp, seen)

    def _find(self, element: _Element) -> SectionCodec | None:
        code = child(element, "code")
        translations = [""]
        if code is not None:
            translations = [*(item.get("code") or "" for item in children(code, "translation")), ""]
        for template in children(element, "templateId"):
            for translation in translations:
                codec = self._by_template.get((template.get("root") or "", translation))
                if codec is not None:
                    return codec
        return self._by_code.get(code.get("code") or "") if code is not None else None


def _texts(section: _Element) -> Iterator[str]:
    for text in section.iter(Q + "text"):
        parent = text.getparent()
        if parent is not None and local(parent) == "section":
            whole = text_of(text)
            if whole:
                yield whole


@dataclass(frozen=True)
class EncapsulatedPdf:
    """A body that is a PDF (CDA level 1, XDS-SD).

    ``is_copy``: the same document also travels structured, so the PDF read is only a copy of it; without, it is all there is.
    """

    is_copy: bool = True

    def encode(self, component: _Element, out: Writing, facts: Mapping[str, Any]) -> None:
        """Append the PDF."""
        content = base64.b64encode(out.pdf or b"").decode("ascii")
        body = add(component, "nonXMLBody")
        add(body, "text", {"mediaType": "application/pdf", "representation": "B64"}, content)

    def decode(self, component: _Element, inp: Reading) -> None:
        """Take the PDF out."""
        body = child(component, "nonXMLBody")
        text = child(body, "text") if body is not None else None
        if text is None or not text.text:
            inp.note("cda.corps", "le document n'a ni corps structuré ni fichier encapsulé.", level="warning")
            return
        try:
            content = base64.b64decode("".join(text.text.split()), validate=True)
        except (binascii.Error, ValueError):
            inp.note("cda.fichier", "le fichier encapsulé n'est pas lisible (base64).", level="warning")
            return
        media_type = text.get("mediaType") or "application/octet-stream"
        title = "Copie du document" if self.is_copy else inp.header.get("title") or "Document reçu"
        inp.files.append(ReceivedFile(title, media_type, content, is_copy=self.is_copy))
        inp.note("cda.niveau1", "document non structuré : seuls l'en-tête et le fichier encapsulé sont repris.")


@dataclass(frozen=True)
class DocumentTree:
    """One version of a volet.

    ``facts`` are what a document says of itself as if it were answers, ``status_of`` the state they mean; ``regional_homes`` says
    in which section the regional questions of a header section are shown, ``regional_default`` those of a regional section;
    ``finish`` compares parts once all are read.
    """

    document_type: str
    volet_version: str
    code: Code
    template: str
    header: tuple[HeaderPart, ...]
    body: DocumentBody
    facts: Callable[[DocumentSnapshot], Mapping[str, Any]] | None = None
    fact_questions: Mapping[str, Question] = field(default_factory=dict)
    status_of: Callable[[Mapping[str, Any]], str | None] = lambda _: None
    conversions: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    regional_homes: Mapping[str, str] = field(default_factory=dict)
    regional_default: str = ""
    finish: Callable[[Reading], None] | None = None

    @cached_property
    def _parts(self) -> Mapping[str, HeaderPart]:
        return {Q + tag: part for part in self.header for tag in part.tags}

    def encode(self, out: Writing) -> _Element:
        """The ClinicalDocument of a snapshot; raises ``Refused`` when it cannot be written."""
        out = replace(out, questions={**out.questions, **self.fact_questions})
        root = root_element("ClinicalDocument")
        for part in self.header:
            part.encode(root, out)
        facts = self.facts(out.document) if self.facts else {}
        self.body.encode(add(root, "component"), out, facts)
        return root

    def decode(self, root: _Element, questions: Mapping[str, Question], value_sets: ValueSets = any_code) -> ReadResult:
        """Everything a document holds; parts the volet does not describe are kept apart, never dropped."""
        inp = Reading(
            questions={**questions, **self.fact_questions},
            value_sets=value_sets,
            conversions=self.conversions,
            row_namespace=_namespace(root),
        )
        for element in elements(root):
            part = self._parts.get(str(element.tag))
            if part is not None:
                inp.section, inp.section_key = "", None
                part.decode(element, inp)
            elif local(element) == "component":
                self.body.decode(element, inp)
            elif local(element) not in _SILENT:
                inp.unknown(element, _HEADER_NAMES.get(local(element), local(element)), " ".join(text_of(element).split()))
        if self.finish is not None:
            self.finish(inp)
        return self._result(inp)

    def _result(self, inp: Reading) -> ReadResult:
        facts = {key: inp.answers.pop(key, None) for key in self.fact_questions}
        for key, question in inp.questions.items():
            if question.same_as and key in inp.answers and inp.answers[key] == inp.answers.get(question.same_as):
                del inp.answers[key]
        patient: PatientSnapshot | None = inp.header.get("patient")
        if patient is not None:
            patient = replace(patient, related=(*patient.related, *inp.header.get("relatives", ())))
        return ReadResult(
            header=self._header_of(inp, facts),
            identity=patient,
            answers=inp.answers,
            files=tuple(inp.files),
            unknown_parts=tuple(inp.unknown_parts),
            findings=tuple(inp.findings),
        )

    def _header_of(self, inp: Reading, facts: Mapping[str, Any]) -> ReceivedHeader:
        header = inp.header
        return ReceivedHeader(
            document_type=self.document_type,
            volet_version=self.volet_version,
            identifier=header.get("id") or InstanceId(""),
            set_id=header.get("setId"),
            version_number=header.get("versionNumber") or 1,
            title=header.get("title") or "",
            effective_time=header.get("effectiveTime"),
            status=self.status_of(facts),
            authors=tuple(header.get("authors", ())),
            legal_authenticator=header.get("legal_authenticator"),
            custodian=header.get("custodian"),
            reference=header.get("reference"),
        )


_SILENT = frozenset({"realmCode", "typeId", "templateId", "copyTime"})
_HEADER_NAMES = {
    "informationRecipient": "Destinataire",
    "dataEnterer": "Opérateur de saisie",
    "authenticator": "Attestation",
    "authorization": "Consentement",
}


def _namespace(root: _Element) -> UUID:
    """What row identifiers are made of: the identifier of the document."""
    identifier = child(root, "id")
    said = (identifier.get("root") or "", identifier.get("extension") or "") if identifier is not None else ("", "")
    return uuid5(NAMESPACE_OID, "^".join(said))
