"""Our own assertions on an output, whatever made it: what the official checks do not see.

Both patient-rights texts are readable in it word for word and in their order, an embedded PDF is the PDF that was made beside it,
what the form asks beyond the national catalogue is in the narrative; set, version, what it replaces and what it follows are those
of the document.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.pdfium import opened
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding, InstanceId
from forms_config.schema.conditions import is_filled
from forms_config.schema.model import Question, schema_from_json

SOURCE = "OncoDCC"
PDF = "application/pdf"
_NOT_WORDS = re.compile(r"[\W_]+")


def own_findings(snapshot: DocumentSnapshot, artifact: Artifact, made: Mapping[str, Artifact]) -> Iterator[Finding]:
    """What is wrong in an output; ``made`` holds the outputs of the same document made so far."""
    if artifact.media_type == PDF:
        yield from _rights(snapshot, squeezed(pdf_text(artifact.content)), artifact)
        return
    if not artifact.media_type.endswith("xml"):
        return
    root = etree.fromstring(artifact.content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    copies = list(_embedded_pdfs(root))
    if {kept.content for kept in made.values() if kept.media_type == PDF} - set(copies):
        yield _finding("gate.copy", _("la copie PDF jointe n'est pas le PDF produit"), artifact)
    text = squeezed("".join(str(part) for part in root.itertext()))
    yield from _identifiers(snapshot, root, artifact)
    structured = not _is_wrapper(root)
    if structured:
        yield from _rights(snapshot, text, artifact)
        yield from _regional(snapshot, text, artifact)
        yield from _reference(snapshot, root, artifact)
    elif not copies:
        yield _finding("gate.copy", _("aucune copie PDF n'est jointe"), artifact)


def _is_wrapper(root: etree._Element) -> bool:
    """Whether the document only wraps a file: it then says nothing by itself."""
    return next(root.iter("{*}structuredBody"), None) is None


def _embedded_pdfs(root: etree._Element) -> Iterator[bytes]:
    for element in root.iter("{*}text", "{*}value"):
        if element.get("representation") == "B64" and element.get("mediaType") == PDF:
            try:
                yield base64.b64decode("".join((element.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                yield b""


def _rights(snapshot: DocumentSnapshot, text: str, artifact: Artifact) -> Iterator[Finding]:
    for number in (1, 2):
        body = next((legal.body for legal in snapshot.legal_texts if legal.number == number), "")
        if not squeezed(body):
            yield _finding("gate.rights", _("le texte %d sur les droits du patient est vide") % number, artifact)
        elif any(squeezed(part) not in text for part in body.split("\n\n")):
            yield _finding("gate.rights", _("le texte %d sur les droits du patient n'y est pas mot pour mot") % number, artifact)
    places = [text.find(squeezed(legal.body)) for legal in sorted(snapshot.legal_texts, key=lambda legal: legal.number)]
    if -1 not in places and places != sorted(places):
        yield _finding("gate.rights", _("les textes sur les droits du patient n'y sont pas dans l'ordre"), artifact)


def _identifiers(snapshot: DocumentSnapshot, root: etree._Element, artifact: Artifact) -> Iterator[Finding]:
    """The set, the version and what is replaced; level 1 and level 3 never share a set, so only level 3 keeps the document's."""
    number = root.find("{*}versionNumber")
    if number is None or number.get("value") != str(snapshot.version_number):
        yield _finding("gate.version", _("le numéro de version n'est pas celui du document"), artifact)
    sets = list(root.iterchildren("{*}setId"))
    if len(sets) != 1 or not (_is_wrapper(root) or _names(sets[0], snapshot.set_id)):
        yield _finding("gate.version", _("l'identifiant commun aux versions n'est pas celui du document"), artifact)
    former = snapshot.replaces.get(artifact.format)
    replaced = [_names(one, former) for one in root.iterfind("{*}relatedDocument/{*}parentDocument/{*}id")]
    if replaced != ([True] if former else []):
        yield _finding("gate.version", _("la version remplacée n'est pas celle du document"), artifact)


def _reference(snapshot: DocumentSnapshot, root: etree._Element, artifact: Artifact) -> Iterator[Finding]:
    if snapshot.reference is None:
        return
    named = root.iterfind(".//{*}reference/{*}externalDocument/{*}id")
    if not any(_names(one, snapshot.reference.identifier) for one in named):
        yield _finding("gate.reference", _("le document suivi (fiche de RCP) n'y est pas référencé"), artifact)


def _names(element: etree._Element, identifier: InstanceId | None) -> bool:
    """Whether an II element is this identifier."""
    said = (element.get("root"), element.get("extension") or None)
    return identifier is not None and said == (identifier.root, identifier.extension or None)


def _regional(snapshot: DocumentSnapshot, text: str, artifact: Artifact) -> Iterator[Finding]:
    for question in schema_from_json(snapshot.form.schema).questions():
        if not question.element and is_filled(snapshot.answers.get(question.key)) and not _named(question, text):
            message = _("« %s » : la réponse n'est pas dans le texte du document") % question.label
            yield Finding("gate.regional", "error", message, question.key, location=artifact.format, source=SOURCE)


def _named(question: Question, text: str) -> bool:
    return squeezed(question.label) in text


def _finding(code: str, message: str, artifact: Artifact) -> Finding:
    return Finding(code, "error", message, location=artifact.format, source=SOURCE)


def pdf_text(content: bytes) -> str:
    """Text of all pages of a PDF of ours."""
    with opened(content) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def squeezed(text: str) -> str:
    """Letters and digits only: lines, hyphens and ornaments differ from one medium to the next."""
    return _NOT_WORDS.sub("", text).casefold()
