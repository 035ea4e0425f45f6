"""Recognising, or creating, the patient of a received document from its header.

An INS in a CDA header is a qualified identity: no status travels in CDA, its presence says it (EXI ID 29). The trust clause
and the calls to INSi that R-134 to R-144 add belong to the INS plugin; here a header never lowers a local identity, and a
contradiction is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.patients.details import add_identifiers, write_contacts, write_details
from dcc.patients.errors import IdentityConflict
from dcc.patients.index import reindex
from dcc.patients.ins import check_authority, check_matricule
from dcc.patients.matching import conflicts
from dcc.patients.models import LocalIdentifier, Patient, Status
from dcc.patients.pictures import record_revision, today, traits_of, write_identity
from dcc.patients.registration import exact_matches, follow, one_at_a_time
from dcc.patients.traits import LABELS, Identity, IdentityErrors, read_identity


@dataclass(frozen=True, slots=True)
class Registration:
    """Whose document it is, and how that was known: created, or recognised by INS, traits or local identifier."""

    patient_id: UUID
    outcome: Literal["created", "ins", "traits", "identifier"]


def register_from_header(
    *,
    actor: accounts.User | None,
    facility_id: UUID,
    header: PatientSnapshot,
    qualifies: bool = True,
    reason: str = "import",
) -> Registration:
    """The patient of a received document, or of another flow, followed by ``facility_id`` from now on.

    Same INS (OID and matricule): same patient. Otherwise same local identifier, then same strict traits. Otherwise a new one.
    ``actor`` is nothing when the platform itself receives; a flow that does not ``qualifies`` is recognised by its INS and gives
    it to nobody. Raises ``Refused`` in French when the header cannot be read or contradicts what is known
    (:class:`IdentityConflict` names the patient), ``PermissionDenied`` when the actor may not create patients in the facility.
    """
    if actor is not None and not accounts.may(actor, accounts.Action.CREATE_PATIENT, facility_ids=[facility_id]):
        raise PermissionDenied
    identity, ins = _read(header)
    for last_try in (False, True):
        try:
            with transaction.atomic():
                return _register(_Flow(actor, facility_id, header, reason, qualifies), identity, ins)
        except IntegrityError:  # the same document was received twice at once: the other one is there now
            if last_try:
                raise
    raise AssertionError  # the loop returns or raises


def recognise(header: PatientSnapshot) -> UUID | None:
    """The patient whom a header means, by the rules of :func:`register_from_header`; nothing is written, nobody is created.

    What may be shown of the patient is for the caller to ask. Raises ``Refused`` and :class:`IdentityConflict` likewise.
    """
    identity, ins = _read(header)
    with transaction.atomic():
        patient, _outcome = _recognised(identity, ins, header.identifiers)
        if patient is not None:
            _check_no_contradiction(patient, identity, ins)
    return patient.pk if patient else None


def check_header(header: PatientSnapshot) -> None:
    """Raises ``Refused`` in French when traits or INS of a header cannot be read."""
    _read(header)


@dataclass(frozen=True, slots=True)
class _Flow:
    """What arrived, and for whom."""

    actor: accounts.User | None
    facility_id: UUID
    header: PatientSnapshot
    reason: str
    qualifies: bool


def _read(header: PatientSnapshot) -> tuple[Identity, InstanceId | None]:
    try:
        identity = read_identity(
            header.traits, today=today(), used_name=header.used_name, used_given_name=header.used_given_name, lenient=True
        )
        return identity, _checked_ins(header.ins)
    except IdentityErrors as error:
        raise Refused(_("Identité du patient illisible dans l'en-tête : %(why)s") % {"why": error}) from error
    except ValueError as error:
        raise Refused(_("En-tête : %(why)s") % {"why": error}) from error


def _checked_ins(ins: InstanceId | None) -> InstanceId | None:
    if ins is None:
        return None
    check_authority(ins.root, test_allowed=settings.DCC_TEST_IDENTITIES)
    return InstanceId(ins.root, check_matricule(ins.extension or ""))


def _register(flow: _Flow, identity: Identity, ins: InstanceId | None) -> Registration:
    header = flow.header
    one_at_a_time(identity.traits)
    patient, outcome = _recognised(identity, ins, header.identifiers)
    if patient is None:
        patient = _created(header, identity)
        outcome = "created"
    else:
        _check_no_contradiction(patient, identity, ins)
    changed = flow.qualifies and _take_ins(patient, ins)
    known = set(patient.identifiers.values_list("root", "extension")) if outcome != "created" else set()
    add_identifiers(patient, header.identifiers)
    if outcome == "created":
        record_revision(patient, actor=flow.actor, reason=flow.reason, action="patient.created")
    elif changed or known != set(patient.identifiers.values_list("root", "extension")):
        record_revision(patient, actor=flow.actor, reason=flow.reason, action="patient.changed")
    follow(patient, flow.facility_id, actor=flow.actor)
    reindex(patient)
    return Registration(patient.pk, outcome)


def _recognised(
    identity: Identity, ins: InstanceId | None, identifiers: Sequence[InstanceId]
) -> tuple[Patient | None, Literal["created", "ins", "traits", "identifier"]]:
    locked = Patient.objects.select_for_update()
    by_identifier = _by_identifiers(identifiers)
    by_ins = locked.filter(ins_oid=ins.root, ins_matricule=ins.extension).first() if ins else None
    if by_ins and by_identifier and by_ins.pk != by_identifier.pk:
        raise Refused(_("L'INS et l'identifiant local de l'en-tête désignent deux patients différents"))
    if by_ins:
        return by_ins, "ins"
    if by_identifier:
        return locked.get(pk=by_identifier.pk), "identifier"
    same = exact_matches(identity.traits)
    if len(same) > 1:
        raise Refused(_("Plusieurs patients ont les traits de l'en-tête : le document ne dit pas duquel il s'agit"))
    return (locked.get(pk=same[0].pk), "traits") if same else (None, "created")


def _by_identifiers(identifiers: Sequence[InstanceId]) -> Patient | None:
    found = {
        row.patient_id: row.patient
        for identifier in identifiers
        for row in LocalIdentifier.objects.filter(root=identifier.root, extension=identifier.extension or "").select_related(
            "patient"
        )
    }
    if len(found) > 1:
        raise Refused(_("Les identifiants locaux de l'en-tête désignent plusieurs patients"))
    return next(iter(found.values()), None)


def _check_no_contradiction(patient: Patient, identity: Identity, ins: InstanceId | None) -> None:
    fields = conflicts(identity.traits, traits_of(patient))
    if fields:
        names = ", ".join(LABELS[field].lower() for field in fields)
        message = _("L'en-tête désigne un patient déjà connu dont les traits diffèrent : %(fields)s") % {"fields": names}
        raise IdentityConflict(message, patient_id=patient.pk, fields=fields)
    if ins and patient.ins_matricule and (patient.ins_oid, patient.ins_matricule) != (ins.root, ins.extension):
        message = _("L'en-tête donne un autre INS que celui du patient qui a les mêmes traits")
        raise IdentityConflict(message, patient_id=patient.pk, fields=["ins"])


def _take_ins(patient: Patient, ins: InstanceId | None) -> bool:
    """A qualified identity in the header qualifies the local one; a doubtful or fictitious one stays as it is (RNIV)."""
    if ins is None or patient.status == Status.QUALIFIED or patient.doubtful or patient.fictitious:
        return False
    patient.status = Status.QUALIFIED
    patient.ins_oid, patient.ins_matricule = ins.root, ins.extension or ""
    patient.save()
    return True


def _created(header: PatientSnapshot, identity: Identity) -> Patient:
    patient = Patient()
    write_identity(patient, identity)
    try:
        write_details(patient, address=header.address, telecoms=header.telecoms)
        patient.save(force_insert=True)
        write_contacts(patient, header.related)
    except IdentityErrors as error:
        raise Refused(_("Identité du patient illisible dans l'en-tête : %(why)s") % {"why": error}) from error
    return patient
