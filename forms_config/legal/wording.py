"""What changes from one wording of a text to another, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]
_WORDS = re.compile(r"\n+|[^\S\n]+|[\w'’.-]*\w|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stay, go or come, with the spaces between them."""

    kind: Kind
    text: str


def changes(former: str, newer: str) -> list[Run]:
    """The two wordings in one: those of ``same`` and ``removed`` make the former, those of ``same`` and ``added`` the newer."""
    before, after = _WORDS.findall(former), _WORDS.findall(newer)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    return [run for step in matcher.get_opcodes() for run in _runs(before, after, step)]


def _runs(before: list[str], after: list[str], step: tuple[str, int, int, int, int]) -> Iterator[Run]:
    kind, a, b, c, d = step
    if kind == "equal":
        yield Run("same", "".join(before[a:b]))
        return
    if b > a:
        yield Run("removed", "".join(before[a:b]))
    if d > c:
        yield Run("added", "".join(after[c:d]))
