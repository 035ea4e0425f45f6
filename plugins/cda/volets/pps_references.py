"""« Documents référencés » of a PPS: the FRCP it follows, and what else its form names (§2.2, §7.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml.etree import _Element

from dcc.contracts.snapshots import DocumentReference, InstanceId
from forms_config.schema.dates import french
from plugins.cda.codecs.datatypes import Code, add_id, read_id, text_child
from plugins.cda.codecs.header import as_identifier
from plugins.cda.codecs.layout import start_table
from plugins.cda.codecs.leaves import refer
from plugins.cda.codecs.narrative import Narrative
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.sections import REGIONAL_TITLE, regional_table, section_xml, start_section
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, children, prototype
from plugins.cda.volets.typed_ids import typed_id, typed_parts

_FRCP, _NUMBER = "FRCP", " n°"
D = "pps.documents"


class References:
    """« Documents référencés »: the FRCP the document follows first, then the others its form names."""

    key = "pps.references"
    template = "1.2.250.1.213.1.1.2.55"
    translation = ""
    code = Code("55107-7", "Documents référencés")
    group = ""
    title = "DOCUMENTS RÉFÉRENCÉS"

    @cached_property
    def _head(self) -> _Element:
        return prototype(section_xml((self.template,), self.code, self.title))

    @cached_property
    def _act(self) -> _Element:
        return prototype(
            '<entry><act classCode="ACT" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.4"/>'
            '<templateId root="1.2.250.1.213.1.1.3.35"/><id root=""/><code nullFlavor="NA"/></act></entry>'
        )

    def encode(self, values: Mapping[str, Any], body: _Element, out: Writing) -> None:
        """Append the section when there is a reference."""
        named = list(_named(values, out))
        if not named and self.key not in out.regional:
            return
        out.path = self.key
        section = start_section(body, self._head, out, has_id=True)
        text = add(section, "text")
        if named:
            table = add(start_table(text), "tbody")
            for one in named:
                tr = add(table, "tr")
                add(tr, "td", text=one.label)
                add(add(tr, "td"), "content", {"ID": one.anchor}, one.words)
        regional_table(out.regional.get(self.key, ()), text)
        if named:
            section.append(self._entry(named, out))

    def _entry(self, named: Sequence[_Named], out: Writing) -> _Element:
        entry = deepcopy(self._act)
        act = entry[0]
        for identifier in children(act, "id"):
            identifier.set("root", out.entry_id("references"))
        refer(add(act, "text"), named[0].anchor)
        for one in named:
            document = add(
                add(act, "reference", {"typeCode": "REFR"}), "externalDocument", {"classCode": "DOC", "moodCode": "EVN"}
            )
            add_id(document, one.identifier)
            refer(add(document, "text"), one.anchor)
        return entry

    def decode(self, element: _Element, inp: Reading) -> None:
        """Take the references: the first FRCP is what the document follows."""
        inp.section, inp.section_key = text_child(element, "title") or self.title, self.key
        inp.narrative = Narrative(child(element, "text"))
        regional = inp.narrative.set_aside(REGIONAL_TITLE)
        if regional is not None:
            inp.unknown(regional.element, f"{inp.section} : {REGIONAL_TITLE}", regional.told())
        for document in element.iterfind(f"{Q}entry/{Q}act/{Q}reference/{Q}externalDocument"):
            self._take(document, inp)
        left = inp.narrative.leftovers()
        if left:
            inp.unknown(element, f"{inp.section} : texte non repris", left)

    @staticmethod
    def _take(document: _Element, inp: Reading) -> None:
        text = child(document, "text")
        reference = child(text, "reference") if text is not None else None
        anchor = inp.narrative.anchored(reference.get("value") if reference is not None else None)
        kind = _kind_of(anchor, inp)
        identifier = read_id(child(document, "id"))
        if kind == _FRCP and identifier and "reference" not in inp.header:
            inp.header["reference"] = DocumentReference("frcp", InstanceId(identifier["root"], identifier.get("extension")))
            return
        root, extension = typed_parts(identifier) if identifier else ("", "")
        found: Found = {}
        for name, value in (("nature", kind), ("racine", root), ("extension", extension)):
            found.update(inp.take(f"{D}.{name}", value) if value else {})
        if found:
            rows = inp.answers.setdefault(D, [])
            rows.append({"id": inp.row_id(D, len(rows) + 1), "values": found})


@dataclass(frozen=True)
class _Named:
    """One document referred to: the label of its line, the anchor and the words beside it, its identifier."""

    label: str
    anchor: str
    words: str
    identifier: Mapping[str, str]


def _named(values: Mapping[str, Any], out: Writing) -> Iterator[_Named]:
    reference = out.document.reference
    if reference is not None:
        identifier = as_identifier(reference.identifier)
        more = [f"version {reference.version_number}"] if reference.version_number else []
        more += [french(reference.date.isoformat())] if reference.date else []
        yield _Named(_FRCP + _NUMBER, "document-ref-frcp", ", ".join((_shown(identifier), *more)), identifier)
    for number, row in enumerate(values.get(D) or (), 1):
        root, extension = row["values"].get(f"{D}.racine") or "", row["values"].get(f"{D}.extension") or ""
        label = (row["values"].get(f"{D}.nature") or "") + _NUMBER
        shown = _shown({"root": root, "extension": extension})
        yield _Named(label, f"document-ref-{number}", shown, typed_id(root, extension))


def _shown(identifier: Mapping[str, str]) -> str:
    extension = identifier.get("extension")
    return f"{extension} ({identifier['root']})" if extension else identifier["root"]


def _kind_of(anchor: _Element | None, inp: Reading) -> str:
    """What kind of document a line says it is; the line is then understood."""
    table = inp.narrative.table_of(anchor)
    r = table.row_of(anchor) if table is not None and anchor is not None else None
    if table is None or r is None:
        return ""
    table.seen.update((r, c) for c in range(len(table.rows[r])))
    return table.text(r, 0).removesuffix(_NUMBER.strip()).strip()
