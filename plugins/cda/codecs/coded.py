"""Leaves that are codes: values with the words used, texts without code, qualifiers, statuses, names of evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import ACT_STATUS, Code, code_attributes, read_code
from plugins.cda.codecs.leaves import MISSING, Leaf, Number, Values, null_of, refer, told
from plugins.cda.codecs.narrative import UNSAID, plain
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import XSI_TYPE, add, child, children


@dataclass(frozen=True)
class Coded:
    """A code, with the words used (``originalText`` to ``anchor``) when ``words`` is « always » or they differ from the label.

    A text without code is written with null flavour ``uncoded`` (``""``: no null flavour, as the evaluations of the volet do).
    ``beside``: other producers leave the words to the ``text`` of the statement.
    """

    key: str
    anchor: str
    tag: str = "value"
    typed: bool = True
    words: str = "differ"
    uncoded: str = "OTH"
    inner: tuple[Leaf, ...] = ()
    beside: bool = False

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        attributes = {XSI_TYPE: "CD"} if self.typed else {}
        element = add(parent, self.tag, {**attributes, **self._attributes(value)})
        if value is not None and null_of(value) is None and (self.words == "always" or value.get("text")):
            refer(add(element, "originalText"), out.anchor(self.anchor))
        for leaf in self.inner:
            leaf.encode(values, element, out)

    def _attributes(self, value: Any) -> dict[str, str]:
        if value is None:
            return {"nullFlavor": MISSING}
        null = null_of(value)
        if null is not None:
            return {"nullFlavor": null}
        if value.get("code"):
            return code_attributes(value)
        return {"nullFlavor": self.uncoded} if self.uncoded else {}

    def decode(self, element: _Element, inp: Reading) -> Found:
        raw = self.raw(element, inp)
        if self.beside and raw and raw.get("code") and "text" not in raw:
            words = beside(element, inp)
            raw = {**raw, "text": words} if words and plain(words) != plain(raw["label"]) else raw
        found = inp.take(self.key, raw)
        for leaf in self.inner:
            for item in children(element, leaf.tag):
                found.update(leaf.decode(item, inp))
        return found

    @staticmethod
    def raw(element: _Element, inp: Reading) -> dict[str, str] | None:
        """Code, words, or null flavour, before any control."""
        code = read_code(element)
        words = told(element, inp)
        if code:
            return {**code, "text": words} if words and words != code["label"] else code
        if words:
            return {"text": words}
        null = element.get("nullFlavor")
        return {"null": null} if null else None


def beside(element: _Element, inp: Reading) -> str:
    """Words the ``text`` of the statement around a leaf points to."""
    statement = element.getparent()
    text = child(statement, "text") if statement is not None else None
    reference = child(text, "reference") if text is not None else None
    return inp.narrative.resolve(reference.get("value")) if reference is not None else ""


@dataclass(frozen=True)
class Words:
    """A text: a coded element without code, whose ``originalText`` points to the narrative."""

    key: str
    anchor: str
    tag: str = "value"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        if values.get(self.key) is None:
            add(parent, self.tag, {XSI_TYPE: "CD", "nullFlavor": MISSING})
            return
        element = add(parent, self.tag, {XSI_TYPE: "CD"})
        refer(add(element, "originalText"), out.anchor(self.anchor))

    def decode(self, element: _Element, inp: Reading) -> Found:
        words = told(element, inp) or (element.get("displayName") or "").strip()
        return inp.take(self.key, words) if words else {}


@dataclass(frozen=True)
class Status:
    """An answer that is the ``statusCode`` of an act. The words of the narrative decide when they say « Non renseigné ».

    ``silent`` codes are no answer.
    """

    key: str
    labels: Mapping[str, str]
    anchor: str
    default: str = "active"
    silent: frozenset[str] = frozenset()

    tag = "statusCode"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        add(parent, self.tag, {"code": value["code"] if value else self.default})

    def decode(self, element: _Element, inp: Reading) -> Found:
        code = element.get("code") or ""
        words = inp.narrative.words("#" + self.anchor.format(n=inp.row, m=0))
        if words == UNSAID or not code or code in self.silent:
            return {}
        label = self.labels.get(code, code)
        value = {"code": code, "system": ACT_STATUS, "label": label}
        return inp.take(self.key, {**value, "text": words} if words and words != label else value)


@dataclass(frozen=True)
class Qualifier:
    """A ``qualifier`` of a coded element: the answer under a name."""

    key: str
    name: Code
    anchor: str
    typed: bool = True

    tag = "qualifier"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        if value is None:
            return
        qualifier = add(parent, self.tag)
        add(qualifier, "name", self.name.attributes)
        element = add(qualifier, "value", {**({XSI_TYPE: "CD"} if self.typed else {}), **code_attributes(value)})
        if value.get("text"):
            refer(add(element, "originalText"), out.anchor(self.anchor))

    def decode(self, element: _Element, inp: Reading) -> Found:
        name, value = child(element, "name"), child(element, "value")
        if name is None or value is None or name.get("code") != self.name.code:
            return {}
        return inp.take(self.key, Coded.raw(value, inp))


@dataclass(frozen=True)
class Qualified:
    """A coded value made of qualifiers only; ``empty`` is its null flavour when there is none."""

    qualifiers: tuple[Qualifier, ...]
    empty: str
    tag: str = "value"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        element = add(parent, self.tag, {XSI_TYPE: "CD"})
        for qualifier in self.qualifiers:
            qualifier.encode(values, element, out)
        if not len(element):
            element.set("nullFlavor", self.empty)

    def decode(self, element: _Element, inp: Reading) -> Found:
        found: Found = {}
        for item in children(element, "qualifier"):
            for qualifier in self.qualifiers:
                found.update(qualifier.decode(item, inp))
        return found


@dataclass(frozen=True)
class NamedCode:
    """A constant ``code`` whose words are in the narrative; with ``key`` they are an answer (the name of the tool).

    ``translation`` is written when the answer ``when`` is given.
    """

    code: Code
    anchor: str
    key: str = ""
    translation: Code | None = None
    when: str = ""

    tag = "code"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        element = add(parent, self.tag, self.code.attributes)
        if not self.key or values.get(self.key) is not None:
            refer(add(element, "originalText"), out.anchor(self.anchor))
        if self.translation is not None and values.get(self.when) is not None:
            add(element, "translation", self.translation.attributes)

    def decode(self, element: _Element, inp: Reading) -> Found:
        words = told(element, inp) if self.key else ""
        return inp.take(self.key, words) if words else {}


@dataclass(frozen=True)
class ScoreOrResult:
    """The value of an evaluation: a number, or a result that is coded or in words."""

    score: str
    result: str
    anchor: str

    tag = "value"

    def _result(self) -> Coded:
        return Coded(self.result, self.anchor, words="always", uncoded="")

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        leaf: Leaf = Number(self.score) if values.get(self.score) is not None else self._result()
        leaf.encode(values, parent, out)

    def decode(self, element: _Element, inp: Reading) -> Found:
        if element.get(XSI_TYPE) in ("INT", "REAL"):
            return Number(self.score).decode(element, inp)
        return self._result().decode(element, inp)
