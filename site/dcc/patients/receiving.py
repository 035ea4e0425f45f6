"""What a flow does once it is known whose it is: the patient is created or completed, followed, and its process goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.patients.details import add_identifiers, write_contacts, write_details
from dcc.patients.index import reindex
from dcc.patients.models import Patient
from dcc.patients.pictures import record_revision, write_identity
from dcc.patients.qualification.models import Origin
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
    changed = (not created and _completed(patient, flow, read.identity)) or changed
    add_identifiers(patient, flow.header.identifiers)
    if created:
        record_revision(patient, actor=flow.actor, reason=flow.reason, action="patient.created")
    elif changed or known != set(patient.identifiers.values_list("root", "extension")):
        record_revision(patient, actor=flow.actor, reason=flow.reason, action="patient.changed")
    follow(patient, flow.facility_id, actor=flow.actor)
    reindex(patient)
    return Registration(patient.pk, outcome)


def _completed(patient: Patient, flow: Flow, identity: Identity) -> bool:
    """What a flow of identities says beside the strict traits fills what is empty, and replaces nothing (decision 0280)."""
    if flow.source != Origin.HL7:
        return False
    header = flow.header
    said = {
        "used_name": identity.used_name,
        "used_given_name": identity.used_given_name,
        "birth_place_name": identity.traits.birth_place_name if _same_place(patient, identity) else "",
    }
    filled = {name: value for name, value in said.items() if value and not getattr(patient, name)}
    for name, value in filled.items():
        setattr(patient, name, value)
    address, telecoms = patient.address or header.address, patient.telecoms or header.telecoms
    details = bool(address and not patient.address) or bool(telecoms and not patient.telecoms)
    if details:
        _write_details(patient, address, telecoms)
    if filled or details:
        patient.save()
    return bool(filled) or details


def _same_place(patient: Patient, identity: Identity) -> bool:
    return bool(patient.birth_place_code) and patient.birth_place_code == identity.traits.birth_place_code


def _write_details(patient: Patient, address: Mapping[str, Any] | None, telecoms: Sequence[Mapping[str, str]]) -> None:
    try:
        write_details(patient, address=address, telecoms=telecoms)
    except IdentityErrors as error:
        raise Refused(_("Identité du patient illisible dans l'en-tête : %(why)s") % {"why": error}) from error


def _created(flow: Flow, identity: Identity) -> Patient:
    header = flow.header
    patient = Patient(origin=flow.source, doubtful=flow.attribute == "douteuse", fictitious=flow.attribute == "fictive")
    write_identity(patient, identity)
    _write_details(patient, header.address, header.telecoms)
    patient.save(force_insert=True)
    try:
        write_contacts(patient, header.related)
    except IdentityErrors as error:
        raise Refused(_("Identité du patient illisible dans l'en-tête : %(why)s") % {"why": error}) from error
    return patient
