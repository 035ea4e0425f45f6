"""The decision table of qualification: one line per situation, in the order of the specification. Pure.

==============  =======================================================================================================
column          what it says
==============  =======================================================================================================
``cas``         letter of the specification (CDC §2.3.2.1 to 2.3.2.3)
``clause``      whether the trust clause covers who acts
``source``      ``flux`` (CDA, call, datamatrix, HL7) or ``saisie``; ``*``: either
``recu``        status that the flow gives; ``*``: whatever, it counts for nothing
``trouve``      ``identique``, ``absente``, or ``incoherente`` with the answer: ``conserver``, ``creer``
``local``       status of the identity found; ``*``: any; ``-``: none, a new one is created
``avant``       status before INSi answers; ``=``: as it is
``appel``       whether INSi is asked
``si_00``       status when it finds exactly one
``vise``        status that is lowered by the region's policy when it finds none or several (:mod:`policy`)
``TC``          « tiers de confiance » when the flow names no proof: ``oui``, ``region`` (by policy), ``-``
``sources``     of ``avant``, ``si_00``, ``vise``: T text, S summary table of the specification, i inferred
==============  =======================================================================================================

An answer that does not come (fault, outage) leaves the status of ``avant``: a fault never lowers. A new identity received
*qualifiée* waits as *validée*, without INS, until INSi confirms it (cases 2b and 4a, decision 0242). *Récupérée* received counts
as *provisoire*: the retrieval must be ours (EXI SI 08, only *qualifiée* travels with an INS).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final, Literal

Match = Literal["identique", "incoherente", "absente"]
Answer = Literal["", "conserver", "creer"]
KEEP: Final = "conserver"
CREATE: Final = "creer"
Source = Literal["flux", "saisie"]


class Reliability(StrEnum):
    """Status of an identity (values of ``Patient.status``): two bits, retrieved from INSi, and checked against a proof."""

    PROV = "provisoire"
    RECUP = "recuperee"
    VALI = "validee"
    QUAL = "qualifiee"

    @property
    def retrieved(self) -> bool:
        """The traits are those of INSi."""
        return self in (Reliability.RECUP, Reliability.QUAL)

    @property
    def checked(self) -> bool:
        """The traits were compared with a proof of high trust."""
        return self in (Reliability.VALI, Reliability.QUAL)


def reliability(*, retrieved: bool, checked: bool) -> Reliability:
    """The status of two bits."""
    by_bits = {(False, False): "PROV", (True, False): "RECUP", (False, True): "VALI", (True, True): "QUAL"}
    return Reliability[by_bits[retrieved, checked]]


def joined(a: Reliability, b: Reliability) -> Reliability:
    """What is known by either."""
    return reliability(retrieved=a.retrieved or b.retrieved, checked=a.checked or b.checked)


_TABLE = """
cas  clause  source  recu  trouve                 local      avant  appel  si_00  vise  TC      sources
1a   oui     flux    QUAL  identique              PROV       PROV   oui    QUAL   QUAL  oui     i,i,i
1a   oui     flux    QUAL  identique              VALI       VALI   oui    QUAL   QUAL  oui     S,S,S
1a   oui     flux    QUAL  identique              RECUP      QUAL   non    -      -     oui     S,-,-
1a   oui     flux    QUAL  identique              QUAL       QUAL   non    -      -     oui     S,-,-
1b   oui     flux    VALI  identique              PROV       VALI   oui    QUAL   VALI  region  T,i,i
1b   oui     flux    VALI  identique              VALI       VALI   oui    QUAL   VALI  region  S,S,S
1b   oui     flux    VALI  identique              RECUP      QUAL   non    -      -     region  i,-,-
1b   oui     flux    VALI  identique              QUAL       QUAL   non    -      -     region  i,-,-
1c   oui     flux    PROV  identique              PROV       PROV   oui    RECUP  PROV  -       i,i,i
1c   oui     flux    PROV  identique              VALI       VALI   oui    QUAL   VALI  -       i,i,i
1c   oui     flux    PROV  identique              RECUP,QUAL =      non    -      -     -       i,-,-
2a   oui     flux    QUAL  incoherente,conserver  PROV       PROV   oui    QUAL   QUAL  oui     T,T,i
2a   oui     flux    QUAL  incoherente,conserver  VALI       VALI   oui    QUAL   QUAL  oui     T,S,S
2a   oui     flux    QUAL  incoherente,conserver  RECUP      QUAL   non    -      -     oui     T,-,-
2a   oui     flux    QUAL  incoherente,conserver  QUAL       QUAL   non    -      -     oui     T,-,-
2b   oui     flux    QUAL  incoherente,creer      *          VALI   oui    QUAL   QUAL  oui     i,T,S
3a   oui     flux    VALI  incoherente,conserver  PROV       VALI   oui    QUAL   VALI  region  T,T,i
3b   oui     flux    VALI  incoherente,conserver  RECUP      QUAL   non    -      -     region  T,-,-
3c   oui     flux    VALI  incoherente,conserver  VALI       VALI   oui    QUAL   VALI  region  T,S,S
3d   oui     flux    VALI  incoherente,conserver  QUAL       QUAL   non    -      -     region  i,-,-
3e   oui     flux    VALI  incoherente,creer      *          VALI   oui    QUAL   VALI  region  T,S,S
4a   oui     flux    QUAL  absente                -          VALI   oui    QUAL   QUAL  oui     i,T,S
4b   oui     flux    VALI  absente                -          VALI   oui    QUAL   VALI  region  T,S,S
4c   oui     flux    PROV  absente                -          PROV   oui    RECUP  PROV  -       T,i,i
5a   oui     flux    PROV  incoherente,conserver  PROV       PROV   oui    RECUP  PROV  -       T,i,i
5b   oui     flux    PROV  incoherente,conserver  RECUP      RECUP  non    -      -     -       T,-,-
5c   oui     flux    PROV  incoherente,conserver  VALI       VALI   oui    QUAL   VALI  -       T,i,i
5d   oui     flux    PROV  incoherente,conserver  QUAL       QUAL   non    -      -     -       T,-,-
5e   oui     flux    PROV  incoherente,creer      *          PROV   oui    RECUP  PROV  -       T,i,i
6a   oui     saisie  *     identique              PROV       PROV   oui    RECUP  PROV  -       T,i,i
6b   oui     saisie  *     identique              RECUP      RECUP  non    -      -     -       T,-,-
6c   oui     saisie  *     identique              VALI       VALI   oui    QUAL   VALI  -       T,i,i
6d   oui     saisie  *     identique              QUAL       QUAL   non    -      -     -       T,-,-
6a   oui     saisie  *     incoherente,conserver  PROV       PROV   oui    RECUP  PROV  -       i,i,i
6b   oui     saisie  *     incoherente,conserver  RECUP      RECUP  non    -      -     -       i,-,-
6c   oui     saisie  *     incoherente,conserver  VALI       VALI   oui    QUAL   VALI  -       i,i,i
6d   oui     saisie  *     incoherente,conserver  QUAL       QUAL   non    -      -     -       i,-,-
7    oui     saisie  *     incoherente,creer      *          PROV   oui    RECUP  PROV  -       i,i,i
7    oui     saisie  *     absente                -          PROV   oui    RECUP  PROV  -       T,i,i
8a   non     *       *     identique              *          =      non    -      -     -       T,-,-
8a   non     *       *     incoherente,conserver  *          =      non    -      -     -       T,-,-
8b   non     *       *     incoherente,creer      *          PROV   oui    RECUP  PROV  -       T,T,i
8b   non     *       *     absente                -          PROV   oui    RECUP  PROV  -       T,T,i
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; ``before`` is nothing when the identity keeps its status."""

    case: str
    clause: bool
    source: str
    received: str
    match: Match
    answer: Answer
    local: str
    before: Reliability | None
    call: bool
    found: Reliability | None
    claimed: Reliability | None
    third_party: Literal["oui", "region", "-"]
    origins: tuple[str, str, str]


Key = tuple[bool, Source, Reliability | None, Match, Answer, Reliability | None]
RECEIVED: tuple[Reliability, ...] = (Reliability.PROV, Reliability.VALI, Reliability.QUAL)
_SOURCES: tuple[Source, ...] = ("flux", "saisie")


def _line(words: list[str]) -> Line:
    case, clause, source, received, found, local, before, call, on_one, claimed, third, origins = words
    match, _comma, answer = found.partition(",")
    status = {word: Reliability[word] for word in (before, on_one, claimed) if word in Reliability.__members__}
    return Line(
        case,
        clause == "oui",
        source,
        received,
        match,  # type: ignore[arg-type]  # a word of the table, which a test reads whole
        answer,  # type: ignore[arg-type]
        local,
        status.get(before),
        call == "oui",
        status.get(on_one),
        status.get(claimed),
        third,  # type: ignore[arg-type]
        tuple(origins.split(",")),  # type: ignore[arg-type]
    )


def _keys(line: Line) -> list[Key]:
    """Every situation that a line is for."""
    sources = _SOURCES if line.source == "*" else (line.source,)
    locals_: tuple[Reliability | None, ...] = {"*": tuple(Reliability), "-": (None,)}.get(line.local, ()) or tuple(
        Reliability[word] for word in line.local.split(",")
    )
    keys: list[Key] = []
    for source, local in product(sources, locals_):
        received = (None,) if source == "saisie" else RECEIVED if line.received == "*" else (Reliability[line.received],)
        keys += [(line.clause, source, one, line.match, line.answer, local) for one in received]  # type: ignore[misc]
    return keys


def _indexed(lines: list[Line]) -> Mapping[Key, Line]:
    index: dict[Key, Line] = {}
    for line in lines:
        for key in _keys(line):
            if key in index:
                raise ValueError(f"Two lines for {key}")
            index[key] = line
    return index


LINES = tuple(_line(text.split()) for text in _TABLE.strip().splitlines()[1:])
INDEX: Mapping[Key, Line] = _indexed(list(LINES))
"""The line of each situation."""
