"""Two writings of one trait, letter by letter: what differs, where, and the same in words for who does not see it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Literal

from django.utils.translation import gettext as _

Kind = Literal["same", "differs", "absent"]
"""Of a run: the other side has it too, has something else there, or is alone to have something there (the run is empty)."""

TOLD = 3
"""How many differences are told one by one; beyond, that there are several."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that follow each other and are alike in what the other side has of them."""

    text: str
    kind: Kind = "same"


@dataclass(frozen=True, slots=True)
class Spelling:
    """Both sides in runs, and the differences in a sentence, seen from the left side; empty when there is none."""

    left: Sequence[Run]
    right: Sequence[Run]
    said: str


def spelled(left: str, right: str) -> Spelling:
    """Align two writings by the fewest letters changed.

    Those that share less than half of them differ as a whole, unless one begins the other: a list of names goes on.
    """
    if left == right or not left or not right:
        return Spelling(_whole(left), _whole(right), "")
    goes_on = left.startswith(right) or right.startswith(left)
    steps = list(zip_longest(left, right, fillvalue="")) if goes_on else _alignment(left, right)
    if not goes_on and 2 * sum(a == b for a, b in steps) < max(len(left), len(right)):
        return Spelling([Run(left, "differs")], [Run(right, "differs")], _("tout diffère"))
    return Spelling(_runs(steps), _runs([(b, a) for a, b in steps]), _said(steps))


def _whole(text: str) -> Sequence[Run]:
    return [Run(text)] if text else []


def _alignment(left: str, right: str) -> list[tuple[str, str]]:
    """Pairs of letters that face each other; one of a pair is empty where a side has nothing."""
    cost = _costs(left, right)
    steps: list[tuple[str, str]] = []
    i, j = len(left), len(right)
    while i or j:
        here = cost[i][j]
        if i and j and here == cost[i - 1][j - 1] + (left[i - 1] != right[j - 1]):
            i, j = i - 1, j - 1
            steps.append((left[i], right[j]))
        elif i and here == cost[i - 1][j] + 1:
            i -= 1
            steps.append((left[i], ""))
        else:
            j -= 1
            steps.append(("", right[j]))
    return steps[::-1]


def _costs(left: str, right: str) -> list[list[int]]:
    """How many letters part each beginning of one side from each beginning of the other."""
    rows = [list(range(len(right) + 1))]
    for i, x in enumerate(left, start=1):
        row = [i]
        for j, y in enumerate(right, start=1):
            row.append(min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (x != y)))
        rows.append(row)
    return rows


def _kind(step: tuple[str, str]) -> Kind:
    return "same" if step[0] == step[1] else "differs" if step[0] else "absent"


def _runs(steps: Sequence[tuple[str, str]]) -> Sequence[Run]:
    return [Run("".join(letter for letter, _other in group), kind) for kind, group in groupby(steps, key=_kind)]


def _said(steps: Sequence[tuple[str, str]]) -> str:
    found = list(_differences(steps))
    if len(found) > TOLD:
        return _("plusieurs lettres diffèrent")
    return " ; ".join(found)


def _differences(steps: Sequence[tuple[str, str]]) -> Iterator[str]:
    place = 1
    for same, group in groupby(steps, key=lambda step: step[0] == step[1]):
        pairs = list(group)
        left, right = ("".join(side) for side in zip(*pairs, strict=True))
        if not same:
            yield _difference(_letters(left), _letters(right), place)
        place += len(left)


def _difference(left: str, right: str, place: int) -> str:
    if left and right:
        return _("« %(left)s » au lieu de « %(right)s » (caractère %(place)d)") % {"left": left, "right": right, "place": place}
    if left:
        return _("« %(left)s » en plus (caractère %(place)d)") % {"left": left, "place": place}
    return _("« %(right)s » en moins (caractère %(place)d)") % {"right": right, "place": place}


def _letters(text: str) -> str:
    """A space or a hyphen alone is named: nobody hears it."""
    return {" ": _("espace"), "-": _("trait d'union"), "'": _("apostrophe")}.get(text, text.strip())
