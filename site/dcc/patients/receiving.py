"""What a flow does once it is known whose it is: the patient is created or completed, followed, and its process goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.patients.details import add_identifiers, write_contacts, write_details
from dcc.patients.index import reindex
from dcc.patients.models import Patient
from dcc.patients.pictures import record_revision, write_identity
from dcc.patients.qualification.process import Arrival, begin
from dcc.patients.qualification.table import Answer, Match, Reliability
from dcc.patients.registration import follow
from dcc.patients.traits import Identity, IdentityErrors

Outcome = Literal["created", "ins", "traits", "identifier", "reconciled"]


@dataclass(frozen=True, slots=True)
class Registration:
    """Whose document it is, and how that was known: created, or recognised by INS, traits, local identifier, or by a person."""

    patient_id: UUID
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Flow:
    """What arrived, for whom, and what it says: status received, code of the justificatif (blank: unknown)."""

    actor: accounts.User | None
    facility_id: UUID
    header: PatientSnapshot
    source: str
    received: Reliability
    proof: str = ""
    reason: str = "import"
    attribute: str = ""
    """``douteuse`` or ``fictive``, when the sender says so of the identity: it brings nothing towards *qualifiée*."""


@dataclass(frozen=True, slots=True)
class Read:
    """The header of a flow, read: identity in INSi characters, INS that was checked."""

    identity: Identity
    ins: InstanceId | None


def apply_flow(
    flow: Flow, read: Read, patient: Patient | None, *, outcome: Outcome, match: Match, answer: Answer = ""
) -> Registration:
    """Do what a flow does to a patient (locked; nothing: a new one). Inside a transaction; raises ``Refused`` in French."""
    created = patient is None
    patient = patient or _created(flow, read.identity)
    arrival = Arrival(
        flow.actor,
        flow.facility_id,
        flow.source,
        traits=read.identity.traits,
        received=flow.received,
        proof=flow.proof,
        ins=read.ins,
        match=match,
        answer=answer,
    )
    changed = not flow.attribute and begin(patient, arrival)
    known = set() if created else set(patient.identifiers.values_list("root", "extension"))
    add_identifiers(patient, flow.header.identifiers)
    if created:
        record_revision(patient, actor=flow.actor, reason=flow.reason, action="patient.created")
    elif changed or known != set(patient.identifiers.values_list("root", "extension")):
        record_revision(patient, actor=flow.actor, reason=flow.reason, action="patient.changed")
    follow(patient, flow.facility_id, actor=flow.actor)
    reindex(patient)
    return Registration(patient.pk, outcome)


def _created(flow: Flow, identity: Identity) -> Patient:
    header = flow.header
    patient = Patient(origin=flow.source, doubtful=flow.attribute == "douteuse", fictitious=flow.attribute == "fictive")
    write_identity(patient, identity)
    try:
        write_details(patient, address=header.address, telecoms=header.telecoms)
        patient.save(force_insert=True)
        write_contacts(patient, header.related)
    except IdentityErrors as error:
        raise Refused(_("Identité du patient illisible dans l'en-tête : %(why)s") % {"why": error}) from error
    return patient
