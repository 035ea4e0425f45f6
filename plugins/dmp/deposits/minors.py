"""Whether those who represent a minor see his documents: a professional says so once, before anything is deposited."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from plugins.dmp.models import FileChange, PatientFile
from plugins.dmp.patient.errors import Declined

REASON_LENGTH = 300


def choose_for_guardians(*, actor: User, patient_id: UUID, see: bool, reason: str, unmailed: bool = False) -> None:
    """Say whether the legal representatives of a minor see his documents (decision 0330); what waited for that leaves.

    ``unmailed``: what they do not see does not reach his mailbox either, which is theirs too (decision 0345): his opposition to
    mail is noted with the same words.
    Raises ``UnknownPatient``, ``PermissionDenied``, :class:`Declined` without a reason.
    """
    kept = " ".join(reason.split())
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        raise patients.UnknownPatient
    if not patients.may_with(actor, Action.UPDATE_PATIENT, patient_id):
        raise PermissionDenied
    if not kept or len(kept) > REASON_LENGTH:
        raise Declined(_("Dites ce qui a été convenu avec le patient, en %(n)d caractères au plus.") % {"n": REASON_LENGTH})
    choice = PatientFile.Guardians.SEE if see else PatientFile.Guardians.DO_NOT
    with transaction.atomic():
        current = patients.current_id(patient_id)
        PatientFile.objects.get_or_create(patient_id=current)
        if not PatientFile.objects.filter(patient=current).exclude(guardians=choice).update(guardians=choice):
            return
        FileChange.objects.create(patient_id=current, actor=actor, what=choice, reason=kept)
        audit.record(actor=actor, action="dmp.guardians", subject=f"patient:{current}", patient_id=current, choice=choice.value)
        if unmailed and not see:
            exchange.oppose(actor=actor, patient_id=current, words=kept)
        exchange.release_held(patient_id=current, causes=("minor",))
