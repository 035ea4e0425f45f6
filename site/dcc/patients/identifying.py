"""Naming a patient exactly, for whoever answers for accesses: to tell him who read of him, no file is opened."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients.glass import NobodyExactly, exactly


@transaction.atomic
def _trace(actor: accounts.User, found: list[UUID]) -> None:
    patient_id = found[0] if len(found) == 1 else None
    subject = f"patient:{patient_id or 'none'}"
    audit.record(actor=actor, action="journal.patient_identified", subject=subject, patient_id=patient_id, found=len(found))


def identify(*, actor: accounts.User, traits: IdentityTraits | None = None, matricule: str = "") -> UUID:
    """The one patient who has exactly these traits, or this INS; traced, found or not.

    Raises ``PermissionDenied``, ``IdentityErrors`` by field (with ``matricule``), ``NobodyExactly``.
    """
    if not accounts.may(actor, Action.READ_JOURNAL):
        raise PermissionDenied
    found = [patient.pk for patient in exactly(traits, matricule, {})]
    _trace(actor, found)
    if len(found) != 1:
        raise NobodyExactly
    return found[0]
