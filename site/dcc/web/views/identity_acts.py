"""What the page of an identity can ask for: each act does one thing through the patients room and says what was done."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TypedDict
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from dcc.accounts.api import Action, User
from dcc.patients import api as patients
from dcc.web.identities.path import ANSWERS
from dcc.web.views.guards import actor_of

ATTRIBUTES = ("homonym", "doubtful", "fictitious")


def require_update(request: HttpRequest, patient_id: UUID) -> None:
    """Who may not change the identity is refused; who may not even open it is told that there is none."""
    if not patients.may_with(actor_of(request), Action.OPEN_PATIENT, patient_id):
        raise Http404
    if not patients.may_with(actor_of(request), Action.UPDATE_PATIENT, patient_id):
        raise PermissionDenied


def revision_of(request: HttpRequest, name: str = "revision") -> int:
    """The revision that the page showed; one that is none is as stale as can be."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def posted_id(request: HttpRequest, name: str) -> UUID:
    """An id that the page sent; one that is none is nowhere."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None


class Where(TypedDict):
    """What every act of the qualification is told."""

    actor: User
    facility_id: UUID
    patient_id: UUID
    expected_revision: int


def _where(request: HttpRequest, patient_id: UUID) -> Where:
    return {
        "actor": actor_of(request),
        "facility_id": posted_id(request, "facility"),
        "patient_id": patient_id,
        "expected_revision": revision_of(request),
    }


def _set_attributes(request: HttpRequest, patient_id: UUID) -> str:
    patients.set_attributes(
        actor=actor_of(request),
        patient_id=patient_id,
        expected_revision=revision_of(request),
        give_up_ins=bool(request.POST.get("give_up_ins")),
        **{name: bool(request.POST.get(name)) for name in ATTRIBUTES},
    )
    return _("Attributs de l'identité enregistrés")


def _ask(request: HttpRequest, patient_id: UUID) -> str:
    answered = patients.ask_insi(**_where(request, patient_id))
    return answered.reason or str(ANSWERS.get(answered.code, answered.code))


def _accept(request: HttpRequest, patient_id: UUID) -> str:
    patients.accept_insi(
        **_where(request, patient_id),
        proposal_id=posted_id(request, "proposal"),
        first_given_name=request.POST.get("first_given_name", "").strip(),
    )
    return _("Traits et INS repris d'INSi")


def _refuse(request: HttpRequest, patient_id: UUID) -> str:
    patients.refuse_insi(**_where(request, patient_id), proposal_id=posted_id(request, "proposal"))
    return _("Réponse d'INSi écartée : l'identité n'a pas changé")


def _prove(request: HttpRequest, patient_id: UUID) -> str:
    patients.record_proof(
        **_where(request, patient_id),
        kind=request.POST.get("kind", ""),
        knows_patient=bool(request.POST.get("knows_patient")),
        condition=bool(request.POST.get("condition")),
    )
    return _("Justificatif enregistré")


ACTS: Mapping[str, Callable[[HttpRequest, UUID], str]] = {
    "attributes": _set_attributes,
    "ask": _ask,
    "accept": _accept,
    "refuse": _refuse,
    "proof": _prove,
}
"""By the value of the button."""
