"""The identity of a patient on one page: where it stands, the one next step, what may be done of it, and what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.errors import NotConfigured, Refused
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.identities.counting import count_again
from dcc.web.identities.history import answers_told, lines_of
from dcc.web.identities.path import ANSWERS, confirmation_of, path_of
from dcc.web.identities.proofs import grouped_proofs, kept_lines
from dcc.web.identity import FLAGS, banner_of, facts_of, grouped
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.identity_acts import ACTS, ATTRIBUTES, require_update
from dcc.web.views.patients import opened


@guarded
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The page of an identity; one act at a time comes back to it."""
    if request.method == "POST":
        return _acted(request, patient_id)
    return _page(request, patient_id)


def _page(request: HttpRequest, patient_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    file = opened(request, patient_id)
    may_update = patients.may_with(actor_of(request), Action.UPDATE_PATIENT, patient_id)
    context = {
        "banner": banner_of(file),
        "file": file,
        "facts": facts_of(file),
        "attributes": [(name, FLAGS[name], getattr(file, name)) for name in ATTRIBUTES],
        "lines": lines_of(patients.changes_of(patient_id)),
        "answers": answers_told(patient_id),
        "past_ins": [(grouped(one.ins.extension or ""), one.begins, one.ends) for one in patients.ins_history(patient_id)],
        "merges": merging.merges_of(patient_id),
        "may_unmerge": patients.may_with(actor_of(request), Action.UNMERGE_PATIENTS, patient_id),
        "may_update": may_update,
        **_path(request, file, may_update),
        **more,
    }
    return render(request, "web/identities/identity.html", context, status=status)


def _path(request: HttpRequest, file: patients.PatientFile, may_update: bool) -> Mapping[str, Any]:
    """The path, for who may open the file by more than what she wrote in it."""
    patient_id = file.snapshot.patient_id
    assert patient_id is not None  # noqa: S101  (the picture of a patient who is here)
    try:
        standing = patients.standing(actor=actor_of(request), patient_id=patient_id)
    except PermissionDenied:
        return {}
    may = may_update and standing.may and standing.facility_id is not None
    names = accounts.names({proof.actor_id for proof in standing.kept_proofs if proof.actor_id})
    return {
        "standing": standing,
        "steps": path_of(standing),
        "source": patients.Origin(standing.source).label if standing.source else "",
        "questions": standing.questions,
        "duplicates": standing.duplicates,
        "answer_words": ANSWERS.get(standing.code, standing.code),
        "confirmation": confirmation_of(standing.proposal, file) if standing.proposal else None,
        "may_ask": may and standing.may_ask,
        "may_prove": may and standing.may_prove,
        "proofs": grouped_proofs(standing.proofs),
        "proofs_kept": kept_lines(standing.kept_proofs, names),
    }


def _acted(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Do one thing; a refusal keeps what was chosen and says why."""
    require_update(request, patient_id)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        if act is not None:
            messages.success(request, act(request, patient_id))
            count_again(actor_of(request))
    except patients.InsWouldBeLost as error:
        return _page(request, patient_id, 409, would_lose=str(error), chosen=request.POST)
    except patients.IdentityErrors as error:
        return _refused(request, patient_id, 422, list(error.fields.values()), error.fields)
    except patients.StaleIdentity as error:
        return _refused(request, patient_id, 409, [str(error)])
    except (Refused, NotConfigured) as error:
        return _refused(request, patient_id, 409, [error.reason])
    return HttpResponseRedirect(reverse("web:identity", args=[patient_id]))


def _refused(
    request: HttpRequest, patient_id: UUID, status: int, said: Sequence[str], problems: Mapping[str, str] | None = None
) -> HttpResponse:
    return _page(request, patient_id, status, problem=" ; ".join(said), problems=problems or {}, chosen=request.POST)
