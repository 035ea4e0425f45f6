"""The vocabulary of names: every word of the index under what it has in common with words that were typed for it.

A line of :class:`WordVariant` gives a word under one of its deletions (capital letters) or its sound (small letters).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dcc.patients.models import WordVariant
from dcc.patients.sounds import sound
from dcc.patients.words import FIRST, LONG, deletions, slips_between

SHORTEST = 3
TRIED = 20_000
KEPT = 60


def learn(words: set[str]) -> None:
    """Add words to the vocabulary; they stay there when their patient goes."""
    known = set(WordVariant.objects.filter(variant__in=words, word__in=words).values_list("word", flat=True))
    rows = [WordVariant(variant=variant, word=word) for word in sorted(words - known) for variant in sorted(variants(word))]
    WordVariant.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)


def variants(word: str) -> set[str]:
    """Under what a word is kept."""
    return deletions(word) | {word, sound(word)}


def near_words(typed: Collection[str], *, several: bool, thorough: bool = False) -> Mapping[str, Mapping[str, int]]:
    """For each typed word, those of the vocabulary that may be meant, with how far they are: 0 itself, 1 (sound, one slip) or 2.

    A word of three letters alone is taken as it is: too many others are one slip away. ``several`` says that others narrow it.
    Every word one slip away is found, and some two slips away: all of them by a ``thorough`` look, which reads ten times more.
    """
    by_form: dict[str, list[str]] = {}
    for word in typed:
        if len(word) >= SHORTEST + (not several):
            forms = {form for form in deletions(word) if thorough or len(form) + 1 >= min(len(word), FIRST)}
            for form in forms | {word, sound(word)}:
                by_form.setdefault(form, []).append(word)
    found: dict[str, dict[str, int]] = {word: {} for word in typed}
    rows = WordVariant.objects.filter(variant__in=list(by_form)).values_list("variant", "word")
    for form, other in rows[:TRIED]:
        for word in by_form[form]:
            if other not in found[word] and (distance := _distance(word, other, heard=form.islower())) is not None:
                found[word][other] = distance
    return {word: dict(sorted(others.items(), key=_by_distance)[:KEPT]) for word, others in found.items()}


def _distance(typed: str, word: str, *, heard: bool) -> int | None:
    most = 2 if len(typed) >= LONG else 1
    distance = slips_between(typed, word, most=most)
    return min(distance, 1) if heard else distance if distance <= most else None


def _by_distance(item: tuple[str, int]) -> tuple[int, str]:
    return item[1], item[0]
