"""Sections of the body: template, title, narrative and entries, found by template or code whatever their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from lxml.etree import _Element

from plugins.cda.codecs.blocks import Block
from plugins.cda.codecs.datatypes import Code, text_child
from plugins.cda.codecs.narrative import UNSAID, Narrative
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.roles import SectionAuthor
from plugins.cda.codecs.statements import Condition, Signature, Statement, Target, always, find_target, report_unknown
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, child, children, elements, prototype, write_text

Values = Mapping[str, Any]


class SectionCodec(Protocol):
    """One section of the volet, or one for each row of a group."""

    @property
    def template(self) -> str:
        """The CI-SIS template it is found by."""

    @property
    def translation(self) -> str:
        """The translation code that tells it from another section of the same template."""

    @property
    def code(self) -> Code:
        """Its LOINC code."""

    @property
    def group(self) -> str:
        """The group it is repeated for; empty for a section that stands once."""

    def encode(self, values: Values, body: _Element, out: Writing) -> None:
        """Append the section(s) to the body."""

    def decode(self, element: _Element, inp: Reading) -> None:
        """Read the section into ``inp``."""


@dataclass(frozen=True)
class Section:
    """A section as the volet describes it.

    ``key`` is the catalogue section, where regional questions are shown; ``group`` makes one section for each row of a group;
    ``comment`` is the answer of the « Commentaires / Précisions » sub-section; ``told_apart`` the translation of the code that
    tells it from another section of the same template.
    """

    key: str
    templates: tuple[str, ...]
    code: Code
    title: str
    blocks: tuple[Block, ...] = ()
    entries: tuple[Target, ...] = ()
    author: SectionAuthor | None = None
    comment: str = ""
    group: str = ""
    told_apart: Code | None = None
    has_id: bool = True
    when: Condition = always

    @property
    def template(self) -> str:
        """The last template is the CI-SIS one."""
        return self.templates[-1]

    @property
    def translation(self) -> str:
        """The code of ``told_apart``."""
        return self.told_apart.code if self.told_apart else ""

    @cached_property
    def _prototype(self) -> _Element:
        inner = self.told_apart.as_xml("translation") if self.told_apart else ""
        return prototype(section_xml(self.templates, self.code, self.title, has_id=self.has_id, code_inner=inner))

    @cached_property
    def _targets(self) -> Mapping[Signature, Target]:
        return {target.signature: target for target in self.entries}

    @cached_property
    def _scope(self) -> Mapping[Signature, Target]:
        found: dict[Signature, Target] = dict(self._targets)
        for target in self.entries:
            if isinstance(target, Statement):
                for signature, inner in target.inside.items():
                    found.setdefault(signature, inner)
        return found

    def encode(self, values: Values, body: _Element, out: Writing) -> None:
        """Append the section, or one for each row of its group."""
        if self.group:
            for number, row in enumerate(values.get(self.group) or (), 1):
                with out.at_row(number):
                    self._encode(row["values"], body, out)
        elif self.when(values) or self.key in out.regional:
            self._encode(values, body, out)

    def _encode(self, values: Values, body: _Element, out: Writing) -> None:
        out.path = self.key
        section = start_section(body, self._prototype, out, has_id=self.has_id)
        text = add(section, "text")
        for block in self.blocks:
            block.encode(values, text, out)
        regional_table(out.regional.get(self.key, ()), text)
        if not len(text) and not text.text:
            text.text = UNSAID
        if self.author is not None:
            self.author.encode(values, section, out)
        for target in self.entries:
            for scope in target.instances(values, out):
                target.statement.encode(scope, add(section, "entry"), out)
        if self.comment and values.get(self.comment) is not None:
            comment = start_section(section, _COMMENT_PROTOTYPE, out, has_id=False)
            write_text(add(comment, "text"), values[self.comment])

    def decode(self, element: _Element, inp: Reading) -> None:
        """Read entries, then what only the narrative says, then sub-sections; keep what nobody understood."""
        if not self.group:
            self._decode(element, inp, inp.answers)
            return
        with inp.next_row(self.group) as number:
            inner: Found = {}
            self._decode(element, inp, inner)
        if inner:
            rows = inp.answers.setdefault(self.group, [])
            rows.append({"id": inp.row_id(self.group, number), "values": inner})

    def _decode(self, element: _Element, inp: Reading, found: Found) -> None:
        inp.section, inp.section_key = text_child(element, "title") or self.title, self.key
        inp.narrative = Narrative(child(element, "text"))
        for item in children(element, "entry"):
            for inner in elements(item):
                self._decode_entry(inner, found, inp)
        author = child(element, "author")
        if self.author is not None and author is not None:
            found.update(self.author.decode(author, inp))
        regional = inp.narrative.set_aside(REGIONAL_TITLE)
        if regional is not None:
            inp.unknown(regional.element, f"{inp.section} : {REGIONAL_TITLE}", regional.told())
        for block in self.blocks:
            block.decode(inp, found)
        left = inp.narrative.leftovers()
        if left:
            inp.unknown(_text_element(element), f"{inp.section} : texte non repris", left)
        for sub in subsections(element):
            self._decode_subsection(sub, found, inp)

    def _decode_entry(self, inner: _Element, found: Found, inp: Reading) -> None:
        target = find_target(inner, self._scope)
        if target is None:
            report_unknown(inner, inp)
        else:
            target.take(inner, found, inp, self._scope)

    def _decode_subsection(self, sub: _Element, found: Found, inp: Reading) -> None:
        former = inp.narrative
        if self.comment and has_template(sub, COMMENT_TEMPLATES[-1]):
            inp.narrative = Narrative(child(sub, "text"))
            found.update(inp.take(self.comment, inp.narrative.whole()))
            inp.narrative = former
        else:
            inp.unknown(sub, f"{inp.section} : {text_child(sub, 'title')}", Narrative(child(sub, "text")).whole())


def _text_element(section: _Element) -> _Element:
    text = child(section, "text")
    return section if text is None else text


COMMENT_TEMPLATES = ("2.16.840.1.113883.10.12.201", "1.3.6.1.4.1.19376.1.4.1.2.16", "1.2.250.1.213.1.1.2.73")
COMMENT_CODE = Code("55112-7", "Commentaire")


def section_xml(templates: tuple[str, ...], code: Code, title: str, *, has_id: bool = True, code_inner: str = "") -> str:
    """The constant head of a section."""
    roots = "".join(f'<templateId root="{root}"/>' for root in templates)
    identifier = '<id root=""/>' if has_id else ""
    return f"<section>{roots}{identifier}{code.as_xml('code', code_inner)}<title>{title}</title></section>"


_COMMENT_PROTOTYPE = prototype(section_xml(COMMENT_TEMPLATES, COMMENT_CODE, "Commentaires / Précisions", has_id=False))


def start_section(parent: _Element, head: _Element, out: Writing, *, has_id: bool) -> _Element:
    """Append a ``component/section`` with its constant head."""
    section = deepcopy(head)
    add(parent, "component").append(section)
    if has_id:
        identifier = child(section, "id")
        if identifier is not None:
            identifier.set("root", out.entry_id("section"))
    return section


REGIONAL_TITLE = "Informations complémentaires"


def regional_table(rows: Any, text: _Element) -> None:
    """Append the answers to regional questions, which the national volet has no entry for."""
    if not rows:
        return
    if len(text) or text.text:
        add(text, "br")
    table = add(text, "table", {"border": "0"})
    add(add(add(table, "thead"), "tr"), "th", {"colspan": "2", "align": "left"}, REGIONAL_TITLE)
    body = add(table, "tbody")
    for label, shown in rows:
        tr = add(body, "tr")
        add(tr, "td", text=label)
        write_text(add(tr, "td"), shown)


def subsections(element: _Element) -> Iterator[_Element]:
    """Sections directly below."""
    for component in children(element, "component"):
        yield from children(component, "section")


def has_template(element: _Element, root: str) -> bool:
    """Whether an element claims a template."""
    return any(template.get("root") == root for template in children(element, "templateId"))
