"""Reads an ISO Schematron schema (ISO/IEC 19757-3) into a plain model: includes, abstract patterns and phases are resolved.

Only what the kit of the ANS uses is understood; anything else raises, so that no rule is ever skipped in silence.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

SCH = "{http://purl.oclc.org/dsdl/schematron}"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_DOCUMENTATION = {"title", "p", "dir", "emph", "span", "diagnostics", "properties", "phase", "ns", "param"}
_DEEPEST_INCLUDE = 50


class SchematronError(Exception):
    """A schema that cannot be read or says what this engine does not do; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Let:
    """A named XPath expression."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Extends:
    """The content of an abstract rule, here."""

    rule: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a message: literal ``text``, or an XPath expression to evaluate."""

    kind: Literal["text", "xpath"]
    value: str


@dataclass(frozen=True, slots=True)
class Check:
    """An assertion (finding when its test is false) or a report (finding when its test is true)."""

    kind: Literal["assert", "report"]
    test: str
    role: str
    message: Sequence[Piece]


Item = Let | Extends | Check


@dataclass(frozen=True, slots=True)
class Rule:
    """Checks on every node that matches ``context`` and that no earlier rule of the pattern matched."""

    context: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rules tried in order: each node is for the first one that matches it."""

    id: str
    rules: Sequence[Rule]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema ready to be written as a stylesheet. ``abstract`` are the abstract rules, wherever they stand."""

    head: Path
    namespaces: Mapping[str, str]
    lets: Sequence[Let]
    patterns: Sequence[Pattern]
    abstract: Mapping[str, Sequence[Item]]


def read_schema(head: Path) -> Schema:
    """Read the schema whose main file is ``head``; raises :class:`SchematronError`."""
    root = _load(head.resolve())
    _expand_abstract_patterns(root)
    active = _active_patterns(root)
    patterns = [p for p in root.iter(f"{SCH}pattern") if active is None or p.get("id", "") in active]
    holders = [root, *patterns]
    lets = [Let(_need(let, "name"), _need(let, "value")) for holder in holders for let in holder.findall(f"{SCH}let")]
    twice = [name for name, count in Counter(let.name for let in lets).items() if count > 1]
    if twice:
        raise SchematronError(f"{head.name}: several patterns define the variables {', '.join(twice)}")
    abstract = {_need(r, "id"): list(_items(r)) for r in root.iter(f"{SCH}rule") if r.get("abstract") == "true"}
    for rule in abstract:
        _check_end(rule, abstract, head)
    return Schema(
        head=head,
        namespaces={_need(ns, "prefix"): _need(ns, "uri") for ns in root.iter(f"{SCH}ns")},
        lets=lets,
        patterns=[_pattern(p, number) for number, p in enumerate(patterns)],
        abstract=abstract,
    )


def _load(path: Path, above: tuple[Path, ...] = ()) -> etree._Element:
    """Parse a file and put the root of each included file in the place of its ``include``, at any depth."""
    if path in above or len(above) > _DEEPEST_INCLUDE:
        raise SchematronError(f"{path}: includes without end")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.parse(str(path), parser).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise SchematronError(f"{path}: {error}") from None
    if root.tag == f"{SCH}include":
        return _load(_target(path, root), (*above, path))
    for include in list(root.iter(f"{SCH}include")):
        parent = include.getparent()
        if parent is None:
            continue
        included = _load(_target(path, include), (*above, path))
        included.tail = include.tail
        parent.replace(include, included)
    return root


def _target(path: Path, include: etree._Element) -> Path:
    """The file an include names; the kit, made on a system that does not tell them apart, sometimes confuses capitals."""
    target = (path.parent / _need(include, "href")).resolve()
    if target.exists() or not target.parent.is_dir():
        return target
    return next((other for other in target.parent.iterdir() if other.name.lower() == target.name.lower()), target)


