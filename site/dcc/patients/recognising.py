"""Whose header it is: by INS, local identifier, strict traits; and what contradicts what is known. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.patients.ins import check_authority, check_matricule
from dcc.patients.matching import alike, conflicts
from dcc.patients.models import LocalIdentifier, Patient
from dcc.patients.pictures import identity_of, today, traits_of
from dcc.patients.qualification.models import Qualification
from dcc.patients.receiving import Outcome, Read
from dcc.patients.registration import exact_matches, neighbours_in
from dcc.patients.traits import LABELS, IdentityErrors, read_identity


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who a header means: one patient, nobody (created), or a question (``why``, French) about ``candidates``."""

    patient: Patient | None
    outcome: Outcome
    candidates: Sequence[Patient] = ()
    why: str = ""
    fields: Sequence[str] = ()


def read_header(header: PatientSnapshot) -> Read:
    """The header in the characters of INSi, with its INS checked; raises ``Refused`` in French."""
    try:
        identity = read_identity(
            header.traits, today=today(), used_name=header.used_name, used_given_name=header.used_given_name, lenient=True
        )
        return Read(identity, _checked_ins(header.ins))
    except IdentityErrors as error:
        raise Refused(_("Identité du patient illisible dans l'en-tête : %(why)s") % {"why": error}) from error
    except ValueError as error:
        raise Refused(_("En-tête : %(why)s") % {"why": error}) from error


def _checked_ins(ins: InstanceId | None) -> InstanceId | None:
    if ins is None:
        return None
    check_authority(ins.root, test_allowed=settings.DCC_TEST_IDENTITIES)
    return InstanceId(ins.root, check_matricule(ins.extension or ""))


def recognised(read: Read, identifiers: Sequence[InstanceId], *, near_in: UUID | None = None) -> Recognised:
    """Who it is. ``near_in``: when nobody is found, whoever of this facility looks like it is a question too."""
    locked = Patient.objects.select_for_update()
    by_identifier = _by_identifiers(identifiers)
    ins = read.ins
    by_ins = _by_ins(ins) if ins else None
    if len(by_identifier) > 1:
        return _question(by_identifier, _("Les identifiants locaux de l'en-tête désignent plusieurs patients"))
    if by_ins and by_identifier and by_ins.pk != by_identifier[0].pk:
        return _question(
            [by_ins, *by_identifier], _("L'INS et l'identifiant local de l'en-tête désignent deux patients différents")
        )
    if by_ins:
        return _checked(by_ins, "ins", read)
    if by_identifier:
        return _checked(locked.get(pk=by_identifier[0].pk), "identifier", read)
    same = exact_matches(read.identity.traits)
    if len(same) > 1:
        why = _("Plusieurs patients ont les traits de l'en-tête : le document ne dit pas duquel il s'agit")
        return _question(same, why)
    if same:
        return _checked(locked.get(pk=same[0].pk), "traits", read)
    return _near(read, near_in)


def _near(read: Read, facility_id: UUID | None) -> Recognised:
    if facility_id is None:
        return Recognised(None, "created")
    near = [p for p in neighbours_in(read.identity.traits, facility_id) if alike(read.identity, identity_of(p))]
    if not near:
        return Recognised(None, "created")
    fields = conflicts(read.identity.traits, traits_of(near[0]))
    why = _("L'en-tête ressemble à un patient déjà connu de la structure, dont les traits diffèrent : %(fields)s")
    return _question(near, why % {"fields": ", ".join(LABELS[field].lower() for field in fields)}, fields)


def _by_ins(ins: InstanceId) -> Patient | None:
    """Who has this INS, or of whom a flow said it while INSi has not answered yet."""
    said = Qualification.objects.filter(closed_at=None, expected_oid=ins.root, expected_matricule=ins.extension)
    locked = Patient.objects.select_for_update()
    held = locked.filter(ins_oid=ins.root, ins_matricule=ins.extension).first()
    return held or locked.filter(pk__in=said.values("patient")).order_by("created_at").first()


def _ins_of(patient: Patient) -> tuple[str, str]:
    """The INS of a patient, or the one that a flow said and INSi has not confirmed."""
    if patient.ins_matricule:
        return patient.ins_oid, patient.ins_matricule
    said = patient.qualifications.filter(closed_at=None).exclude(expected_matricule="")
    return said.values_list("expected_oid", "expected_matricule").first() or ("", "")


def _by_identifiers(identifiers: Sequence[InstanceId]) -> list[Patient]:
    found = {
        row.patient_id: row.patient
        for identifier in identifiers
        for row in LocalIdentifier.objects.filter(root=identifier.root, extension=identifier.extension or "").select_related(
            "patient"
        )
    }
    return list(found.values())


def _checked(patient: Patient, outcome: Outcome, read: Read) -> Recognised:
    """The patient, unless traits or INS of the header contradict his."""
    fields = conflicts(read.identity.traits, traits_of(patient))
    if fields:
        names = ", ".join(LABELS[field].lower() for field in fields)
        why = _("L'en-tête désigne un patient déjà connu dont les traits diffèrent : %(fields)s") % {"fields": names}
        return _question([patient], why, fields)
    ins, known = read.ins, _ins_of(patient)
    if ins and known[1] and known != (ins.root, ins.extension):
        return _question([patient], _("L'en-tête donne un autre INS que celui du patient qui a les mêmes traits"), ["ins"])
    return Recognised(patient, outcome)


def _question(candidates: Sequence[Patient], why: str, fields: Sequence[str] = ()) -> Recognised:
    return Recognised(None, "reconciled", tuple(candidates), why, tuple(fields))
