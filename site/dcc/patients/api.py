"""The door of the patients room.

A search sees the actor's facilities only; opening a file is traced::

    from dcc.patients import api as patients

    found = patients.search(actor=user, text="dupont marie 1960")     # names, birth date, INS matricule or local number
    file = patients.open_patient(actor=user, patient_id=found.lines[0].patient_id)

Creating looks for the same person first, and the user decides::

    try:
        patients.create_patient(actor=user, facility_id=facility.pk, traits=typed)
    except patients.IdentityErrors as error:                          # error.fields: {"birth_date": "Cette date n'existe pas"}
        ...
    except patients.CandidatesFound as found:                         # show found.candidates, then either
        patients.adopt_patient(actor=user, facility_id=facility.pk, patient_id=chosen, traits=typed)
        patients.create_patient(..., despite=[c.patient_id for c in found.candidates])

Corrections (:func:`update_identity`, :func:`set_attributes`, :func:`update_contact_details`, :func:`add_local_identifier`)
take the revision that was shown; they raise ``StaleIdentity`` when somebody was faster, and ``InsWouldBeLost`` when the user
must first agree to lose the INS. The import of a document calls :func:`register_from_header`, and so does a contextual
call (:func:`check_header` and :func:`recognise` write nothing).

How an identity becomes *qualifiée* is a process that waits and goes on by itself; :func:`standing` says where it is and the one
next step, which is one of :func:`ask_insi`, :func:`accept_insi` or :func:`refuse_insi`, :func:`record_proof`. What a flow brings
in contradiction waits for :func:`answer_reconciliation`; :func:`to_do` lists what waits for a person::

    where = patients.standing(actor=user, patient_id=patient_id)         # where.next: "insi"
    answered = patients.ask_insi(actor=user, facility_id=place, patient_id=patient_id, expected_revision=where.revision)
    where = patients.standing(actor=user, patient_id=patient_id)         # where.next: "confirmation", where.proposal
    patients.accept_insi(..., proposal_id=where.proposal.id, first_given_name="JEAN-CLAUDE")

Documents carry :func:`patient_snapshot`, whose ``ins`` is set for a qualified identity only. ``IdentityChanged`` is published
whenever traits, INS or status change.
"""

from dcc.patients import characters
from dcc.patients.access import cares_for, current_id, is_masked, is_tied, masked_patients, may_with, tied_patients
from dcc.patients.changes import add_local_identifier, set_attributes, update_contact_details, update_identity
from dcc.patients.errors import (
    CandidatesFound,
    DuplicateCandidate,
    IdentityConflict,
    InsWouldBeLost,
    StaleIdentity,
    UnknownPatient,
)
from dcc.patients.glass import (
    REASONS,
    VERDICTS,
    Glass,
    NobodyExactly,
    break_glass,
    glasses_of,
    open_glasses,
    review_glass,
    to_review,
)
from dcc.patients.identifying import identify
from dcc.patients.ins import check_authority, check_matricule, key_fits
from dcc.patients.intake import check_header, recognise, register_from_header
from dcc.patients.matching import conflicts
from dcc.patients.qualification.asking import Answered, ask_insi
from dcc.patients.qualification.catalogue import CATALOGUE as PROOFS
from dcc.patients.qualification.catalogue import Kind as ProofKind
from dcc.patients.qualification.confirming import accept_insi, refuse_insi
from dcc.patients.qualification.covering import Cover
from dcc.patients.qualification.deciding import Decision
from dcc.patients.qualification.errors import AlreadyAnswered, ClauseMissing
from dcc.patients.qualification.foreseeing import foreseen
from dcc.patients.qualification.guiding import guide_reconciliation
from dcc.patients.qualification.models import Origin, Wait
from dcc.patients.qualification.playing import play_qualified
from dcc.patients.qualification.policy import LOWER, BadPolicy, Policy
from dcc.patients.qualification.proving import record_proof
from dcc.patients.qualification.reconciling import (
    Reconciled,
    Side,
    answer_reconciliation,
    answered_questions,
    keep_conflict,
    reconciliation,
    reconciliations,
)
from dcc.patients.qualification.regional import PolicyEdition, change_policy, policy, policy_edition, policy_history
from dcc.patients.qualification.standing import (
    InsiAnswer,
    KeptProof,
    PastIns,
    ProposedTraits,
    Standing,
    brief_next,
    ins_history,
    insi_answers,
    standing,
)
from dcc.patients.qualification.table import LINES as DECISION_LINES
from dcc.patients.qualification.table import Reliability
from dcc.patients.qualification.worklist import ToDo, count_to_do, to_do
from dcc.patients.queries import Change, PatientFile, changes_of, followed_by, history, open_patient, patient_snapshot, snapshots
from dcc.patients.receiving import Registration
from dcc.patients.registration import adopt_patient, candidates, create_patient
from dcc.patients.search import Found, Line, search
from dcc.patients.team import TeamMember, care_team, join_team, leave_team, mask_patient, unmask_patient
from dcc.patients.traits import LABELS as FIELD_LABELS
from dcc.patients.traits import IdentityErrors

__all__ = [
    "DECISION_LINES",
    "FIELD_LABELS",
    "LOWER",
    "PROOFS",
    "REASONS",
    "VERDICTS",
    "AlreadyAnswered",
    "Answered",
    "BadPolicy",
    "CandidatesFound",
    "Change",
    "ClauseMissing",
    "Cover",
    "Decision",
    "DuplicateCandidate",
    "Found",
    "Glass",
    "IdentityConflict",
    "IdentityErrors",
    "InsWouldBeLost",
    "InsiAnswer",
    "KeptProof",
    "Line",
    "NobodyExactly",
    "Origin",
    "PastIns",
    "PatientFile",
    "Policy",
    "PolicyEdition",
    "ProofKind",
    "ProposedTraits",
    "Reconciled",
    "Registration",
    "Reliability",
    "Side",
    "StaleIdentity",
    "Standing",
    "TeamMember",
    "ToDo",
    "UnknownPatient",
    "Wait",
    "accept_insi",
    "add_local_identifier",
    "adopt_patient",
    "answer_reconciliation",
    "answered_questions",
    "ask_insi",
    "break_glass",
    "brief_next",
    "candidates",
    "care_team",
    "cares_for",
    "change_policy",
    "changes_of",
    "characters",
    "check_authority",
    "check_header",
    "check_matricule",
    "conflicts",
    "count_to_do",
    "create_patient",
    "current_id",
    "followed_by",
    "foreseen",
    "glasses_of",
    "guide_reconciliation",
    "history",
    "identify",
    "ins_history",
    "insi_answers",
    "is_masked",
    "is_tied",
    "join_team",
    "keep_conflict",
    "key_fits",
    "leave_team",
    "mask_patient",
    "masked_patients",
    "may_with",
    "open_glasses",
    "open_patient",
    "patient_snapshot",
    "play_qualified",
    "policy",
    "policy_edition",
    "policy_history",
    "recognise",
    "reconciliation",
    "reconciliations",
    "record_proof",
    "refuse_insi",
    "register_from_header",
    "review_glass",
    "search",
    "set_attributes",
    "snapshots",
    "standing",
    "tied_patients",
    "to_do",
    "to_review",
    "unmask_patient",
    "update_contact_details",
    "update_identity",
]
