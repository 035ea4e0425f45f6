"""What becomes of a request of somebody whose terms are not accepted: one table, kind of address by what stays granted. Pure.

=========  ==================================================================================================
verdict    the request
=========  ==================================================================================================
passe      is served
demande    leads to the page of the terms, then comes back
retient    is held: nothing is written, nothing that was sent is lost; accepting lets it go on
=========  ==================================================================================================

``lit`` when the region grants reading without acceptance (the default: a care reading is never blocked), ``ne_lit_pas`` when not;
``plus_tard`` once the person answered « plus tard » or refused in this session, for the very versions that are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FREE_NAMESPACES = frozenset({"accounts", "trust"})
FREE = frozenset({"web:help", "web:brand", "web:theme", "cms:logo", "wagtailadmin_logout"})
"""What needs no terms: signing in and out, one's own security and commitments, help, how pages look."""
NOT_FREE = frozenset({"accounts:admissions", "accounts:admission"})
"""What lies among them and is work all the same: admitting others."""
READING_POSTS = frozenset(
    {
        *("web:patients", "web:glass", "web:journal_patient"),
        *("web:presence", "wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release"),
    }
)
"""What is sent so that nothing of it stands in an address (a search, an exact identity, « bris de glace »: ways to read, never
blocked where the region grants reading), and what pages send by themselves to tell who is there."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Kind(StrEnum):
    """What a request asks for."""

    FREE = "libre"
    PAGE = "page"
    DATA = "donnees"
    WRITING = "ecriture"


class Verdict(StrEnum):
    """What becomes of it."""

    PASS = "passe"  # noqa: S105  (the name of a verdict)
    ASK = "demande"
    HOLD = "retient"


_TABLE = """
          lit      lit_plus_tard  ne_lit_pas  ne_lit_pas_plus_tard
libre     passe    passe          passe       passe
page      demande  passe          demande     demande
donnees   passe    passe          retient     retient
ecriture  retient  retient        retient     retient
"""


def _parsed(table: str) -> dict[tuple[Kind, str], Verdict]:
    header, *lines = (line.split() for line in table.strip().splitlines())
    return {(Kind(kind), column): Verdict(cell) for kind, *cells in lines for column, cell in zip(header, cells, strict=True)}


TABLE: Mapping[tuple[Kind, str], Verdict] = _parsed(_TABLE)
"""The table, cell by cell."""


@dataclass(frozen=True, slots=True)
class Address:
    """A request, as far as the table looks at it; ``name`` is that of its address, with its namespaces."""

    name: str
    method: str
    script: bool
    open: bool = False
    """The view is open to everybody, signed in or not."""

    @property
    def kind(self) -> Kind:
        """The row of the table."""
        ours = self.name.partition(":")[0] in FREE_NAMESPACES and self.name not in NOT_FREE
        if self.open or ours or self.name in FREE:
            return Kind.FREE
        if self.method not in SAFE:
            return Kind.DATA if self.name in READING_POSTS else Kind.WRITING
        return Kind.DATA if self.script else Kind.PAGE


def verdict(kind: Kind, *, reading: bool, later: bool) -> Verdict:
    """What becomes of a request of a person whose terms are due."""
    return TABLE[kind, ("lit" if reading else "ne_lit_pas") + ("_plus_tard" if later else "")]
