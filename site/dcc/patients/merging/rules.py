"""Which of two identities a merge retains, as one table. Pure.

The identity of reference gives its strict traits, its INS, its status and whatever goes with them, whole: nothing is composed of
the two, and nobody is qualified by a merge (decision 0265).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

Side = Literal["gardee", "absorbee"]
KEPT: Side = "gardee"
ABSORBED: Side = "absorbee"

_TABLE = """
gardee \\ absorbee   provisoire  recuperee  validee   qualifiee
provisoire          gardee      absorbee   absorbee  absorbee
recuperee           gardee      gardee     absorbee  absorbee
validee             gardee      gardee     gardee    absorbee
qualifiee           gardee      gardee     gardee    gardee
"""


def _read(table: str) -> Mapping[tuple[str, str], Side]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    sides: dict[str, Side] = {KEPT: KEPT, ABSORBED: ABSORBED}
    return {(line[0], column): sides[cell] for line in lines for column, cell in zip(head[3:], line[1:], strict=True)}


TABLE = _read(_TABLE)
"""Status of the kept identity, status of the absorbed one: which is the reference when they do not contradict each other."""


def reference(kept_status: str, absorbed_status: str, contradictions: Sequence[str], chosen: str) -> Side | None:
    """The identity of reference: by the table, or chosen by a person where they contradict each other (nothing: nobody chose)."""
    if not contradictions:
        return TABLE[kept_status, absorbed_status]
    sides: Mapping[str, Side] = {KEPT: KEPT, ABSORBED: ABSORBED}
    return sides.get(chosen)
