"""Search in memory: codes, label prefixes, words in any order, without accents. Pure; the same on every database.

What is kept per concept is one plain text (label, code, synonyms) and its words' places: some 40 000 concepts fit in 30 MB.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain

from forms_config.terminology.concept import Concept

CANDIDATES = 400
"""How many matches are compared to choose the best: it bounds the work of a search that matches thousands."""

CHUNK = 1000
END = "!"
"""Closes the label in the plain text: it sorts before any word, so that a label that is the whole text comes first."""

_WORDS = re.compile(r"[0-9a-z]+")
_MARKS = re.compile("[\u0300-\u036f]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_LAST = "\U0010ffff"


def words_of(text: str) -> list[str]:
    """The words of a text without accents, case or punctuation."""
    lowered = text.casefold()
    if not lowered.isascii():
        lowered = _MARKS.sub("", unicodedata.normalize("NFKD", lowered.translate(_LIGATURES)))
    return _WORDS.findall(lowered)


def compact(text: str) -> str:
    """A code as it is compared: ``C50.2`` and ``c502`` are the same."""
    return "".join(words_of(text))


class Table:
    """The concepts of one version of a value set: lookup at once, search from the first time it is asked."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.concepts = tuple(concepts)
        self._places: dict[str, int | tuple[int, ...]] = {}
        for place, concept in enumerate(self.concepts):
            former = self._places.get(concept.code)
            self._places[concept.code] = place if former is None else (*_as_tuple(former), place)

    def __len__(self) -> int:
        return len(self.concepts)

    def _at(self, code: str) -> tuple[int, ...]:
        return _as_tuple(self._places.get(code, ()))

    def lookup(self, code: str, system: str | None = None) -> Concept | None:
        """The concept of a code, retired ones included, active ones first."""
        found = [self.concepts[n] for n in self._at(code) if system in (None, self.concepts[n].system)]
        return min(found, key=lambda c: not c.active, default=None)

    @cached_property
    def active(self) -> tuple[Concept, ...]:
        """The concepts that may be chosen, in official order."""
        return tuple(c for c in self.concepts if c.active)

    @cached_property
    def _index(self) -> _Index:
        return _Index(self.concepts)

    def search(self, text: str, *, limit: int = 20, preferred: Sequence[str] = ()) -> list[Concept]:
        """At most ``limit`` concepts, best first (see :func:`forms_config.terminology.api.search`)."""
        words = words_of(text)
        liked = [n for code in preferred[:CANDIDATES] for n in self._at(code) if self.concepts[n].active]
        if not words:
            places: Iterable[int] = chain(liked, (n for n, c in enumerate(self.concepts) if c.active))
        else:
            exact = self._index.exact(text)
            liked = [n for n in liked if self._index.holds(n, words)]
            places = chain(exact, liked, self._index.matches(text, words, limit + len(exact) + len(liked)))
        kept: dict[int, None] = {}
        for place in places:
            if len(kept) >= limit:
                break
            kept[place] = None
        return [self.concepts[place] for place in kept]


def _as_tuple(places: int | tuple[int, ...]) -> tuple[int, ...]:
    """Nearly all codes are alone in their list: one number then costs less than a tuple."""
    return (places,) if isinstance(places, int) else places


class _Index:
    """Sorted arrays over the plain texts of active concepts; places are positions in ``concepts``."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._plain = [_plain(concept) if concept.active else "" for concept in concepts]
        places = [place for place, plain in enumerate(self._plain) if plain]
        self._by_label = array("I", sorted(places, key=self._plain.__getitem__))
        codes = sorted((compact(concepts[place].code), place) for place in places)
        self._codes = [code for code, _ in codes]
        self._code_places = array("I", [place for _, place in codes])
        postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for place in places:
            for word in dict.fromkeys(self._plain[place].replace(f" {END}", "").split()):
                postings[word].append(place)
        self._words = sorted(postings)
        self._postings = array("I", chain.from_iterable(postings[word] for word in self._words))
        self._ends = array("I", accumulate((len(postings[word]) for word in self._words), initial=0))

    def exact(self, text: str) -> list[int]:
        """Places whose code is the text."""
        code = compact(text)
        first = bisect_left(self._codes, code)
        return [self._code_places[n] for n in range(first, bisect_left(self._codes, code + "\0"))]

    def holds(self, place: int, words: Sequence[str]) -> bool:
        """Whether each word begins a word of the concept, or the text begins its code."""
        plain = self._plain[place]
        return all(f" {word}" in plain for word in words)

    def matches(self, text: str, words: Sequence[str], limit: int) -> Iterator[int]:
        """Places that match, best first: beginning of the label, beginning of the code, then all words.

        What holds a digit is rather a code: then codes come first.
        """
        levels = [self._label_prefix, self._code_prefix]
        for level in reversed(levels) if any(c.isdigit() for c in text) else levels:
            yield from level(words, limit)
        yield from self._all_words(words, max(CANDIDATES, limit))

    def _label_prefix(self, words: Sequence[str], limit: int) -> Sequence[int]:
        prefix = " " + " ".join(words)
        first = bisect_left(self._by_label, prefix, key=self._plain.__getitem__)
        last = bisect_left(self._by_label, prefix + _LAST, first, key=self._plain.__getitem__)
        return self._by_label[first : min(last, first + limit)]

    def _code_prefix(self, words: Sequence[str], limit: int) -> Sequence[int]:
        code = "".join(words)
        first = bisect_left(self._codes, code)
        last = bisect_left(self._codes, code + _LAST, first)
        return self._code_places[first : min(last, first + limit)]

    def _all_words(self, words: Sequence[str], count: int) -> list[int]:
        """Concepts that hold all the words: whole words first, then the shortest label, then the official order."""
        ranges = {word: self._range(word) for word in words}
        rarest = min(ranges, key=lambda word: ranges[word][1] - ranges[word][0])
        needles = [f" {word}" for word in ranges if word != rarest]
        found: dict[int, None] = {}
        first, last = ranges[rarest]
        for start in range(first, last, CHUNK):
            places: Iterable[int] = self._postings[start : min(start + CHUNK, last)]
            for needle in needles:
                places = [place for place in places if needle in self._plain[place]]
            found.update(dict.fromkeys(places))
            if len(found) >= count:
                break
        return sorted(found, key=lambda place: self._rank(place, words))

    def _range(self, word: str) -> tuple[int, int]:
        """Where the postings of the words that begin by ``word`` stand; the word itself comes first."""
        first = bisect_left(self._words, word)
        last = bisect_left(self._words, word + _LAST, first)
        return self._ends[first], self._ends[last]

    def _rank(self, place: int, words: Sequence[str]) -> tuple[int, int, int]:
        padded = self._plain[place] + " "
        return sum(f" {word} " not in padded for word in words), len(padded), place


def _plain(concept: Concept) -> str:
    words = [*words_of(concept.shown), END, *words_of(concept.code), compact(concept.code)]
    for synonym in (concept.label if concept.preferred else "", *concept.synonyms, *concept.words):
        words += words_of(synonym)
    return " " + " ".join(word for word in words if word)
