"""Deciding what proposals become: kept, added, changed or ignored; in one transaction, as typing is saved (R-045, R-047)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from django.db import transaction

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.documents import access
from dcc.documents.models import PrefillDecision
from dcc.documents.prefill import Proposal, collect, is_kept, origins_of
from dcc.documents.services.locking import lock_current
from dcc.documents.services.session import Change, Conflict, SaveResult, Session, apply_change, put_row
from dcc.documents.states import after

Choice = Literal["keep", "add", "change", "ignore"]
CHOICES: tuple[Choice, ...] = get_args(Choice)

GONE = "Cette proposition a changé depuis qu'elle est affichée : relisez-la avant de décider"
TWICE = "Deux valeurs sont gardées pour cette question : n'en garder qu'une"


@dataclass(frozen=True, slots=True)
class ItemDecision:
    """What somebody decided of a proposal that he read: ``fingerprint`` says which value. ``value`` is for ``change`` only."""

    item: str
    fingerprint: str
    choice: Choice
    value: Any = None


@dataclass(slots=True)
class Adjudicated:
    """Outcome: paths kept by item, items ignored, refusals (item -> French reason), conflicts (item -> conflict)."""

    revision: int
    kept: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)


def adjudicate(
    *, actor: User, document_id: uuid.UUID, decisions: Sequence[ItemDecision], base: int, editor: str = ""
) -> Adjudicated:
    """Apply decisions on proposals; ``base`` is the revision of the answers beside which they were read.

    Each decision stands by itself: one that is refused or conflicts holds no other back, and stays to be decided. Deciding the
    same thing again changes nothing. Raises as :func:`dcc.documents.services.saving.save_answers`.
    """
    with transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, "document.edit", version)
        after(version.status, "save")  # type: ignore[arg-type]  # the database holds only statuses of the table
        proposals = {p.item: p for p in collect(actor, version).proposals}
        session = Session(version, actor, editor, "reprise", min(base, version.revision))
        outcome = Adjudicated(version.revision)
        for decision in decisions:
            proposal = proposals.get(decision.item)
            if proposal is None or proposal.fingerprint != decision.fingerprint:
                outcome.refused[decision.item] = GONE
            elif not _again(session, proposal, decision):
                _decide(session, proposal, decision, base, outcome)
        result = SaveResult(version.revision)
        session.store(result)
        outcome.revision = result.revision
        _remember(session, [(proposals[d.item], d) for d in decisions if d.item in proposals], outcome)
    return outcome


def _again(session: Session, proposal: Proposal, decision: ItemDecision) -> bool:
    """Whether the same was decided before and still stands."""
    if proposal.decided is None or proposal.decided.choice != decision.choice or decision.choice == "change":
        return False
    return decision.choice == "ignore" or is_kept(session.version, proposal)


def _decide(session: Session, proposal: Proposal, decision: ItemDecision, base: int, outcome: Adjudicated) -> None:
    if decision.choice == "ignore":
        outcome.ignored.append(proposal.item)
        return
    if proposal.value is None and decision.choice != "change":
        outcome.refused[proposal.item] = "Rien de cette proposition ne convient au formulaire"
        return
    session.mark = provenance_of(proposal)
    session.origin = "modifie" if decision.choice == "change" else "reprise"
    if proposal.is_row:
        _keep_row(session, proposal, outcome)
    else:
        _keep_value(session, proposal, decision, base, outcome)


def _keep_row(session: Session, proposal: Proposal, outcome: Adjudicated) -> None:
    if proposal.there:
        outcome.kept[proposal.item] = proposal.question.key
        return
    result = SaveResult(session.revision)
    try:
        row_id = put_row(session, proposal.question.key, proposal.value, result)
    except ValueError as error:
        outcome.refused[proposal.item] = str(error)
        return
    outcome.kept[proposal.item] = f"{proposal.question.key}/{row_id}"


def _keep_value(session: Session, proposal: Proposal, decision: ItemDecision, base: int, outcome: Adjudicated) -> None:
    path, result = proposal.question.key, SaveResult(session.revision)
    if path in outcome.kept.values() and decision.choice != "add":
        outcome.refused[proposal.item] = TWICE
        return
    apply_change(session, Change(path, _wanted(session, proposal, decision), base), result)
    if result.refused:
        outcome.refused[proposal.item] = result.refused[path]
    elif result.conflicts:
        outcome.conflicts[proposal.item] = result.conflicts[0]
    else:
        outcome.kept[proposal.item] = path


def _wanted(session: Session, proposal: Proposal, decision: ItemDecision) -> Any:
    if decision.choice == "change":
        return decision.value
    present = session.answers.get(proposal.question.key)
    if decision.choice == "add" and proposal.question.datatype == "text" and isinstance(present, str):
        return present if proposal.value in present else f"{present}\n{proposal.value}"
    return proposal.value


def provenance_of(proposal: Proposal) -> dict[str, Any]:
    """What is kept beside a value that was taken over, until the final document (R-047)."""
    candidate = proposal.candidate
    said = {
        "source": candidate.origin_id,
        "words": candidate.origin,
        "path": candidate.path,
        "date": candidate.date.isoformat() if candidate.date else "",
        "author": candidate.author,
        "mechanism": proposal.source,
    }
    return {key: value for key, value in said.items() if value}


def _remember(session: Session, decided: Sequence[tuple[Proposal, ItemDecision]], outcome: Adjudicated) -> None:
    counts: dict[str, int] = {}
    for proposal, decision in decided:
        if proposal.item not in outcome.kept and proposal.item not in outcome.ignored:
            continue
        counts[decision.choice] = counts.get(decision.choice, 0) + 1
        values: Mapping[str, Any] = {
            "fingerprint": proposal.fingerprint,
            "choice": decision.choice,
            "path": outcome.kept.get(proposal.item, ""),
            "source": proposal.source,
            "origin_id": proposal.candidate.origin_id,
            "actor": session.actor,
            "at": session.now,
        }
        PrefillDecision.objects.update_or_create(document=session.version.document, item=proposal.item, defaults=values)
    if counts:
        version = session.version
        audit.record(
            actor=session.actor,
            action="document.prefilled",
            subject=f"document:{version.document_id}",
            patient_id=version.document.patient_id,
            version=version.number,
            sources=origins_of([proposal for proposal, _decision in decided]),
            **counts,
        )
