"""What the demonstration shows of accesses: a physician of another establishment who broke the glass, and a masked patient."""

from __future__ import annotations

import uuid

from dcc.accounts import api as accounts
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api as patients

WHY = "Patient adressé aux urgences cette nuit, traitement en cours inconnu."
HIDDEN = "Salarié de l'établissement."


def keep_privacy(opened: IdentityTraits, masked_id: uuid.UUID) -> str:
    """Break the glass of one patient and mask another; says so. Called once, when the documents are made."""
    denis, bob = accounts.user_named("denis"), accounts.user_named("bob")
    patients.break_glass(actor=denis, reason="urgence", words=WHY, traits=opened)
    patients.mask_patient(actor=bob, patient_id=masked_id, words=HIDDEN)
    return "Accès : un « bris de glace » à revoir, un dossier masqué"
