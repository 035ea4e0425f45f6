"""Files inside a document: « Documents ajoutés » and « Copie du document » (§7.4)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml.etree import _Element

from dcc.contracts.snapshots import ReceivedFile
from plugins.cda.codecs.datatypes import Code, text_child
from plugins.cda.codecs.leaves import told
from plugins.cda.codecs.narrative import Narrative
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.sections import section_xml, start_section
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, prototype
from plugins.cda.volets.templates import SIMPLE

_ORGANIZER = "1.2.250.1.213.1.1.3.18"
_ATTACHED = Code("55107-7", "Document attaché")
_KIND = Code("69764-9", "Type de document")
_COPY = Code("55108-5", "Copie du document")


@dataclass(frozen=True)
class _File:
    anchor: str
    title: str
    media_type: str
    content: bytes
    is_copy: bool


@dataclass(frozen=True)
class Files:
    """A section of files: those joined to the document, or the one copy of it."""

    key: str
    template: str
    code: Code
    title: str
    copy: bool

    translation = ""
    group = ""

    @cached_property
    def _head(self) -> _Element:
        return prototype(section_xml((self.template,), self.code, self.title))

    @cached_property
    def _entry(self) -> _Element:
        kind = "".join(f'<templateId root="{root}"/>' for root in (*SIMPLE, "1.2.250.1.213.1.1.3.48.18"))
        observation = (
            f'<observation classCode="OBS" moodCode="EVN">{kind}<id root=""/>{_KIND.as_xml("code")}'
            '<text><reference value=""/></text>'
            '<statusCode code="completed"/><effectiveTime nullFlavor="NA"/><value xsi:type="CD"/></observation>'
        )
        return prototype(
            f'<entry><organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{_ORGANIZER}"/><id root=""/>'
            f'{_ATTACHED.as_xml("code")}<statusCode code="completed"/><component>{observation}</component></organizer></entry>'
        )

    def _files(self, out: Writing) -> list[_File]:
        if self.copy:
            return [_File("copiePDF", _COPY.label, "application/pdf", out.pdf, is_copy=True)] if out.pdf is not None else []
        return [
            _File(f"DOC-{number:03}", item.title, item.media_type, item.content, is_copy=False)
            for number, item in enumerate(out.document.attachments, 1)
        ]

    def encode(self, values: Mapping[str, Any], body: _Element, out: Writing) -> None:
        """Append the section when there are files."""
        files = self._files(out)
        if not files:
            return
        out.path = self.key
        section = start_section(body, self._head, out, has_id=True)
        text = add(section, "text")
        for file in files:
            table = add(text, "table", {"border": "0"})
            add(add(add(add(table, "thead"), "tr"), "th"), "content", {"ID": f"titre-{file.anchor}"}, file.title)
            cell = add(add(add(table, "tbody"), "tr"), "td")
            add(cell, "renderMultiMedia", {"referencedObject": file.anchor})
        for file in files:
            section.append(self._encode_file(file, out))

    def _encode_file(self, file: _File, out: Writing) -> _Element:

        entry = deepcopy(self._entry)
        for identifier in entry.iter(Q + "id"):
            identifier.set("root", out.entry_id("document"))
        for reference in entry.iter(Q + "reference"):
            reference.set("value", f"#titre-{file.anchor}")
        for value in entry.iter(Q + "value"):
            if file.is_copy:
                for name, said in _COPY.attributes.items():
                    value.set(name, said)
            else:
                add(add(value, "originalText"), "reference", {"value": f"#titre-{file.anchor}"})
        media = add(add(entry[0], "component"), "observationMedia", {"classCode": "OBS", "moodCode": "EVN", "ID": file.anchor})
        content = base64.b64encode(file.content).decode("ascii")
        add(media, "value", {"mediaType": file.media_type, "representation": "B64"}, content)
        return entry

    def decode(self, element: _Element, inp: Reading) -> None:
        """Take the files out."""
        inp.section, inp.section_key = text_child(element, "title") or self.title, self.key
        inp.narrative = Narrative(child(element, "text"))
        for organizer in element.iterfind(f"{Q}entry/{Q}organizer"):
            self._decode_file(organizer, inp)

    def _decode_file(self, organizer: _Element, inp: Reading) -> None:
        value = organizer.find(f"{Q}component/{Q}observationMedia/{Q}value")
        kind = organizer.find(f"{Q}component/{Q}observation/{Q}value")
        title = (told(kind, inp) or kind.get("displayName") or "" if kind is not None else "") or self.title
        if value is None or not (value.text or "").strip():
            inp.note("cda.fichier", f"le fichier « {title} » est annoncé sans contenu.", level="warning")
            return
        try:
            content = base64.b64decode("".join((value.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            inp.note("cda.fichier", f"le contenu du fichier « {title} » n'est pas lisible (base64).", level="warning")
            return
        is_copy = self.copy or (kind is not None and kind.get("code") == _COPY.code)
        inp.files.append(ReceivedFile(title, value.get("mediaType") or "application/octet-stream", content, is_copy=is_copy))


def added_documents(prefix: str) -> Files:
    """The section of the files joined to the document."""
    code = Code("55107-7", "Documents ajoutés")
    return Files(f"{prefix}.documents_ajoutes", "1.2.250.1.213.1.1.2.37", code, "DOCUMENTS AJOUTÉS", copy=False)


def copy_of_document(prefix: str) -> Files:
    """The section of the PDF of the document itself."""
    return Files(f"{prefix}.copie", "1.2.250.1.213.1.1.2.243", _COPY, "Copie du document", copy=True)
