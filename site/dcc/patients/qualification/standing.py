"""Where an identity stands: what it holds, what is missing, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.patients import access
from dcc.patients.models import Patient
from dcc.patients.qualification import catalogue
from dcc.patients.qualification.covering import Cover, cover_of
from dcc.patients.qualification.models import InsOfHistory, Proposal, Qualification, Reconciliation, Wait
from dcc.patients.qualification.policy import Policy
from dcc.patients.qualification.process import same_ins
from dcc.patients.qualification.regional import policy
from dcc.patients.qualification.table import Reliability
from dcc.patients.queries import open_patient


@dataclass(frozen=True, slots=True)
class ProposedTraits:
    """What INSi answered and a person is to confirm."""

    id: UUID
    traits: IdentityTraits
    ins: InstanceId
    at: datetime
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class KeptProof:
    """A justificatif that holds: code, French words, level, how it came, when, and who saw it."""

    kind: str
    words: str
    level: str
    origin: str
    at: datetime
    actor_id: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An identity on its way to *qualifiée*.

    ``retrieved`` and ``checked`` are the two bits; ``next`` is the one next step: ``""`` (qualified), ``clause``, ``insi``,
    ``confirmation``, ``justificatif``, ``correction``, ``doublon``, ``doute`` (:class:`Wait`); ``may``: the reader may take it.
    ``clause`` answers for her in ``facility_id``. ``proofs`` may be chosen: none is beforehand.
    """

    patient_id: UUID
    revision: int
    status: str
    retrieved: bool
    checked: bool
    next: str
    may: bool
    facility_id: UUID | None
    clause: Cover
    homonym: bool = False
    doubtful: bool = False
    fictitious: bool = False
    proposal: ProposedTraits | None = None
    proofs: Sequence[catalogue.Kind] = ()
    kept_proofs: Sequence[KeptProof] = ()
    source: str = ""
    fault: str = ""
    code: str = ""
    asked_at: datetime | None = None
    questions: Sequence[UUID] = ()
    duplicates: Sequence[UUID] = ()

    @property
    def may_ask(self) -> bool:
        """Whether :func:`ask_insi` would ask now, for this reader: the same conditions."""
        open_to_insi = not (self.retrieved or self.doubtful or self.fictitious)
        return self.may and open_to_insi and (self.clause.present or not self.checked)

    @property
    def may_prove(self) -> bool:
        """Whether :func:`record_proof` would keep a justificatif now, for this reader."""
        return self.may and self.clause.present and not (self.checked or self.doubtful or self.fictitious)


@dataclass(frozen=True, slots=True)
class InsiAnswer:
    """An identity that INSi gave, and what was answered: ``state`` of :class:`Proposal`, its French words, by whom and when."""

    at: datetime
    traits: IdentityTraits
    ins: InstanceId
    state: str
    words: str
    answered_by: UUID | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastIns:
    """A matricule of the history that INSi gave; days as it writes them."""

    ins: InstanceId
    begins: str
    ends: str


def insi_answers(patient_id: UUID) -> Sequence[InsiAnswer]:
    """What INSi gave of a patient whose file was opened, newest first."""
    return [
        InsiAnswer(
            row.at,
            IdentityTraits(**row.traits),
            InstanceId(row.oid, row.matricule),
            row.state,
            str(row.get_state_display()),
            row.answered_by,
            row.answered_at,
        )
        for row in Proposal.objects.filter(patient=patient_id).order_by("-at")
    ]


def ins_history(patient_id: UUID) -> Sequence[PastIns]:
    """The history of the INS of a patient whose file was opened, as INSi gave it (EXI REC 08)."""
    rows = InsOfHistory.objects.filter(patient=patient_id)
    return [PastIns(InstanceId(row.oid, row.matricule), row.begins, row.ends) for row in rows]


