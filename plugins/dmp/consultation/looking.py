"""What the registry is asked in one search, and what it answered (dmp_psc.md §1.7): few calls, none of them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcc.contracts.snapshots import InstanceId
from plugins.dmp.consultation.kinds import kinds
from plugins.dmp.patient.services import Through
from plugins.dmp.transactions.types import FoundEntry

AT_ONCE = 20
"""Documents that one call names at most (CNDA 3.1-010)."""
OVERLAP = timedelta(minutes=5)
"""How far before the last search the changes are asked for: two clocks are never the same."""
YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is there, by uniqueId, approved or replaced; ``deleted`` is what the registry says so of.

    ``gone`` is what was known and is not described to this professional: deleted, masked, or hidden from him only.
    """

    there: Mapping[str, FoundEntry]
    gone: frozenset[str]
    deleted: frozenset[str] = frozenset()


def look(through: Through, ins: InstanceId, *, last: datetime | None, now: datetime, years: int, known: Iterable[str]) -> Looked:
    """Search: everything of some years the first time, what changed since ``last`` afterwards; ``known`` are looked at again.

    Raises as ``Dmp`` does.
    """
    dmp, caller = through.dmp, through.caller
    if last is None:
        entries = dmp.find_documents(caller, ins, types=[kind.asked for kind in kinds().values()], since=now - years * YEAR)
    else:
        entries = dmp.changed_documents(caller, ins, since=last - OVERLAP)
    there = {found.entry.unique_id: found for found in entries if _is_wanted(found)}
    asked = sorted(set(known) - set(there))
    for names in batches(asked):
        for found in dmp.describe(caller, ins, names):
            there[found.entry.unique_id] = found
    deleted = {name for name, found in there.items() if found.status not in ("Approved", "Deprecated")}
    kept = {name: found for name, found in there.items() if name not in deleted}
    return Looked(kept, frozenset(set(asked) - set(there)), frozenset(deleted))


def batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names, as many at once as a call may have."""
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]


def _is_wanted(found: FoundEntry) -> bool:
    return found.entry.type_code is not None and found.entry.type_code.code in kinds()
