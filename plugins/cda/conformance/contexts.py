"""Rule contexts (XSLT patterns) turned into expressions that select the same nodes at once.

A Schematron engine usually walks the whole document once per pattern and tries every rule on every node. Selecting the nodes
instead (``//context``, an index for templateIds, shared prefixes bound once) asks the same question of a few nodes only.
Pure functions on strings: no XPath is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

HL7 = "urn:hl7-org:v3"
_LITERAL = r"(?:'[^']*'|\"[^\"]*\")"
_BY_TEMPLATE = re.compile(rf"^(?://)?\*\[\s*(\w+):templateId/@root\s*=\s*({_LITERAL})\s*\](.*)$", re.DOTALL)
_PLAIN_STEP = re.compile(r"^([\w.-]+):([\w.-]+)\s*(?:\[.*)?$", re.DOTALL)
_ROOTED = "//"


def split_top(expression: str, separator: str) -> list[str]:
    """Split on ``separator`` where it stands outside of brackets and quotes."""
    parts, start, depth, quote = [], 0, 0, ""
    for position, character in enumerate(expression):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(expression[start:position])
            start = position + 1
    parts.append(expression[start:])
    return [part.strip() for part in parts]


def template_selection(context: str, namespaces: Mapping[str, str]) -> tuple[str, str] | None:
    """``*[p:templateId/@root = 'x']rest`` as the literal ``'x'`` and ``rest``; nothing for any other context."""
    found = _BY_TEMPLATE.match(context)
    if found is None or namespaces.get(found.group(1)) != HL7:
        return None
    rest = found.group(3).strip()
    return (found.group(2), rest) if rest == "" or rest[0] in "/[" else None


def rooted_steps(context: str) -> list[str]:
    """Steps of the expression that selects what ``context`` matches; the first one is ``//step`` or the whole absolute path."""
    if context.startswith("/") and not context.startswith(_ROOTED):
        return [context]
    steps = split_top(context.removeprefix(_ROOTED), "/")
    return [_ROOTED + steps[0], *steps[1:]]


def sharable(steps: Sequence[str]) -> int:
    """How many leading steps may be bound to a variable: up to the last but one, and none from an inner ``//`` on."""
    upto = next((index for index, step in enumerate(steps) if step == ""), len(steps))
    return min(upto, len(steps)) - 1


@dataclass(frozen=True, slots=True)
class Shape:
    """Names of the steps of each alternative of a context, last step first; ``None`` stands for any name."""

    alternatives: tuple[tuple[str | None, ...], ...]

    def may_overlap(self, other: Shape) -> bool:
        """Whether one node could match both contexts. Predicates are not looked at: yes when in doubt."""
        return any(_compatible(mine, theirs) for mine in self.alternatives for theirs in other.alternatives)


def _compatible(mine: tuple[str | None, ...], theirs: tuple[str | None, ...]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip_longest(mine, theirs))


def shape(context: str, namespaces: Mapping[str, str]) -> Shape:
    """The shape of a context; two contexts whose shapes do not overlap never match the same node."""
    return Shape(tuple(tuple(_names(part, namespaces)) for part in split_top(context, "|")))


def _names(path: str, namespaces: Mapping[str, str]) -> Iterator[str | None]:
    """Names from the last step up, as far as the steps are joined by a plain ``/``."""
    for step in reversed(split_top(path, "/")):
        if step == "":
            return
        plain = _PLAIN_STEP.match(step)
        uri = namespaces.get(plain.group(1)) if plain else None
        yield f"{{{uri}}}{plain.group(2)}" if plain and uri else None
