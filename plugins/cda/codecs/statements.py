"""Clinical statements: observations, acts, procedures, encounters, organizers, and how they hang together.

A :class:`Statement` is found by its code or a template, never by its place; inside a section (or a row of a group) it is also
found where another producer nested it elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import Code, read_code
from plugins.cda.codecs.leaves import Leaf, refer
from plugins.cda.codecs.narrative import EMPTY
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, children, elements, escaped, local, prototype

Values = Mapping[str, Any]
Condition = Callable[[Values], bool]
Signature = tuple[str, str]

_CLASSES = {"observation": "OBS", "act": "ACT", "procedure": "PROC", "encounter": "ENC", "organizer": "CLUSTER"}
_RELATIONS = (Q + "entryRelationship", Q + "component")


class Target(Protocol):
    """What a relation or an entry leads to: a statement, once or several times."""

    @property
    def signature(self) -> Signature:
        """What its elements are recognised by."""

    @property
    def statement(self) -> Statement:
        """The statement that is written for each instance."""

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """The values of each instance."""

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Add what an element says to ``found``."""


def always(_: Values) -> bool:
    """The statement is always written."""
    return True


def filled(*keys: str) -> Condition:
    """The statement is written when one of these answers is given."""
    return lambda values: any(values.get(key) is not None for key in keys)


@dataclass(frozen=True)
class Text:
    """The ``text`` of a statement: a reference to an anchor, and the answer that stands there, if it is one.

    ``otherwise`` is the anchor to point to when that answer is not given.
    """

    anchor: str
    key: str = ""
    otherwise: str = ""
    tidy: Callable[[str], str] | None = None

    def target(self, values: Values, out: Writing) -> str:
        """Name of the anchor."""
        given = not self.otherwise or values.get(self.key) is not None
        return out.anchor(self.anchor if given else self.otherwise)

    def decode(self, element: _Element, inp: Reading) -> Found:
        """The answer, unless the reference points to the other anchor."""
        reference = child(element, "reference")
        if not self.key or reference is None:
            return {}
        anchor = inp.narrative.anchored(reference.get("value"))
        if anchor is not None and self.otherwise and anchor.get("ID") == self.otherwise.format(n=inp.row, m=0):
            return {}
        words = inp.narrative.resolve(reference.get("value"))
        words = self.tidy(words) if self.tidy else words
        return inp.take(self.key, words) if words not in EMPTY else {}


@dataclass(frozen=True)
class Variant:
    """Another mood of a statement, with as many templates of its own, for the instances that ``holds``."""

    mood: str
    templates: tuple[str, ...]
    holds: Callable[[Values, Writing], bool]