def _expand_abstract_patterns(root: etree._Element) -> None:
    """Write each ``is-a`` pattern out; parameters are replaced longest name first, so that ``$a`` leaves ``$ab`` alone."""
    abstract = {p.get("id"): p for p in root.iter(f"{SCH}pattern") if p.get("abstract") == "true"}
    for instance in [p for p in root.iter(f"{SCH}pattern") if p.get("is-a")]:
        model = abstract.get(instance.get("is-a"))
        if model is None:
            raise SchematronError(f"unknown abstract pattern {instance.get('is-a')!r}")
        parameters = sorted(
            ((f"${_need(p, 'name')}", _need(p, "value")) for p in instance.findall(f"{SCH}param")), key=lambda p: -len(p[0])
        )
        written = copy.deepcopy(model)
        del written.attrib["abstract"]
        written.set("id", instance.get("id", ""))
        for element in written.iter("*"):
            _replace_parameters(element, parameters)
        _in_place_of(instance, written)
    for model in abstract.values():
        _in_place_of(model, None)


def _replace_parameters(element: etree._Element, parameters: Sequence[tuple[str, str]]) -> None:
    for name in map(str, element.attrib):
        value = element.get(name, "")
        if "$" in value:
            for parameter, replacement in parameters:
                value = value.replace(parameter, replacement)
            element.set(name, value)


def _in_place_of(old: etree._Element, new: etree._Element | None) -> None:
    parent = old.getparent()
    if parent is None:
        raise SchematronError("an abstract pattern outside of any schema")
    if new is None:
        parent.remove(old)
    else:
        parent.replace(old, new)


def _active_patterns(root: etree._Element) -> set[str] | None:
    """Ids of the patterns of the default phase; nothing when all patterns are active."""
    name = root.get("defaultPhase", "#ALL")
    if name == "#ALL":
        return None
    for phase in root.iter(f"{SCH}phase"):
        if phase.get("id") == name:
            return {_need(active, "pattern") for active in phase.findall(f"{SCH}active")}
    raise SchematronError(f"unknown default phase {name!r}")


def _check_end(rule: str, abstract: Mapping[str, Sequence[Item]], head: Path, below: tuple[str, ...] = ()) -> None:
    if rule in below:
        raise SchematronError(f"{head.name}: the abstract rule {rule!r} extends itself")
    for item in abstract.get(rule, ()):
        if isinstance(item, Extends):
            _check_end(item.rule, abstract, head, (*below, rule))


def _pattern(pattern: etree._Element, number: int) -> Pattern:
    rules = [r for r in pattern.findall(f"{SCH}rule") if r.get("abstract") != "true"]
    title = pattern.findtext(f"{SCH}title") or f"pattern-{number}"
    return Pattern(
        id=pattern.get("id") or " ".join(title.split()),
        rules=[Rule(" ".join(_need(r, "context").split()), list(_items(r))) for r in rules],
    )


def _items(rule: etree._Element) -> Iterator[Item]:
    for child in rule.iterchildren("*"):
        name = etree.QName(child).localname
        if name == "let":
            yield Let(_need(child, "name"), _need(child, "value"))
        elif name == "extends":
            yield Extends(_need(child, "rule"))
        elif name == "assert":
            yield Check("assert", _need(child, "test"), child.get("role", ""), list(_pieces(child)))
        elif name == "report":
            yield Check("report", _need(child, "test"), child.get("role", ""), list(_pieces(child)))
        elif name not in _DOCUMENTATION:
            raise SchematronError(f"{child.base}:{child.sourceline}: element {name!r} is not understood in a rule")


def _pieces(element: etree._Element) -> Iterator[Piece]:
    if element.text:
        yield Piece("text", element.text)
    for child in element.iterchildren("*"):
        name = etree.QName(child).localname
        if name == "value-of":
            yield Piece("xpath", _need(child, "select"))
        elif name == "name":
            yield Piece("xpath", f"name({child.get('path', '.')})")
        else:
            yield from _pieces(child)
        if child.tail:
            yield Piece("text", child.tail)


def _need(element: etree._Element, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise SchematronError(f"{element.base}:{element.sourceline}: attribute {attribute!r} is missing")
    return value
