"""What the table says of a situation. Pure, total: every situation has exactly one decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from dcc.patients.qualification.policy import DEFAULT, Policy
from dcc.patients.qualification.table import CREATE, INDEX, Answer, Line, Match, Reliability, Source

Return = Literal["", "00", "01", "02", "fault"]
"""What came of asking INSi: nothing yet, exactly one identity, none, several, no answer at all."""


class Next(StrEnum):
    """What comes next for an identity."""

    END = "fin"
    CLAUSE = "clause"
    ASK = "insi"
    CONFIRM = "confirmation"
    PROOF = "justificatif"
    PROOF_OR_ASK = "justificatif_ou_insi"
    ASK_LATER = "insi_plus_tard"
    DOUBT = "doute"


@dataclass(frozen=True, slots=True)
class Situation:
    """An identity that arrived or was typed, beside what is known here.

    ``received`` is the status that a flow gives (nothing for what was typed); ``local`` that of the identity found (nothing when
    none was); ``proof_known``: the flow names the justificatif; ``proved_here``: one of high trust is kept here already;
    ``doubtful``: the identity is *douteuse* or *fictive*; ``insi``: what INSi answered.
    """

    clause: bool
    source: Source
    match: Match
    received: Reliability | None = None
    local: Reliability | None = None
    answer: Answer = ""
    proof_known: bool = False
    proved_here: bool = False
    doubtful: bool = False
    insi: Return = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the table says: of which line, status now, whether INSi is to be asked, « tiers de confiance », what comes next."""

    case: str
    creates: bool
    status: Reliability
    call: bool
    third_party: bool
    next: Next


DOUBTFUL_CASE = "doute"


def line_of(situation: Situation) -> Line:
    """The line for a situation; raises ``KeyError`` for one that makes no sense (see :func:`checked`)."""
    s = situation
    received = None if s.source == "saisie" else Reliability.PROV if s.received is Reliability.RECUP else s.received
    return INDEX[s.clause, s.source, received, s.match, s.answer, s.local]


def decide(situation: Situation, policy: Policy = DEFAULT) -> Decision:
    """What to do. A doubtful or fictitious identity is *provisoire*, is not asked about, and gets no third party (EXI SI 09)."""
    line = line_of(situation)
    creates = situation.local is None or situation.answer == CREATE
    if situation.doubtful and not creates:
        return Decision(DOUBTFUL_CASE, False, Reliability.PROV, False, False, Next.DOUBT)
    status = _status(line, situation, policy)
    return Decision(line.case, creates, status, line.call, _third_party(line, situation, policy), _next(line, situation, status))


def _status(line: Line, situation: Situation, policy: Policy) -> Reliability:
    before = line.before or situation.local or Reliability.PROV
    if not line.call or situation.insi in ("", "fault"):
        return before
    if situation.insi == "00":
        return line.found or before
    return policy.lowered(line.claimed or before, situation.insi)


def _third_party(line: Line, situation: Situation, policy: Policy) -> bool:
    wanted = line.third_party == "oui" or (line.third_party == "region" and policy.third_party_for_checked)
    kept = situation.answer != CREATE and situation.proved_here
    return wanted and not situation.proof_known and not kept


def _next(line: Line, situation: Situation, status: Reliability) -> Next:
    if status is Reliability.QUAL:
        return Next.END
    if line.call and situation.insi == "":
        return Next.ASK
    if not line.clause:
        return Next.CLAUSE
    return {Reliability.RECUP: Next.PROOF, Reliability.VALI: Next.ASK_LATER}.get(status, Next.PROOF_OR_ASK)
