"""What a page shows of an FRCP that two DCC work on: which one has it, what happened, what was kept aside."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.exchange.models import Entrustment, EntrustmentStep, Intake
from dcc.exchange.regions.deciding import DECISIONS
from dcc.exchange.regions.outcomes import MEANINGS, Outcome
from dcc.exchange.regions.sending import is_still_here
from dcc.exchange.regions.states import ABROAD, DOUBTFUL, HAPPENING_LABELS, LABELS, OPEN, Happening, State
from dcc.exchange.transmissions.follow_up import CAUSES


@dataclass(frozen=True, slots=True)
class EntrustmentStepLine:
    """One thing that happened; ``by`` is empty for the platform, ``cause`` and ``reason`` are French."""

    at: datetime
    words: str
    cause: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class EntrustmentLine:
    """One time the document was entrusted; ``out``: to the other DCC, else by it.

    ``abroad``: it is read only here. ``may_take_back``: the other DCC has surely not taken it in; ``may_force``: it may have.
    ``doubt``: two may be writing under one reference.
    """

    entrustment_id: uuid.UUID
    out: bool
    state: State
    words: str
    label: str
    rcp: str
    opened_at: datetime
    changed_at: datetime
    attested_by: str
    version: int
    abroad: bool
    may_take_back: bool
    may_force: bool
    doubt: bool
    transmission_id: uuid.UUID | None
    steps: Sequence[EntrustmentStepLine]


@dataclass(frozen=True, slots=True)
class AsideLine:
    """A received file that was kept aside: what it is, why, and what was decided; ``to_decide``: a physician has to."""

    intake_id: uuid.UUID
    received_at: datetime
    sender: str
    outcome: str
    words: str
    to_decide: bool
    decision: str
    decision_reason: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Between:
    """All of it, newest first; ``may_act``: whether the actor may send, take back and decide.

    ``may_entrust``: whether he may entrust it; what another region entrusted goes back there, not to a third one.
    """

    entrustments: Sequence[EntrustmentLine]
    aside: Sequence[AsideLine]
    may_act: bool
    may_entrust: bool


def between_regions(actor: User, document_id: uuid.UUID) -> Between:
    """What happened to a document between two DCC, to whoever may open it; raises ``DocumentNotFound``."""
    documents.reference(actor, Action.OPEN_DOCUMENT, document_id)
    rows = Entrustment.objects.filter(document_id=document_id).select_related(
        "version", "transmission", "attested_by__practitioner"
    )
    aside = Intake.objects.filter(about=document_id, outcome__in=_ASIDE).select_related("decided_by__practitioner")
    lines = [_line(row) for row in rows.prefetch_related("steps__actor__practitioner")]
    may_act = _may_act(actor, document_id)
    owed = any(not line.out and line.state in OPEN for line in lines)
    return Between(lines, [_aside(intake) for intake in aside], may_act, may_act and not owed)


_ASIDE = [outcome.value for outcome, meaning in MEANINGS.items() if not meaning.taken and outcome is not Outcome.DUPLICATE]


def _may_act(actor: User, document_id: uuid.UUID) -> bool:
    try:
        documents.reference(actor, Action.VALIDATE_DOCUMENT, document_id)
    except documents.DocumentError:
        return False
    return True


def _line(row: Entrustment) -> EntrustmentLine:
    state, sending = State(row.state), row.transmission
    still_here = state is State.NOT_RECEIVED or (state is State.SENT and sending is not None and is_still_here(sending))
    return EntrustmentLine(
        entrustment_id=row.pk,
        out=row.direction == "out",
        state=state,
        words=LABELS[state],
        label=row.label,
        rcp=row.rcp,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        attested_by=str(row.attested_by) if row.attested_by else "",
        version=row.version.number,
        abroad=state in ABROAD,
        may_take_back=state in ABROAD and still_here,
        may_force=state in ABROAD and not still_here,
        doubt=state in DOUBTFUL,
        transmission_id=row.transmission_id,
        steps=[_step(step) for step in row.steps.all()],
    )


def _step(step: EntrustmentStep) -> EntrustmentStepLine:
    by = str(step.actor) if step.actor else ""
    return EntrustmentStepLine(step.at, HAPPENING_LABELS[Happening(step.event)], CAUSES[step.cause].words, step.reason, by)


def _aside(row: Intake) -> AsideLine:
    return AsideLine(
        intake_id=row.pk,
        received_at=row.received_at,
        sender=row.sender,
        outcome=row.outcome,
        words=row.reason or MEANINGS[Outcome(row.outcome)].words,
        to_decide=row.outcome == Outcome.LATE and not row.decision,
        decision=DECISIONS.get(row.decision, ""),
        decision_reason=row.decision_reason,
        decided_by=str(row.decided_by) if row.decided_by else "",
    )
