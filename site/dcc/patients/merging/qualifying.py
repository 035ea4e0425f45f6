"""What a merge does to the qualification of both: the process of the retained identity goes on, the other one's is closed.

Proofs, answers of INSi and processes follow the patient (:mod:`dcc.patients.merging.own`). What was begun since a merge
goes, when it is undone, with the identity that it was about: the one of reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.patients.models import Merge, Patient
from dcc.patients.qualification.models import IdentityProof, InsOfHistory, Proposal, Qualification, Wait
from dcc.patients.qualification.process import advance

_BEGUN: Final = ((Qualification, "opened_at"), (Proposal, "at"), (IdentityProof, "at"), (InsOfHistory, "given_at"))
_STANDS: Final = ("waits", "code", "case", "clause")


def set_aside(other_id: UUID, *, contradicted: bool) -> dict[str, Any]:
    """Close what waits for the identity that is not retained, and end its proofs when it was a wrong one; returns what was."""
    processes = Qualification.objects.filter(patient=other_id, closed_at=None)
    proposals = Proposal.objects.filter(patient=other_id, state=Proposal.State.PENDING)
    proofs = IdentityProof.objects.filter(patient=other_id, ended_at=None) if contradicted else IdentityProof.objects.none()
    aside = {
        "processes": [str(pk) for pk in processes.values_list("pk", flat=True)],
        "proposals": [str(pk) for pk in proposals.values_list("pk", flat=True)],
        "proofs": list(proofs.values_list("pk", flat=True)),
    }
    now = timezone.now()
    proofs.update(ended_at=now)
    proposals.update(state=Proposal.State.REPLACED)
    processes.update(closed_at=now)
    return aside


def go_on(kept: Patient, actor: accounts.User | None) -> dict[str, Any]:
    """The process that waited for this very merge (same INS as the other) goes on; returns where it stood."""
    process = Qualification.objects.select_for_update().filter(patient=kept, closed_at=None, waits=Wait.DUPLICATE).first()
    if process is None:
        return {}
    stood = {"pk": str(process.pk), **{name: getattr(process, name) for name in _STANDS}}
    process.code = ""
    advance(process, kept, actor=actor)
    return stood


def take_up(merge: Merge, aside: Mapping[str, Any], owner: Patient) -> None:
    """Undo :func:`set_aside` and :func:`go_on`, after the rows were given back; what somebody did since is left."""
    if owner.pk == merge.absorbed_id:
        for model, begun in _BEGUN:
            model._base_manager.filter(patient=merge.kept_id, **{f"{begun}__gt": merge.at}).update(patient=merge.absorbed_id)
    IdentityProof.objects.filter(pk__in=aside["proofs"]).update(ended_at=None)
    for proposal in Proposal.objects.filter(pk__in=aside["proposals"], state=Proposal.State.REPLACED):
        if not Proposal.objects.filter(patient=proposal.patient_id, state=Proposal.State.PENDING).exists():
            Proposal.objects.filter(pk=proposal.pk).update(state=Proposal.State.PENDING)
    for process in Qualification.objects.filter(pk__in=aside["processes"]):
        if not Qualification.objects.filter(patient=process.patient_id, closed_at=None).exists():
            Qualification.objects.filter(pk=process.pk).update(closed_at=None)
    stood = dict(aside["stood"])
    if stood:
        Qualification.objects.filter(pk=stood.pop("pk"), closed_at=None, code="").update(**stood)
