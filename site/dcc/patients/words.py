"""Words of names for searching: plain letters, typing slips. Pure."""

from __future__ import annotations

import unicodedata

LONGEST = 40
LIGATURES = str.maketrans({"Æ": "AE", "Œ": "OE", "ẞ": "SS", "ß": "SS", "Ø": "O", "Ł": "L", "Đ": "D"})


def letters(text: str) -> str:
    """Capital letters A to Z only."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(LIGATURES))
    return "".join(char for char in plain if "A" <= char <= "Z")


def words(text: str) -> list[str]:
    """The words of a text in capital letters, in order; apostrophes, hyphens and spaces part words."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(LIGATURES))
    kept = "".join(char if "A" <= char <= "Z" else "" if unicodedata.combining(char) else " " for char in plain)
    return [word[:LONGEST] for word in kept.split()]


def index_words(*names: str) -> set[str]:
    """What to index of names: each word, each compound and each whole name in one word (« LE GALL » is found by « legall »)."""
    joined = {letters(part)[:LONGEST] for name in names for part in (name, *name.split())}
    return ({word for name in names for word in words(name)} | joined) - {""}


def deletions(word: str) -> set[str]:
    """The word and all it becomes by losing one letter: two words that share one of these are one slip apart, or two."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))} if len(word) > 2 else {word}


def near(a: str, b: str, *, slips: int = 1) -> bool:
    """Whether ``b`` is ``a`` with at most ``slips`` letters added, lost, changed, or neighbours exchanged."""
    if abs(len(a) - len(b)) > slips:
        return False
    older: list[int] = []
    former = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        current = [i]
        for j, y in enumerate(b, start=1):
            best = min(former[j] + 1, current[j - 1] + 1, former[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, older[j - 2] + 1)
            current.append(best)
        older, former = former, current
    return former[-1] <= slips
