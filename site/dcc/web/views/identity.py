"""The identity of a patient on one page: where it stands, what may be done of it, and what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import Action
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.identities.history import lines_of
from dcc.web.identity import FLAGS, banner_of, facts_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.patients import opened

ATTRIBUTES = ("homonym", "doubtful", "fictitious")


@guarded
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The page of an identity; one act at a time comes back to it."""
    if request.method == "POST":
        return _acted(request, patient_id)
    return _page(request, patient_id)


def _page(request: HttpRequest, patient_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    file = opened(request, patient_id)
    context = {
        "banner": banner_of(file),
        "file": file,
        "facts": facts_of(file),
        "attributes": [(name, FLAGS[name], getattr(file, name)) for name in ATTRIBUTES],
        "lines": lines_of(patients.changes_of(patient_id)),
        "merges": merging.merges_of(patient_id),
        "may_merge": merging.may_merge(actor_of(request), patient_id),
        "may_update": patients.may_with(actor_of(request), Action.UPDATE_PATIENT, patient_id),
        **more,
    }
    return render(request, "web/identities/identity.html", context, status=status)


def _acted(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Do one thing; a refusal keeps what was chosen and says why."""
    require_update(request, patient_id)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        if act is not None:
            messages.success(request, act(request, patient_id))
    except patients.StaleIdentity as error:
        return _page(request, patient_id, 409, problem=str(error))
    except patients.InsWouldBeLost as error:
        return _page(request, patient_id, 409, would_lose=str(error), chosen=request.POST)
    except patients.IdentityErrors as error:
        return _page(request, patient_id, 422, problem=" ; ".join(error.fields.values()), chosen=request.POST)
    return HttpResponseRedirect(reverse("web:identity", args=[patient_id]))


def require_update(request: HttpRequest, patient_id: UUID) -> None:
    """Who may not change the identity is refused; who may not even open it is told that there is none."""
    if not patients.may_with(actor_of(request), Action.OPEN_PATIENT, patient_id):
        raise Http404
    if not patients.may_with(actor_of(request), Action.UPDATE_PATIENT, patient_id):
        raise PermissionDenied


def revision_of(request: HttpRequest) -> int:
    """The revision that the page showed; one that is none is as stale as can be."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _set_attributes(request: HttpRequest, patient_id: UUID) -> str:
    patients.set_attributes(
        actor=actor_of(request),
        patient_id=patient_id,
        expected_revision=revision_of(request),
        give_up_ins=bool(request.POST.get("give_up_ins")),
        **{name: bool(request.POST.get(name)) for name in ATTRIBUTES},
    )
    return _("Attributs de l'identité enregistrés")


ACTS: Mapping[str, Callable[[HttpRequest, UUID], str]] = {"attributes": _set_attributes}
"""What the page can ask for, by the value of its button: each does it and says what was done."""
