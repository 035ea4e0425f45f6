"""Which documents are read, and in which calls: the newest first, bounded in number, in size and in all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from plugins.dmp.transactions.retrieval import AT_MOST
from plugins.dmp.transactions.types import FoundEntry

MOST = 40
"""Documents that one search reads."""
HEAVIEST_CALL = 20_000_000
"""Bytes that one call brings, by what the registry says; in memory at once."""
HEAVIEST_SEARCH = 60_000_000
"""Bytes that one search brings, by what the registry says, then by what came."""
UNKNOWN_SIZE = 1_000_000
"""What a document whose size the registry does not say counts for."""
LEAST_SIZE = 1_000
"""What any document counts for: a size of nothing is nobody's."""


@dataclass(slots=True)
class Plan:
    """Calls to make, each of some documents, and why others are not read, by uniqueId, in French."""

    calls: list[list[FoundEntry]] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)

    def leave(self, entries: Sequence[FoundEntry]) -> None:
        """Do not read these: there is too much."""
        for found in entries:
            self.left[found.entry.unique_id] = _("Trop de documents : les plus anciens n'ont pas été lus")


def plan(wanted: Sequence[FoundEntry]) -> Plan:
    """The calls for what is wanted."""
    made = Plan()
    allowed = []
    for found in sorted(wanted, key=lambda f: f.entry.creation_time, reverse=True):
        if size_of(found) > settings.DCC_INTAKE_LIMIT:
            made.left[found.entry.unique_id] = _("Ce document est trop lourd pour être lu")
        else:
            allowed.append(found)
    total = 0
    for rank, found in enumerate(allowed):
        total += size_of(found)
        if rank >= MOST or total > HEAVIEST_SEARCH:
            made.leave([found])
    made.calls = list(_calls([found for found in allowed if found.entry.unique_id not in made.left]))
    return made


def size_of(found: FoundEntry) -> int:
    """Bytes of a document, as the registry says."""
    return max(found.entry.size or UNKNOWN_SIZE, LEAST_SIZE)


def _calls(entries: Sequence[FoundEntry]) -> Iterator[list[FoundEntry]]:
    call: list[FoundEntry] = []
    weight = 0
    for found in entries:
        if call and (len(call) == AT_MOST or weight + size_of(found) > HEAVIEST_CALL):
            yield call
            call, weight = [], 0
        call.append(found)
        weight += size_of(found)
    if call:
        yield call