@dataclass(frozen=True)
class Statement:
    """One clinical statement.

    ``code`` and ``status`` are constants or leaves; ``parts`` are leaves in the order of the schema; ``mark`` is the template or
    mood by which a statement without constant code is recognised; ``implies`` are answers its mere presence gives; ``variant`` is
    what an instance is written as when it holds.
    """

    tag: str
    templates: tuple[str, ...]
    code: Code | Leaf | None
    text: Text | None = None
    status: str | Leaf | None = "completed"
    parts: tuple[Leaf, ...] = ()
    relations: tuple[Relation, ...] = ()
    mood: str = "EVN"
    negation: str = ""
    mark: str = ""
    has_id: bool = True
    when: Condition = always
    implies: tuple[tuple[str, Any], ...] = ()
    variant: Variant | None = None

    @cached_property
    def signature(self) -> Signature:
        """What it is recognised by."""
        return (self.tag, self.code.code if isinstance(self.code, Code) and not self.mark else self.mark)

    @cached_property
    def _prototype(self) -> _Element:
        return self._made(self.mood, self.templates)

    @cached_property
    def _variant_prototype(self) -> _Element:
        return self._made(self.variant.mood, self.variant.templates) if self.variant else self._prototype

    def _made(self, mood: str, roots: tuple[str, ...]) -> _Element:
        negation = f' negationInd="{self.negation}"' if self.negation else ""
        templates = "".join(f'<templateId root="{escaped(root)}"/>' for root in roots)
        identifier = '<id root=""/>' if self.has_id else ""
        code = self.code.as_xml("code") if isinstance(self.code, Code) else ""
        head = f'{self.tag} classCode="{_CLASSES[self.tag]}" moodCode="{mood}"{negation}'
        return prototype(f"<{head}>{templates}{identifier}{code}</{self.tag}>")

    @cached_property
    def _leaves(self) -> Mapping[str, tuple[Leaf, ...]]:
        leaves: dict[str, tuple[Leaf, ...]] = {}
        for leaf in (self.code, self.status, *self.parts):
            if leaf is not None and not isinstance(leaf, Code | str):
                leaves[Q + leaf.tag] = (*leaves.get(Q + leaf.tag, ()), leaf)
        return leaves

    @cached_property
    def inside(self) -> Mapping[Signature, Target]:
        """Every target below, by signature; those of nested rows excepted."""
        found: dict[Signature, Target] = {}
        for relation in self.relations:
            found.setdefault(relation.target.signature, relation.target)
            if isinstance(relation.target, Statement):
                for signature, target in relation.target.inside.items():
                    found.setdefault(signature, target)
        return found

    @cached_property
    def _children(self) -> Mapping[Signature, Target]:
        return {relation.target.signature: relation.target for relation in self.relations}

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """Once, when its condition holds."""
        if self.when(values):
            yield values

    @property
    def statement(self) -> Statement:
        """Itself."""
        return self

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        """Append the statement."""
        varied = self.variant is not None and self.variant.holds(values, out)
        element = deepcopy(self._variant_prototype if varied else self._prototype)
        parent.append(element)
        if self.has_id:
            element[len(self.templates)].set("root", out.entry_id(self.signature[1]))
        if self.code is not None and not isinstance(self.code, Code):
            self.code.encode(values, element, out)
        if self.text is not None:
            refer(add(element, "text"), self.text.target(values, out))
        if isinstance(self.status, str):
            add(element, "statusCode", {"code": self.status})
        elif self.status is not None:
            self.status.encode(values, element, out)
        for part in self.parts:
            part.encode(values, element, out)
        for relation in self.relations:
            relation.encode(values, element, out)

    def decode(self, element: _Element, inp: Reading, scope: Mapping[Signature, Target]) -> Found:
        """Answers of the statement and of those below; ``scope`` finds the ones nested elsewhere than expected."""
        found: Found = {}
        self.decode_into(found, element, inp, scope)
        return found

    def decode_into(self, found: Found, element: _Element, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """As :meth:`decode`, adding to what was found before."""
        found.update(self.implies)
        for item in elements(element):
            if item.tag in _RELATIONS:
                for inner in elements(item):
                    self._decode_inner(inner, found, inp, scope)
            elif item.tag == Q + "text" and self.text is not None:
                found.update(self.text.decode(item, inp))
            else:
                for leaf in self._leaves.get(str(item.tag), ()):
                    found.update(leaf.decode(item, inp))

    def _decode_inner(self, inner: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        if local(inner) not in _CLASSES and local(inner) != "observationMedia":
            return
        target = find_target(inner, self._children) or find_target(inner, scope)
        if target is None:
            report_unknown(inner, inp)
        else:
            target.take(inner, found, inp, scope)

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Merge what an element says into ``found``; a second one of the same kind is kept as an unknown part."""
        if id(self) in inp.taken:
            report_unknown(element, inp)
            return
        inp.taken.add(id(self))
        found.update(self.decode(element, inp, scope))


@dataclass(frozen=True)
class Relation:
    """How a statement hangs under another: ``entryRelationship`` or ``component``."""

    target: Target
    type_code: str = ""
    inversion: str = ""
    tag: str = "entryRelationship"
    attributes: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        said = {"typeCode": self.type_code, "inversionInd": self.inversion}
        object.__setattr__(self, "attributes", {key: value for key, value in said.items() if value})

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        """Append the relation for each instance of its target."""
        for scope in self.target.instances(values, out):
            self.target.statement.encode(scope, add(parent, self.tag, self.attributes), out)


def find_target(element: _Element, targets: Mapping[Signature, Target]) -> Target | None:
    """The target an element is an instance of: by code, then templates, then mood."""
    tag = local(element)
    code = child(element, "code")
    if code is not None and code.get("code"):
        found = targets.get((tag, code.get("code") or ""))
        if found is not None:
            return found
    for template in children(element, "templateId"):
        found = targets.get((tag, template.get("root") or ""))
        if found is not None:
            return found
    return targets.get((tag, element.get("moodCode") or ""))


def report_unknown(element: _Element, inp: Reading) -> None:
    """Keep a statement the volet does not describe, with its words; one that says nothing at all is only mentioned."""
    code = read_code(child(element, "code"))
    text = child(element, "text")
    reference = child(text, "reference") if text is not None else None
    words = inp.narrative.resolve(reference.get("value")) if reference is not None else ""
    value = child(element, "value")
    said = read_code(value)
    words = words or (said["label"] if said else "") or (value.get("value") or "" if value is not None else "")
    title = code["label"] if code else local(element)
    if words or any(item.tag in _RELATIONS for item in element):
        inp.unknown(element, f"{inp.section} : {title}", words)
    else:
        inp.note("cda.vide", f"l'entrée « {title} », que le volet ne décrit pas, ne dit rien.")