def brief_next(patient_id: UUID, status: str, *, doubtful: bool) -> str:
    """The next step for a banner, in one query: what the open process waits for, else the first missing of the two bits."""
    if doubtful:
        return Wait.DOUBT
    if Reliability(status) is Reliability.QUAL:
        return ""
    waits = Qualification.objects.filter(patient=patient_id, closed_at=None).values_list("waits", flat=True).first()
    return waits or (Wait.PROOF if Reliability(status).retrieved else Wait.INSI)


@transaction.atomic
def standing(*, actor: accounts.User, patient_id: UUID, facility_id: UUID | None = None) -> Standing:
    """Where the identity of a patient stands for ``actor``, in one of her facilities; the opening is traced as any other.

    Raises ``UnknownPatient``, ``PermissionDenied``.
    """
    open_patient(actor=actor, patient_id=patient_id, via="identity", brief=True)
    return standing_of(Patient.objects.get(pk=patient_id), actor, facility_id)


def standing_of(patient: Patient, actor: accounts.User, facility_id: UUID | None = None) -> Standing:
    """As :func:`standing`, of a patient whose opening was decided and traced."""
    region = policy()
    place = facility_id or _place(actor, patient)
    cover = cover_of(actor, place, region) if place else Cover(False)
    process = patient.qualifications.filter(closed_at=None).first()
    proposal = patient.proposals.filter(state=Proposal.State.PENDING).first()
    status = Reliability(patient.status)
    return Standing(
        patient_id=patient.pk,
        revision=patient.revision,
        status=patient.status,
        retrieved=status.retrieved,
        checked=status.checked,
        next=_next(patient, process, cover),
        may=access.may(actor, Action.QUALIFY_IDENTITY, patient),
        facility_id=place,
        clause=cover,
        homonym=patient.homonym,
        doubtful=patient.doubtful,
        fictitious=patient.fictitious,
        proposal=_proposed(proposal) if proposal else None,
        proofs=catalogue.offered(region),
        kept_proofs=_kept(patient, region),
        questions=tuple(patient.reconciliations.filter(state=Reconciliation.State.PENDING).values_list("pk", flat=True)),
        duplicates=tuple(same_ins(patient)),
        source=process.source if process else "",
        fault=process.fault if process else "",
        code=process.code if process else "",
        asked_at=process.asked_at if process else None,
    )


def _place(actor: accounts.User, patient: Patient) -> UUID | None:
    """The facility of the actor in whose name she acts: one that follows the patient, else any of hers."""
    posts = [post.facility_id for post in accounts.rights(actor).posts if post.facility_id is not None]
    following = set(patient.followings.filter(facility__in=posts).values_list("facility_id", flat=True))
    return next((one for one in posts if one in following), posts[0] if posts else None)


def _next(patient: Patient, process: Qualification | None, cover: Cover) -> str:
    """The step: that of the open process, unless the clause of the reader goes further; of an identity never begun, the first."""
    status = Reliability(patient.status)
    if patient.doubtful or patient.fictitious:
        return Wait.DOUBT
    if status is Reliability.QUAL:
        return ""
    if process is not None and process.waits and process.waits != Wait.CLAUSE:
        return process.waits
    if status is Reliability.RECUP:
        return Wait.PROOF if cover.present else Wait.CLAUSE
    if process is None or cover.present:
        return Wait.INSI if cover.present or not status.checked else Wait.CLAUSE
    return Wait.CLAUSE


def _proposed(row: Proposal) -> ProposedTraits:
    return ProposedTraits(row.pk, IdentityTraits(**row.traits), InstanceId(row.oid, row.matricule), row.at, tuple(row.remarks))


def _kept(patient: Patient, region: Policy) -> Sequence[KeptProof]:
    kept = []
    for row in patient.proofs.filter(ended_at=None):
        kind = catalogue.kind_of(row.kind, region)
        kept.append(KeptProof(row.kind, kind.words if kind else row.kind, row.level, row.origin, row.at, row.actor_id))
    return kept
