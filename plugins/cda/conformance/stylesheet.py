"""Writes a Schematron schema as one XSLT 3.0 stylesheet that prints one line per finding.

Nodes are selected, not searched for (see :mod:`.contexts`): an index gives the elements of a templateId, contexts that begin
alike share variables, and a node that an earlier rule of its pattern took is left out only where two contexts could overlap.
Abstract rules become named templates instead of being copied (copies cost the official header schema 300 MB and 4 s to compile).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from plugins.cda.conformance.contexts import HL7, Shape, rooted_steps, shape, sharable, split_top, template_selection
from plugins.cda.conformance.schematron import (
    XML_NAMESPACE,
    Check,
    Extends,
    Item,
    Let,
    Pattern,
    Rule,
    Schema,
    SchematronError,
)

ENGINE = "2"
"""Number of this writer: part of the key of cached stylesheets, to be raised when what it writes changes."""

SEPARATOR = "\t"
"""Between the fields of a line: role, pattern, path of the node, message. Messages are normalised and hold no tab."""

BROKEN = "unevaluable"
"""Role of a line that says that a check could not be evaluated on a node (a dynamic error of its expression)."""

_XSL = "http://www.w3.org/1999/XSL/Transform"
_ERRORS = "http://www.w3.org/2005/xqt-errors"
_INDEX = "dcc-by-template"
_VARIABLE = re.compile(r"\$([\w.-]+)")
_BOUND = re.compile(r"\$([\w.-]+)\s+(?:in\b|:=)")


def stylesheet(schema: Schema) -> str:
    """The stylesheet of ``schema`` as text; relative addresses in it (``document()``) start from the folder of its head."""
    return etree.tostring(_Writer(schema).write(), encoding="unicode")


class _Writer:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.namespaces = {prefix: uri for prefix, uri in schema.namespaces.items() if uri != XML_NAMESPACE}
        self.root = etree.Element(f"{{{_XSL}}}stylesheet", nsmap={**self.namespaces, "xsl": _XSL, "err": _ERRORS})
        self.global_names = {let.name for let in schema.lets}
        self.templates: dict[str, str] = {}
        self.waiting: list[str] = []
        self.prefixes: dict[tuple[str, ...], str] = {}
        self.uses = Counter(prefix for steps in self._all_steps() for prefix in _leading(steps))

    def write(self) -> etree._Element:
        self.root.set("version", "3.0")
        self.root.set(f"{{{XML_NAMESPACE}}}base", self.schema.head.parent.as_uri() + "/")
        _add(self.root, "output", method="text", encoding="UTF-8")
        prefix = next((p for p, uri in self.namespaces.items() if uri == HL7), None)
        if prefix:
            _add(self.root, "key", name=_INDEX, match=f"*[{prefix}:templateId]", use=f"{prefix}:templateId/@root")
        for let in self.schema.lets:
            _add(self.root, "variable", name=let.name, select=let.value)
        self._reporting()
        main = _add(self.root, "template", match="/")
        for number, pattern in enumerate(self.schema.patterns):
            self._pattern(main, pattern, number)
        while self.waiting:
            rule = self.waiting.pop()
            self._scope(_add(self.root, "template", name=self.templates[rule]), self.schema.abstract[rule])
        return self.root

    def _reporting(self) -> None:
        """The template that prints a line about the context node."""
        template = _add(self.root, "template", name="dcc-line")
        _add(template, "param", name="dcc-role")
        _add(template, "param", name="dcc-message")
        _add(template, "param", name="dcc-pattern", tunnel="yes")
        fields = "$dcc-role, $dcc-pattern, path(.), normalize-space($dcc-message)"
        _add(template, "value-of", select=f"string-join(({fields}), '{SEPARATOR}') || '\n'")

    def _pattern(self, main: etree._Element, pattern: Pattern, number: int) -> None:
        for order, group in enumerate(_groups(pattern.rules, self.namespaces)):
            name = f"dcc-pattern-{number}-{order}"
            attempt = _add(main, "try")
            call = _add(attempt, "call-template", name=name)
            _add(call, "with-param", name="dcc-pattern", select=_quoted(pattern.id), tunnel="yes")
            _add(_catch(attempt), "with-param", name="dcc-pattern", select=_quoted(pattern.id), tunnel="yes")
            self._group(_add(self.root, "template", name=name), group)

    def _group(self, template: etree._Element, group: Sequence[tuple[Rule, Sequence[int]]]) -> None:
        for position, (rule, earlier) in enumerate(group):
            selection = self._selection(rule.context)
            if earlier:
                taken = " | ".join(f"$dcc-nodes-{index}" for index in earlier)
                selection = f"({selection}) except ({taken})"
            if len(group) > 1:
                _add(template, "variable", name=f"dcc-nodes-{position}", select=selection)
                selection = f"$dcc-nodes-{position}"
            self._scope(_add(template, "for-each", select=selection), rule.items)

    def _scope(self, parent: etree._Element, items: Sequence[Item]) -> None:
        """Items with their variables; one that cannot be evaluated is a finding about the node, not the end of the check."""
        attempt = _add(parent, "try")
        self._items(attempt, items)
        _catch(attempt)

    def _items(self, parent: etree._Element, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, Let):
                _add(parent, "variable", name=item.name, select=item.value)
            elif isinstance(item, Extends):
                self._extends(parent, item.rule)
            else:
                self._check(parent, item)

    def _extends(self, parent: etree._Element, rule: str) -> None:
        """Call the abstract rule, or copy it when it uses variables of the rule that extends it."""
        items = self.schema.abstract.get(rule)
        if items is None:
            raise SchematronError(f"{self.schema.head.name}: cannot extend the rule {rule!r}")
        if _free_variables(items, self.schema.abstract) - self.global_names:
            self._items(parent, items)
            return
        if rule not in self.templates:
            self.templates[rule] = f"dcc-rule-{len(self.templates)}"
            self.waiting.append(rule)
        _add(parent, "call-template", name=self.templates[rule])

    def _check(self, parent: etree._Element, check: Check) -> None:
        test = f"not({check.test})" if check.kind == "assert" else check.test
        attempt = _add(parent, "try")
        call = _add(_add(attempt, "if", test=test), "call-template", name="dcc-line")
        _add(call, "with-param", name="dcc-role", select=_quoted(check.role))
        message = _add(call, "with-param", name="dcc-message")
        for piece in check.message:
            if piece.kind == "text":
                _add(message, "text").text = piece.value
            else:
                _add(message, "value-of", select=piece.value)
        _catch(attempt)

    def _all_steps(self) -> Iterator[list[str]]:
        for pattern in self.schema.patterns:
            for rule in pattern.rules:
                for part in split_top(rule.context, "|"):
                    if template_selection(part, self.namespaces) is None:
                        yield rooted_steps(part)

    def _selection(self, context: str) -> str:
        return " | ".join(self._alternative(part) for part in split_top(context, "|"))

    def _alternative(self, context: str) -> str:
        by_template = template_selection(context, self.namespaces)
        if by_template:
            literal, rest = by_template
            return f"key('{_INDEX}', {literal}){rest}"
        steps = rooted_steps(context)
        shared = next((prefix for prefix in reversed(list(_leading(steps))) if self.uses[prefix] > 1), None)
        return "/".join([f"${self._variable(shared)}", *steps[len(shared) :]]) if shared else "/".join(steps)

    def _variable(self, prefix: tuple[str, ...]) -> str:
        """The global variable that holds the nodes of a shared prefix; it starts from the one of the prefix before it."""
        if prefix not in self.prefixes:
            select = prefix[0] if len(prefix) == 1 else f"${self._variable(prefix[:-1])}/{prefix[-1]}"
            self.prefixes[prefix] = f"dcc-prefix-{len(self.prefixes)}"
            _add(self.root, "variable", name=self.prefixes[prefix], select=select)
        return self.prefixes[prefix]


def _leading(steps: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(steps[:length]) for length in range(1, sharable(steps) + 1))


def _groups(rules: Sequence[Rule], namespaces: Mapping[str, str]) -> list[list[tuple[Rule, list[int]]]]:
    """Rules in groups that share no node, in order; each with the positions of the earlier rules it may share nodes with."""
    groups: list[list[tuple[int, Shape]]] = []
    for number, rule in enumerate(rules):
        mine = (number, shape(rule.context, namespaces))
        touching = [group for group in groups if any(mine[1].may_overlap(theirs) for _, theirs in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*sorted((member for group in touching for member in group), key=lambda member: member[0]), mine])
    return [
        [
            (rules[number], [index for index, (_, theirs) in enumerate(group[:position]) if own.may_overlap(theirs)])
            for position, (number, own) in enumerate(group)
        ]
        for group in groups
    ]


def _free_variables(items: Sequence[Item], abstract: Mapping[str, Sequence[Item]]) -> set[str]:
    """Variables that the items, and the abstract rules they extend, use without defining them."""
    own, used = set(), set()
    for item in items:
        if isinstance(item, Let):
            used |= _used(item.value)
            own.add(item.name)
        elif isinstance(item, Extends):
            used |= _free_variables(abstract.get(item.rule, ()), abstract)
        elif isinstance(item, Check):
            used |= _used(item.test)
            used |= {name for piece in item.message if piece.kind == "xpath" for name in _used(piece.value)}
    return used - own


def _used(expression: str) -> set[str]:
    """Variables of an expression, without those it binds itself (``for``, ``some``, ``every``, ``let``)."""
    return set(_VARIABLE.findall(expression)) - set(_BOUND.findall(expression))


def _catch(attempt: etree._Element) -> etree._Element:
    """A dynamic error of an expression is a finding of its own: neither silence nor the end of the whole check."""
    call = _add(_add(attempt, "catch", errors="*"), "call-template", name="dcc-line")
    _add(call, "with-param", name="dcc-role", select=_quoted(BROKEN))
    _add(call, "with-param", name="dcc-message", select="$err:description")
    return call


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _add(parent: etree._Element, instruction: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XSL}}}{instruction}", attributes)
