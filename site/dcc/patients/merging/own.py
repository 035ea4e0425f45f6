"""What this room itself holds of a patient, beside the identity: identifiers, contacts, who follows and cares, masking, glass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max, Model, Q
from django.utils.translation import gettext_lazy as _

from dcc.patients.merging.holding import Rows, hold
from dcc.patients.models import (
    BrokenGlass,
    CareTeamMember,
    Contact,
    Following,
    FormerIns,
    IdentityProof,
    InsOfHistory,
    LocalIdentifier,
    Masking,
    Proposal,
    Qualification,
    Reconciliation,
)

_OPEN = Q(until=None)
_OF_A_CONTACT = ("rank", "kind", "prefix", "family", "given", "relation", "address", "telecoms")


class Contacts:
    """Contacts of the absorbed identity come after those of the kept one, each with the rank it had, to go back to it."""

    key = "patients.contact"
    title = _("contacts")
    model: type[Model] = Contact

    def count(self, patient_id: UUID) -> int:
        return Contact.objects.filter(patient=patient_id).count()

    def remarks(self, kept_id: UUID, absorbed_id: UUID) -> Sequence[str]:
        return ()

    def move(self, absorbed_id: UUID, kept_id: UUID) -> Sequence[Any]:
        last = Contact.objects.filter(patient=kept_id).aggregate(last=Max("rank"))["last"] or 0
        moved = []
        for place, contact in enumerate(Contact.objects.filter(patient=absorbed_id).order_by("rank"), start=last + 1):
            moved.append({"pk": contact.pk, **{name: getattr(contact, name) for name in _OF_A_CONTACT}})
            Contact.objects.filter(pk=contact.pk).update(patient=kept_id, rank=place)
        return moved

    def give_back(self, moved: Sequence[Any], kept_id: UUID, absorbed_id: UUID) -> None:
        """A list rewritten since left none of these rows: they are written again as they were."""
        for row in moved:
            if not Contact.objects.filter(pk=row["pk"], patient=kept_id).update(patient=absorbed_id, rank=row["rank"]):
                Contact.objects.create(patient_id=absorbed_id, **row)


def hold_own() -> None:
    """Say what this room holds."""
    hold(Rows("patients.identifier", _("identifiants locaux"), LocalIdentifier.objects.all))
    hold(Rows("patients.former_ins", _("anciens INS"), FormerIns.objects.all))
    hold(Contacts())
    hold(Rows("patients.following", _("structures qui suivent le patient"), Following.objects.all, once=("facility_id",)))
    hold(
        Rows(
            "patients.care_team",
            _("membres de l'équipe de soins"),
            CareTeamMember.objects.all,
            once=("user_id",),
            among=_OPEN,
        )
    )
    hold(Rows("patients.masking", _("masquages"), Masking.objects.all, once=(), among=_OPEN))
    hold(Rows("patients.identity_proof", _("justificatifs d'identité"), IdentityProof.objects.all))
    hold(Rows("patients.ins_history", _("matricules de l'historique INS"), InsOfHistory.objects.all))
    hold(
        Rows(
            "patients.qualification",
            _("qualifications"),
            Qualification.objects.all,
            once=(),
            among=Q(closed_at=None),
        )
    )
    hold(Rows("patients.proposal", _("réponses d'INSi"), Proposal.objects.all, once=(), among=Q(state="attente")))
    hold(Rows("patients.reconciled", _("identités rapprochées"), Reconciliation.objects.all, column="outcome"))
    hold(
        Rows(
            "patients.reconciliation",
            _("identités à rapprocher"),
            Reconciliation.candidates.through.objects.all,
            once=("reconciliation_id",),
        )
    )
    hold(Rows("patients.broken_glass", _("bris de glace"), BrokenGlass.objects.all))
