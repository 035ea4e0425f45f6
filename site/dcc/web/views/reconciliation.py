"""An identity received that contradicts what is known: both side by side, and the answer of a person, once."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.errors import NotConfigured, Refused, RetryLater
from dcc.patients import api as patients
from dcc.web.identities.counting import count_again
from dcc.web.identities.reconciling import page_of
from dcc.web.views.guards import actor_of, guarded, require_somewhere
from dcc.web.views.identity_acts import revision_of


@guarded
@require_http_methods(["GET", "POST"])
def reconciliation(request: HttpRequest, reconciliation_id: UUID) -> HttpResponse:
    """Compare, then keep the known identity or create another one, with a reason."""
    require_somewhere(request, Action.RECONCILE_IDENTITY)
    return _page(request, reconciliation_id) if request.method == "GET" else _post(request, reconciliation_id)


def _post(request: HttpRequest, reconciliation_id: UUID) -> HttpResponse:
    """The answer, or the page again with what was chosen and why it is refused."""
    try:
        if request.POST.get("act") == "ask":
            return _guided(request, reconciliation_id)
        patient_id = _answered(request, reconciliation_id)
    except patients.AlreadyAnswered as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("web:reconciliation", args=[reconciliation_id]))
    except patients.StaleIdentity as error:
        return _page(request, reconciliation_id, 409, problem=str(error))
    except patients.IdentityErrors as error:
        return _page(request, reconciliation_id, 422, problem=" ; ".join(error.fields.values()))
    except (Refused, NotConfigured, RetryLater) as error:
        return _page(request, reconciliation_id, 409, problem=error.reason)
    except LookupError as error:  # of the question, or of a patient
        raise Http404 from error
    count_again(actor_of(request))
    messages.success(request, _("Réponse enregistrée ; la qualification continue d'elle-même"))
    if patients.may_with(actor_of(request), Action.OPEN_PATIENT, patient_id):
        return HttpResponseRedirect(reverse("web:identity", args=[patient_id]))
    return HttpResponseRedirect(reverse("web:identities"))


def _guided(request: HttpRequest, reconciliation_id: UUID) -> HttpResponse:
    """Ask INSi about the received traits first, where the region wants it: it suggests, the person answers."""
    patients.guide_reconciliation(
        actor=actor_of(request), reconciliation_id=reconciliation_id, expected_revision=revision_of(request)
    )
    return HttpResponseRedirect(reverse("web:reconciliation", args=[reconciliation_id]))


def _answered(request: HttpRequest, reconciliation_id: UUID) -> UUID:
    """The answer of the page is ``creer``, or the id of the patient who is kept."""
    chosen = request.POST.get("answer", "")
    try:
        kept = uuid.UUID(chosen)
    except ValueError:
        kept = None
    return patients.answer_reconciliation(
        actor=actor_of(request),
        reconciliation_id=reconciliation_id,
        expected_revision=revision_of(request),
        answer="conserver" if kept else chosen,
        reason=request.POST.get("reason", ""),
        patient_id=kept,
    )


def _page(request: HttpRequest, reconciliation_id: UUID, status: int = 200, problem: str = "") -> HttpResponse:
    actor = actor_of(request)
    try:
        question = patients.reconciliation(actor, reconciliation_id)
    except PermissionDenied:
        raise Http404 from None
    except LookupError as error:
        raise Http404 from error
    names = accounts.names({question.answered_by}) if question.answered_by else {}
    (facility,) = accounts.facilities(ids=[question.facility_id]) or (None,)
    context = {
        "page": page_of(question, patients.foreseen(actor, question)),
        "facility": facility,
        "may_guide": patients.policy().call_before_reconciling,
        "problem": problem,
        "answered_by": next(iter(names.values()), ""),
        "may_open": question.outcome_id and patients.may_with(actor, Action.OPEN_PATIENT, question.outcome_id),
        "chosen": request.POST.get("answer", ""),
        "reason": request.POST.get("reason", ""),
        "left": _("Reçu"),
        "right": _("Connu ici"),
    }
    return render(request, "web/identities/reconciliation.html", context, status=status)
