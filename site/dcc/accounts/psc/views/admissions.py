"""The list of those who wait to be admitted, and the decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dcc.accounts import signin
from dcc.accounts.models import Facility, User
from dcc.accounts.policies import Action
from dcc.accounts.psc import admission
from dcc.accounts.queries import may

DECIDED_SHOWN = 20


def _decider(request: HttpRequest) -> User:
    user = signin.signed_in(request)
    if user is None or not may(user, Action.ADMIT_PEOPLE):
        raise PermissionDenied
    return user


@never_cache
@require_GET
def admissions(request: HttpRequest) -> HttpResponse:
    """Who waits, and what was decided lately."""
    actor = _decider(request)
    found = admission.requests_for(actor)
    waiting = [(asked, admission.roles_for(asked)) for asked in found.filter(state=admission.State.WAITING)]
    decided = found.exclude(state=admission.State.WAITING).order_by("-decided_at")[:DECIDED_SHOWN]
    facilities = Facility.objects.order_by("name") if any(asked.facility is None for asked, _roles in waiting) else ()
    return render(request, "accounts/psc/admissions.html", {"waiting": waiting, "decided": decided, "facilities": facilities})


@never_cache
@require_POST
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Admit or refuse."""
    actor = _decider(request)
    try:
        if request.POST.get("decision") == "refuse":
            admission.refuse(actor=actor, request_id=request_id, reason=request.POST.get("reason", ""))
            messages.success(request, _("Demande refusée : la personne en lira le motif"))
        else:
            user = admission.admit(
                actor=actor, request_id=request_id, role=request.POST.get("role", ""), facility=_facility(request)
            )
            messages.success(request, _("%(who)s peut entrer avec Pro Santé Connect") % {"who": user})
    except ValueError as error:
        messages.error(request, str(error))
    except LookupError as error:
        raise Http404 from error
    return redirect("accounts:admissions")


def _facility(request: HttpRequest) -> Facility | None:
    try:
        return Facility.objects.filter(pk=UUID(request.POST.get("facility", ""))).first()
    except ValueError:
        return None
