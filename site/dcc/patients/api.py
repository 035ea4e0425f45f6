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
call (:func:`check_header` and :func:`recognise` write nothing). Documents carry
:func:`patient_snapshot`, whose ``ins`` is set for a qualified identity only. ``IdentityChanged`` is published whenever
traits, INS or status change.
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
from dcc.patients.ins import check_authority, check_matricule
from dcc.patients.intake import Registration, check_header, recognise, register_from_header
from dcc.patients.queries import Change, PatientFile, changes_of, followed_by, history, open_patient, patient_snapshot, snapshots
from dcc.patients.registration import adopt_patient, candidates, create_patient
from dcc.patients.search import Found, Line, search
from dcc.patients.team import TeamMember, care_team, join_team, leave_team, mask_patient, unmask_patient
from dcc.patients.traits import LABELS as FIELD_LABELS
from dcc.patients.traits import IdentityErrors

__all__ = [
    "FIELD_LABELS",
    "REASONS",
    "VERDICTS",
    "CandidatesFound",
    "Change",
    "DuplicateCandidate",
    "Found",
    "Glass",
    "IdentityConflict",
    "IdentityErrors",
    "InsWouldBeLost",
    "Line",
    "NobodyExactly",
    "PatientFile",
    "Registration",
    "StaleIdentity",
    "TeamMember",
    "UnknownPatient",
    "add_local_identifier",
    "adopt_patient",
    "break_glass",
    "candidates",
    "care_team",
    "cares_for",
    "changes_of",
    "characters",
    "check_authority",
    "check_header",
    "check_matricule",
    "create_patient",
    "current_id",
    "followed_by",
    "glasses_of",
    "history",
    "identify",
    "is_masked",
    "is_tied",
    "join_team",
    "leave_team",
    "mask_patient",
    "masked_patients",
    "may_with",
    "open_glasses",
    "open_patient",
    "patient_snapshot",
    "recognise",
    "register_from_header",
    "review_glass",
    "search",
    "set_attributes",
    "snapshots",
    "tied_patients",
    "to_review",
    "unmask_patient",
    "update_contact_details",
    "update_identity",
]
