"""Words of names for searching: plain letters, what two words one slip apart have in common. Pure.

How they sound is told by :mod:`dcc.patients.sounds`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import combinations, pairwise

LONGEST = 40
LIGATURES = str.maketrans({"Æ": "AE", "Œ": "OE", "ẞ": "SS", "ß": "SS", "Ø": "O", "Ł": "L", "Đ": "D"})
LONG = 6
"""From so many letters on, two slips are forgiven; below, one."""
FIRST = 7
"""Two words two slips apart also are so in their first letters: only these count for what is kept of long words."""


def letters(text: str) -> str:
    """Capital letters A to Z only."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(LIGATURES))
    return "".join(char for char in plain if "A" <= char <= "Z")


def words(text: str) -> list[str]:
    """The words of a text in capital letters, in order; apostrophes, hyphens and spaces part words."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(LIGATURES))
    kept = "".join(char if "A" <= char <= "Z" else "" if unicodedata.combining(char) else " " for char in plain)
    return [word[:LONGEST] for word in kept.split()]


def index_words(*last_names: str, given: Iterable[str] = ()) -> set[str]:
    """What to index of names: each word, each compound and each two neighbours in one word, and a whole last name in one word.

    « DE LA TOUR » is found by « tour », « latour » and « delatour ». A whole list of given names would be a word of one person.
    """
    found = {letters(name)[:LONGEST] for name in last_names}
    for name in (*last_names, *given):
        parts = words(name)
        found |= {*parts, *(letters(compound)[:LONGEST] for compound in name.split())}
        found |= {(a + b)[:LONGEST] for a, b in pairwise(parts)}
    return found - {""}


def deletions(word: str) -> set[str]:
    """The word and all it becomes by losing a letter, or two of the first of a long one: near words share one of these."""
    if len(word) < 3:
        return {word}
    if len(word) < LONG:
        return {word, *("".join(kept) for kept in combinations(word, len(word) - 1))}
    first = word[:FIRST]
    return {"".join(kept) for lost in range(3) for kept in combinations(first, len(first) - lost)}


def near(a: str, b: str, *, slips: int = 1) -> bool:
    """Whether ``b`` is ``a`` with at most ``slips`` letters added, lost, changed, or neighbours exchanged."""
    return slips_between(a, b, most=slips) <= slips


def slips_between(a: str, b: str, *, most: int) -> int:
    """How many letters were added, lost, changed, or exchanged with their neighbour; ``most + 1`` when more than ``most``."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    a, b = _without_common_ends(a, b)
    older: list[int] = []
    former = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        current = [i]
        for j, y in enumerate(b, start=1):
            best = min(former[j] + 1, current[j - 1] + 1, former[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, older[j - 2] + 1)
            current.append(best)
        if min(current) > most and (not older or min(former) > most):
            return most + 1
        older, former = former, current
    return min(former[-1], most + 1)


def _without_common_ends(a: str, b: str) -> tuple[str, str]:
    start, least = 0, min(len(a), len(b))
    while start < least and a[start] == b[start]:
        start += 1
    end = 0
    while end < least - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]
