"""The door of every flow of identities: received document, contextual call, datamatrix, HL7 message.

A header never lowers a local identity, and a contradiction is a question for a person, kept until she answers it. What a flow
brings towards *qualifiée* is the table of :mod:`dcc.patients.qualification`. An INS in a CDA header is a qualified identity: no
status travels in CDA, its presence says it (EXI ID 29).
"""

from __future__ import annotations

import re
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dcc.accounts import api as accounts
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients.access import locked_patient
from dcc.patients.errors import IdentityConflict
from dcc.patients.qualification.models import Origin
from dcc.patients.qualification.reconciling import answered, asked, keep_conflict
from dcc.patients.qualification.table import CREATE, KEEP, Answer, Match, Reliability
from dcc.patients.receiving import Flow, Read, Registration, apply_flow
from dcc.patients.recognising import read_header, recognised
from dcc.patients.registration import one_at_a_time

_PROOF = re.compile(r"[A-Za-z]{1,10}\Z", re.ASCII)


def register_from_header(
    *,
    actor: accounts.User | None,
    facility_id: UUID,
    header: PatientSnapshot,
    source: str = "cda",
    received: str | None = None,
    proof: str = "",
    attribute: str = "",
    reason: str = "import",
) -> Registration:
    """The patient of a flow, followed by ``facility_id`` from now on; his qualification goes on by the table.

    Same INS (OID and matricule): same patient. Otherwise same local identifier, then same strict traits. Otherwise a new one.
    ``actor`` is nothing when the platform itself receives. ``source`` is ``cda``, ``call``, ``datamatrix`` or ``hl7``;
    ``received`` the status that the flow gives (default: *qualifiée* with an INS, else *provisoire*; a call is never more than
    *provisoire*, decision 0234), ``proof`` the code of its justificatif (blank: unknown), ``attribute`` what the sender says of
    the identity (``douteuse``, ``fictive``): it then brings nothing.

    Raises ``Refused`` in French when the header cannot be read, ``PermissionDenied`` when the actor may not create patients in
    the facility, and :class:`IdentityConflict` for what contradicts what is known: its ``reconciliation_id`` waits for a person
    (whoever undoes the transaction around calls :func:`keep_conflict` afterwards), whose answer lets the same header through.
    """
    if actor is not None and not accounts.may(actor, accounts.Action.CREATE_PATIENT, facility_ids=[facility_id]):
        raise PermissionDenied
    flow = Flow(
        actor, facility_id, header, Origin(source).value, _status(header, source, received), _code(proof), reason, attribute
    )
    read = read_header(header)
    for last_try in (False, True):
        try:
            with transaction.atomic():
                return _register(flow, read)
        except IntegrityError:  # the same document was received twice at once: the other one is there now
            if last_try:
                raise
        except IdentityConflict as conflict:
            keep_conflict(conflict)
            raise
    raise AssertionError  # the loop returns or raises


def recognise(header: PatientSnapshot) -> UUID | None:
    """The patient whom a header means, by the rules of :func:`register_from_header`; nothing is written, nobody is created.

    What may be shown of the patient is for the caller to ask. Raises ``Refused`` and :class:`IdentityConflict` likewise.
    """
    with transaction.atomic():
        found = recognised(read_header(header), header.identifiers)
    if found.candidates:
        raise IdentityConflict(found.why, patient_id=found.candidates[0].pk, fields=found.fields)
    return found.patient.pk if found.patient else None


def check_header(header: PatientSnapshot) -> None:
    """Raises ``Refused`` in French when traits or INS of a header cannot be read."""
    read_header(header)


def _status(header: PatientSnapshot, source: str, received: str | None) -> Reliability:
    if source == Origin.CALL:
        return Reliability.PROV
    if received is not None:
        return Reliability(received)
    return Reliability.QUAL if header.ins else Reliability.PROV


def _code(proof: str) -> str:
    return proof if _PROOF.match(proof) else ""


def _register(flow: Flow, read: Read) -> Registration:
    one_at_a_time(read.identity.traits)
    near_in = None if flow.source == Origin.CALL else flow.facility_id
    found = recognised(read, flow.header.identifiers, near_in=near_in)
    if not found.candidates:
        match: Match = "identique" if found.patient else "absente"
        return apply_flow(flow, read, found.patient, outcome=found.outcome, match=match)
    question = answered(flow, read, found)
    if question is None or question.outcome is None:
        raise asked(flow, read, found)
    patient = locked_patient(question.outcome.pk)
    answer: Answer = CREATE if question.state == question.State.CREATED else KEEP
    return apply_flow(flow, read, patient, outcome="reconciled", match="incoherente", answer=answer)
