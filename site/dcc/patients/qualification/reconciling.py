"""An identity received that contradicts what is known: kept with its question until a person answers, once (R-136, R-156)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import access
from dcc.patients.errors import IdentityConflict, Question, StaleIdentity
from dcc.patients.homonyms import mark_homonyms
from dcc.patients.matching import conflicts
from dcc.patients.models import Patient
from dcc.patients.pictures import snapshot_of, traits_of
from dcc.patients.qualification.errors import AlreadyAnswered
from dcc.patients.qualification.guiding import suggestion
from dcc.patients.qualification.headers import read_back, written
from dcc.patients.qualification.models import Reconciliation
from dcc.patients.qualification.table import CREATE, KEEP, Reliability
from dcc.patients.receiving import Flow, Read, apply_flow
from dcc.patients.recognising import Recognised, read_header
from dcc.patients.registration import one_at_a_time
from dcc.patients.traits import IdentityErrors


@dataclass(frozen=True, slots=True)
class Side:
    """A patient whom a received identity may be. ``snapshot`` is nothing when the reader may not open him; ``fields`` differ."""

    patient_id: UUID
    snapshot: PatientSnapshot | None
    fields: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A question side by side: what was received, whom it may be, where it stands and what came of it."""

    id: UUID
    revision: int
    facility_id: UUID
    source: str
    received: str
    proof: str
    attribute: str
    why: str
    state: str
    received_at: datetime
    header: PatientSnapshot
    sides: Sequence[Side] = ()
    outcome_id: UUID | None = None
    answered_by: UUID | None = None
    answered_at: datetime | None = None
    reason: str = ""
    insi_code: str = ""
    suggestion: str = ""
    """What INSi's answer suggests, where the region has it asked before (``conserver``, ``creer``), and whom it means."""
    suggested_id: UUID | None = None


def fingerprint(flow: Flow, read: Read, candidate_ids: Collection[UUID]) -> str:
    """What makes a question the same: what was received, in which facility, and whom it may be."""
    ins = f"{read.ins.root}|{read.ins.extension}" if read.ins else ""
    header = written(PatientSnapshot(None, read.identity.traits, "provisoire", identifiers=tuple(flow.header.identifiers)))
    known = [str(flow.facility_id), flow.received.value, ins, header, sorted(str(one) for one in candidate_ids)]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def answered(flow: Flow, read: Read, found: Recognised) -> Reconciliation | None:
    """The question, once a person answered it: the answer stays, also when whom it may be has grown by what she created."""
    ids = {one.pk for one in found.candidates}
    rows = Reconciliation.objects.exclude(state=Reconciliation.State.PENDING).select_related("outcome")
    if (row := rows.filter(fingerprint=fingerprint(flow, read, ids)).first()) is not None:
        return row
    for row in rows.filter(outcome__in=ids, facility_id=flow.facility_id):
        asked_of = set(row.candidates.values_list("pk", flat=True))
        if ids - {row.outcome_id} <= asked_of and row.fingerprint == fingerprint(flow, read, asked_of):
            return row
    return None


def asked(flow: Flow, read: Read, found: Recognised) -> IdentityConflict:
    """The question of a contradictory flow, to be raised; :func:`keep_conflict` writes it once the transaction is undone."""
    ids = [one.pk for one in found.candidates]
    mark = fingerprint(flow, read, ids)
    known = Reconciliation.objects.filter(fingerprint=mark).values_list("pk", flat=True).first()
    columns = {
        "fingerprint": mark,
        "facility_id": flow.facility_id,
        "actor_id": flow.actor.pk if flow.actor else None,
        "source": flow.source,
        "header": written(flow.header),
        "received": flow.received.value,
        "proof": flow.proof,
        "attribute": flow.attribute,
        "why": found.why[:300],
    }
    question = Question(known or uuid4(), columns, ids)
    return IdentityConflict(found.why, patient_id=ids[0], fields=found.fields, question=question)


