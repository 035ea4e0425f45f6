"""Gestures on a patient's DMP: ask what it says (TD0.2), add or withdraw an authorisation (TD0.3), note an opposition.

A call is made outside any transaction, in the session of whoever asks; what it said is written after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.snapshots import InstanceId
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from plugins.dmp.models import Consent, FileChange, PatientFile
from plugins.dmp.patient.errors import Declined
from plugins.dmp.patient.keeping import forget_found, keep_authorisation, remember
from plugins.dmp.patient.words import TO_WITHDRAW, VALID, Declared
from plugins.dmp.sessions.opening import wake
from plugins.dmp.sessions.people import forms_of
from plugins.dmp.transactions.types import Caller, Dmp, Existence

REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Through:
    """How a call travels: the services of the DMP, and the professional in whose session it is made."""

    dmp: Dmp
    caller: Caller


def check(*, actor: User, patient_id: UUID, through: Through) -> Existence:
    """TD0.2: ask the DMP whether it exists and what the patient lets the actor consult; remembered.

    Raises ``UnknownPatient``, ``PermissionDenied``, :class:`Declined` without a qualified INS, and what ``Dmp`` raises.
    """
    ins = _asked(actor, patient_id, through)
    asked_at = timezone.now()
    answer = through.dmp.existence(through.caller, ins)
    with transaction.atomic():
        remember(patient_id=patient_id, user_id=actor.pk, answer=answer, at=asked_at)
        _trace(actor, patients.current_id(patient_id), "dmp.checked")
    return answer


def authorise(*, actor: User, patient_id: UUID, through: Through, words: str) -> None:
    """TD0.3 AJOUT: the patient lets the actor consult his DMP; ``words`` is what the actor declared (EX_0.3-1030).

    Raises as :func:`check`; :class:`Declined` without words.
    """
    if not words.strip():
        raise Declined(_("Déclarez que le patient vous autorise : rien n'est demandé au DMP sans cela."))
    ins = _asked(actor, patient_id, through)
    through.dmp.authorise(through.caller, ins)
    with transaction.atomic():
        current = patients.current_id(patient_id)
        Consent.objects.filter(patient=current, user=actor).update(authorisation="")
        keep_authorisation(current, actor.pk, VALID, timezone.now())
        _declare(actor, current, Declared.AUTHORISED, words)
        _trace(actor, current, "dmp.authorised")
        # What waited for somebody who may change the visibility of an FRCP can go on in the session that is open.
        wake(through.caller.national_id)


def withdraw(*, actor: User, patient_id: UUID, through: Through) -> None:
    """TD0.3 SUPPRESSION: noted here first (:func:`note_withdrawal`), then asked of the DMP at once.

    Whatever becomes of the call, nothing is consulted any more (EX_0.3-1040). Raises as :func:`check`.
    """
    note_withdrawal(actor=actor, patient_id=patient_id)
    ins = _asked(actor, patient_id, through)
    through.dmp.authorise(through.caller, ins, withdraw=True)
    with transaction.atomic():
        keep_authorisation(patients.current_id(patient_id), actor.pk, "NON_EXISTE", timezone.now())


def note_withdrawal(*, actor: User, patient_id: UUID) -> None:
    """The patient no longer lets the actor consult his DMP: it holds here at once, without session nor qualified identity.

    What was found there is emptied; the DMP is told by :func:`withdraw`. Raises ``UnknownPatient``, ``PermissionDenied``.
    """
    with transaction.atomic():
        seen(actor, patient_id)
        if not patients.cares_for(actor, patient_id):
            raise PermissionDenied
        current = patients.current_id(patient_id)
        forget_found(current, actor.pk)
        consent, _created = Consent.objects.get_or_create(patient_id=current, user=actor)
        if consent.authorisation != TO_WITHDRAW:
            Consent.objects.filter(pk=consent.pk).update(authorisation=TO_WITHDRAW, checked_at=timezone.now())
            _declare(actor, current, Declared.WITHDRAWN, "")
            _trace(actor, current, "dmp.withdrawn")


def oppose(*, actor: User, patient_id: UUID, reason: str) -> None:
    """The patient opposes to his DMP being fed from here: nothing more is deposited; what is there stays.

    Raises ``UnknownPatient``, ``PermissionDenied``, :class:`Declined` without a reason.
    """
    _change_opposition(actor, patient_id, Declared.OPPOSED, reason)


def accept(*, actor: User, patient_id: UUID, reason: str) -> None:
    """The patient no longer opposes: what is validated is deposited again. Raises as :func:`oppose`."""
    _change_opposition(actor, patient_id, Declared.ACCEPTED, reason)


def may_declare(actor: User, patient_id: UUID) -> bool:
    """Whether the actor may note an opposition of the patient; raises ``UnknownPatient``."""
    return patients.may_with(actor, Action.UPDATE_PATIENT, patient_id)


def _change_opposition(actor: User, patient_id: UUID, declared: Declared, reason: str) -> None:
    kept = " ".join(reason.split())
    opposed = declared is Declared.OPPOSED
    with transaction.atomic():
        seen(actor, patient_id)
        if not may_declare(actor, patient_id):
            raise PermissionDenied
        if not kept or len(kept) > REASON_LENGTH:
            raise Declined(_("Dites ce que le patient a exprimé, en %(n)d caractères au plus.") % {"n": REASON_LENGTH})
        current = patients.current_id(patient_id)
        PatientFile.objects.get_or_create(patient_id=current)
        if PatientFile.objects.filter(patient=current, opposed=not opposed).update(opposed=opposed):
            _declare(actor, current, declared, kept)
            _trace(actor, current, "dmp.opposed" if opposed else "dmp.accepted")
            if not opposed:
                exchange.release_held(patient_id=current, causes=("dmp_opposition",))


def seen(actor: User, patient_id: UUID) -> None:
    """Raise ``UnknownPatient`` unless the actor may open the patient's file."""
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        raise patients.UnknownPatient


def _asked(actor: User, patient_id: UUID, through: Through) -> InstanceId:
    """The qualified INS of the patient, when the actor may ask the DMP of him in this session."""
    seen(actor, patient_id)
    mine = forms_of([actor.practitioner.national_id]) if actor.practitioner else ()
    if not patients.cares_for(actor, patient_id) or through.caller.national_id not in mine:
        raise PermissionDenied
    ins = patients.patient_snapshot(merging.kept_id(patient_id)).ins
    if ins is None:
        raise Declined(_("Le DMP se cherche par l'INS : qualifiez d'abord l'identité du patient."))
    return ins


def _declare(actor: User, patient_id: UUID, declared: Declared, reason: str) -> None:
    FileChange.objects.create(patient_id=patient_id, actor=actor, what=declared.value, reason=reason[:REASON_LENGTH])


def _trace(actor: User, patient_id: UUID, action: str) -> None:
    audit.record(actor=actor, action=action, subject=f"patient:{patient_id}", patient_id=patient_id)
