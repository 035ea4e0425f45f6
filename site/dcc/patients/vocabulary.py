"""The vocabulary of names: every word of the index under what it has in common with words that were typed for it.

A line of :class:`WordVariant` gives a word under one of its deletions (capital letters) or its sound (small letters).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models.functions import Length

from dcc.patients.models import WordVariant
from dcc.patients.sounds import sound
from dcc.patients.words import LONG, deletions, slips_between

SHORTEST = 3
TRIED = 3_000
KEPT = 60


def learn(words: set[str]) -> None:
    """Add words to the vocabulary; they stay there when their patient goes."""
    known = set(WordVariant.objects.filter(variant__in=words, word__in=words).values_list("word", flat=True))
    rows = [WordVariant(variant=variant, word=word) for word in sorted(words - known) for variant in sorted(variants(word))]
    WordVariant.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)


def variants(word: str) -> set[str]:
    """Under what a word is kept."""
    return deletions(word) | {word, sound(word)}


def near_words(typed: str, *, several: bool) -> Mapping[str, int]:
    """Words of the vocabulary that may be meant by a typed one, with how far they are: 1 (sound or one slip) or 2.

    A word of three letters alone is taken as it is: too many others are one slip away. ``several`` says that others narrow it.
    """
    if len(typed) < SHORTEST + (not several):
        return {}
    most = 2 if len(typed) >= LONG else 1
    heard = sound(typed)
    rows = WordVariant.objects.annotate(length=Length("word")).filter(
        variant__in=deletions(typed) | {heard}, length__gte=len(typed) - 3, length__lte=len(typed) + 3
    )
    found: dict[str, int] = {}
    for word in rows.values_list("word", flat=True).distinct()[:TRIED]:
        distance = min(slips_between(typed, word, most=most), 1 if sound(word) == heard else most + 1)
        if 0 < distance <= most:
            found[word] = distance
    return dict(sorted(found.items(), key=_by_distance)[:KEPT])


def _by_distance(item: tuple[str, int]) -> tuple[int, str]:
    return item[1], item[0]
