"""The care team of a patient, and his masking: who is named, who may be, who hid the file from his own establishment, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Relation
from dcc.audit import api as audit
from dcc.patients import access
from dcc.patients.errors import UnknownPatient
from dcc.patients.models import CareTeamMember, Masking, Patient
from dcc.patients.traits import IdentityErrors


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody of a care team, as a page shows him."""

    user_id: UUID
    name: str
    since: datetime


def care_team(patient_id: UUID) -> Sequence[TeamMember]:
    """The care team of a patient whose file was opened, in the order in which they were named."""
    rows = list(CareTeamMember.objects.filter(patient=patient_id, until=None))
    names = accounts.names({row.user_id for row in rows})
    return [TeamMember(row.user_id, names[row.user_id], row.since) for row in rows]


@transaction.atomic
def join_team(*, actor: accounts.User, patient_id: UUID, user_id: UUID) -> None:
    """Name somebody in the care team of a patient; already in it, nothing changes.

    Raises ``UnknownPatient``, ``PermissionDenied``, ``IdentityErrors`` (``member``) for somebody whom a care team gives nothing.
    """
    patient = _taken(actor, Action.NAME_TEAM, patient_id)
    user = accounts.User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not accounts.rights(user).may(
        Action.OPEN_PATIENT, relation=Relation.TEAM, subject=accounts.Subject(patient_id)
    ):
        raise IdentityErrors({"member": _("Cette personne n'a pas de rôle de soin sur la plateforme")})
    _name(actor, patient, user)


def _name(actor: accounts.User, patient: Patient, user: accounts.User) -> None:
    defaults = {"since": timezone.now(), "named_by": actor}
    _member, created = CareTeamMember.objects.get_or_create(patient=patient, user=user, until=None, defaults=defaults)
    if created:
        _trace(actor, patient, "patient.team_joined", user_id=user.pk)


@transaction.atomic
def leave_team(*, actor: accounts.User, patient_id: UUID, user_id: UUID) -> None:
    """End somebody's place in a care team; raises as :func:`join_team`, and for the last one of a masked patient."""
    patient = _taken(actor, Action.NAME_TEAM, patient_id)
    named = CareTeamMember.objects.filter(patient=patient, until=None)
    if patient.masked and not named.exclude(user=user_id).exists():
        raise IdentityErrors({"member": _("Un dossier masqué garde au moins un membre dans son équipe de soins")})
    if named.filter(user=user_id).update(until=timezone.now()):
        _trace(actor, patient, "patient.team_left", user_id=user_id)


@transaction.atomic
def mask_patient(*, actor: accounts.User, patient_id: UUID, words: str) -> None:
    """Hide a patient from whoever is neither of his care team nor an author of a document; the actor joins the team.

    ``words`` say why, kept beside the patient. Raises ``UnknownPatient``, ``PermissionDenied``, ``IdentityErrors`` (``words``).
    """
    patient = _taken(actor, Action.MASK_PATIENT, patient_id)
    if not words.strip():
        raise IdentityErrors({"words": _("Dire pourquoi ce dossier est masqué")})
    if patient.masked:
        return
    patient.masked = True
    patient.save(update_fields=["masked"])
    Masking.objects.create(patient=patient, since=timezone.now(), by=actor, words=words.strip()[:500])
    _trace(actor, patient, "patient.masked")
    _name(actor, patient, actor)


@transaction.atomic
def unmask_patient(*, actor: accounts.User, patient_id: UUID) -> None:
    """Show a masked patient again to the facilities that follow him; raises ``UnknownPatient``, ``PermissionDenied``."""
    patient = _taken(actor, Action.MASK_PATIENT, patient_id)
    if not patient.masked:
        return
    patient.masked = False
    patient.save(update_fields=["masked"])
    patient.maskings.filter(until=None).update(until=timezone.now(), lifted_by=actor)
    _trace(actor, patient, "patient.unmasked")


def _taken(actor: accounts.User, action: Action, patient_id: UUID) -> Patient:
    """The row, locked; who may not even open it learns nothing of it."""
    patient = access.locked_patient(patient_id)
    if not access.may(actor, Action.OPEN_PATIENT, patient):
        raise UnknownPatient
    if not access.may(actor, action, patient):
        raise PermissionDenied
    return patient


def _trace(actor: accounts.User, patient: Patient, action: str, **facts: UUID) -> None:
    audit.record(actor=actor, action=action, subject=f"patient:{patient.pk}", patient_id=patient.pk, **facts)