def keep_conflict(conflict: IdentityConflict) -> None:
    """Keep the question of a contradictory flow, once. Whoever undid the transaction calls it afterwards."""
    question = conflict.question
    if question is None or Reconciliation.objects.filter(pk=question.id).exists():
        return
    try:
        with transaction.atomic():
            row = Reconciliation.objects.create(id=question.id, **question.columns)
            row.candidates.set(Patient.objects.filter(pk__in=question.candidate_ids))
            audit.record(
                actor=None,
                action="identity.question_kept",
                subject=f"reconciliation:{row.pk}",
                facility_id=row.facility_id,
                source=row.source,
                received=row.received,
                by=row.actor_id,
                patients=list(question.candidate_ids),
            )
    except IntegrityError:  # the same arrived twice at once: the other one is kept
        known = Reconciliation.objects.get(fingerprint=question.columns["fingerprint"])
        conflict.question = Question(known.pk, question.columns, question.candidate_ids)


def answered_questions(reconciliation_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these questions that a person has answered, for a flow that waits for them; names nobody."""
    rows = Reconciliation.objects.filter(pk__in=reconciliation_ids).exclude(state=Reconciliation.State.PENDING)
    return frozenset(rows.values_list("pk", flat=True))


def waiting(actor: accounts.User) -> QuerySet[Reconciliation]:
    """The questions that wait for the actor: of her facilities, or about patients whom she may reconcile."""
    mine = Q(facility__in=accounts.rights(actor).facilities(Action.RECONCILE_IDENTITY))
    theirs = Q(candidates__in=Patient.objects.filter(access.within(actor, Action.RECONCILE_IDENTITY)))
    rows = Reconciliation.objects.filter(mine | theirs, state=Reconciliation.State.PENDING)
    return rows.distinct().order_by("received_at", "pk")


@transaction.atomic
def reconciliations(actor: accounts.User) -> Sequence[Reconciled]:
    """The identities to reconcile, oldest first, without their sides; that they were shown is traced."""
    rows = list(waiting(actor)[:200])
    audit.record(actor=actor, action="identity.listed", subject="reconciliations:pending", count=len(rows))
    return [_view(row) for row in rows]


@transaction.atomic
def reconciliation(actor: accounts.User, reconciliation_id: UUID) -> Reconciled:
    """A question side by side, answered or not; each patient shown is traced. Raises ``LookupError``, ``PermissionDenied``."""
    row = Reconciliation.objects.filter(pk=reconciliation_id).first()
    if row is None:
        raise LookupError(_("Identité à rapprocher inconnue"))
    candidates = list(row.candidates.order_by("created_at"))
    _check_may(actor, row, candidates)
    header = read_back(row.header)
    sides = [_side(actor, header, patient) for patient in candidates]
    shown = [side.patient_id for side in sides if side.snapshot]
    audit.record_list(actor=actor, action="identity.compared", subject=f"reconciliation:{row.pk}", patient_ids=shown)
    return _view(row, sides)


def _check_may(actor: accounts.User, row: Reconciliation, candidates: Sequence[Patient]) -> None:
    if accounts.may(actor, Action.RECONCILE_IDENTITY, facility_ids=[row.facility_id]):
        return
    if not any(access.may(actor, Action.RECONCILE_IDENTITY, patient) for patient in candidates):
        raise PermissionDenied


def _side(actor: accounts.User, header: PatientSnapshot, patient: Patient) -> Side:
    if not access.may(actor, Action.OPEN_PATIENT, patient):
        return Side(patient.pk, None)
    return Side(patient.pk, snapshot_of(patient), tuple(conflicts(read_header(header).identity.traits, traits_of(patient))))


def _view(row: Reconciliation, sides: Sequence[Side] = ()) -> Reconciled:
    advice, whom = suggestion(row)
    return Reconciled(
        id=row.pk,
        revision=row.revision,
        facility_id=row.facility_id,
        source=row.source,
        received=row.received,
        proof=row.proof,
        attribute=row.attribute,
        why=row.why,
        state=row.state,
        received_at=row.received_at,
        header=read_back(row.header),
        sides=sides,
        outcome_id=row.outcome_id,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        reason=row.reason,
        insi_code=row.insi_code,
        suggestion=advice,
        suggested_id=whom,
    )


@transaction.atomic
def answer_reconciliation(
    *,
    actor: accounts.User,
    reconciliation_id: UUID,
    expected_revision: int,
    answer: str,
    reason: str,
    patient_id: UUID | None = None,
) -> UUID:
    """Say whether a received identity is the known patient (``conserver``) or somebody else (``creer``), once; gives the patient.

    ``patient_id`` says which of several candidates is kept. Raises ``AlreadyAnswered`` to whoever comes second,
    ``StaleIdentity``, ``IdentityErrors`` (``answer``, ``reason``, ``patient_id``), ``LookupError``, ``PermissionDenied`` (also
    to keep a patient whom she may not open).
    """
    row = Reconciliation.objects.select_for_update().filter(pk=reconciliation_id).first()
    if row is None:
        raise LookupError(_("Identité à rapprocher inconnue"))
    candidates = list(row.candidates.order_by("created_at"))
    _check_may(actor, row, candidates)
    if row.state != Reconciliation.State.PENDING:
        raise AlreadyAnswered
    if row.revision != expected_revision:
        raise StaleIdentity
    kept = _kept(actor, candidates, answer, reason, patient_id)
    row.outcome_id = _applied(actor, row, kept, candidates)
    row.state, row.reason, row.answered_by, row.answered_at = answer, reason.strip(), actor.pk, timezone.now()
    row.revision += 1
    row.save()
    audit.record(
        actor=actor,
        action="identity.reconciled",
        subject=f"reconciliation:{row.pk}",
        patient_id=row.outcome_id,
        answer=answer,
        patients=[one.pk for one in candidates],
    )
    return row.outcome_id


def _kept(
    actor: accounts.User, candidates: Sequence[Patient], answer: str, reason: str, patient_id: UUID | None
) -> Patient | None:
    """The patient that is kept; nothing when one is created."""
    errors = {}
    if answer not in (KEEP, CREATE):
        errors["answer"] = _("Conserver ou créer")
    if not reason.strip() or len(reason) > 500:
        errors["reason"] = _("À renseigner, 500 caractères au plus")
    chosen = [one for one in candidates if patient_id in (None, one.pk)]
    if answer == KEEP and len(chosen) != 1:
        errors["patient_id"] = _("Choisir le patient conservé")
    if errors:
        raise IdentityErrors(errors)
    if answer == CREATE:
        return None
    if not access.may(actor, Action.OPEN_PATIENT, chosen[0]):
        raise PermissionDenied(_("Ce patient n'est pas suivi par vos structures : une personne qui l'est doit répondre"))
    return chosen[0]


def _applied(actor: accounts.User, row: Reconciliation, kept: Patient | None, candidates: Sequence[Patient]) -> UUID:
    """Do with the received identity what a person decided, in her name."""
    header = read_back(row.header)
    read = read_header(header)
    one_at_a_time(read.identity.traits)
    flow = Flow(actor, row.facility_id, header, row.source, Reliability(row.received), row.proof, "rapprochement", row.attribute)
    if kept is not None:
        patient = access.locked_patient(kept.pk)
        return apply_flow(flow, read, patient, outcome="reconciled", match="incoherente", answer=KEEP).patient_id
    created = apply_flow(flow, read, None, outcome="created", match="incoherente", answer=CREATE).patient_id
    twins = [one.pk for one in candidates if not conflicts(read.identity.traits, traits_of(one))]
    mark_homonyms([created, *twins] if twins else [], actor=actor)
    return created
