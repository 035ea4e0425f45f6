"""Two identities of one person: compare the pair, merge with what it moves shown first, part again; or say that they are two."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.api import Action
from dcc.contracts.errors import Refused
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.identities.comparing import compared, side_of
from dcc.web.identities.counting import count_again
from dcc.web.identity import identity_words
from dcc.web.views.guards import actor_of, guarded, require_somewhere
from dcc.web.views.identity_acts import revision_of


@guarded
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, kept_id: UUID, absorbed_id: UUID) -> HttpResponse:
    """What merging would move and retain; then the merge, with its reason."""
    if request.method == "GET":
        return _preview(request, kept_id, absorbed_id)
    try:
        merging.merge_patients(
            actor=actor_of(request),
            kept_id=kept_id,
            absorbed_id=absorbed_id,
            expected_revisions=(revision_of(request, "kept_revision"), revision_of(request, "absorbed_revision")),
            reason=request.POST.get("reason", ""),
            right=request.POST.get("right", ""),
        )
    except Refused as error:
        return _preview(request, kept_id, absorbed_id, 422, problem=error.reason)
    except patients.StaleIdentity as error:
        return _preview(request, kept_id, absorbed_id, 409, problem=str(error))
    count_again(actor_of(request))
    messages.success(request, _("Identités fusionnées. La fusion peut être défaite depuis la page Identité"))
    return HttpResponseRedirect(reverse("web:identity", args=[kept_id]))


def _preview(request: HttpRequest, kept_id: UUID, absorbed_id: UUID, status: int = 200, **said: str) -> HttpResponse:
    right = request.POST.get("right", "")
    shown = merging.preview_merge(actor=actor_of(request), kept_id=kept_id, absorbed_id=absorbed_id, right=right)
    context = {
        "shown": shown,
        "banner": identity_words(shown.kept),
        "other": identity_words(shown.absorbed),
        "rows": compared(side_of(shown.kept), side_of(shown.absorbed), shown.contradictions),
        "left": _("Dossier gardé"),
        "right": _("Dossier absorbé"),
        "chosen": right,
        "reason": request.POST.get("reason", ""),
        **said,
    }
    return render(request, "web/identities/merge.html", context, status=status)


@guarded
@require_POST
def unmerge(request: HttpRequest, patient_id: UUID, merge_id: UUID) -> HttpResponse:
    """Part what was merged by mistake; the page of the identity says how it went."""
    try:
        merging.unmerge_patients(
            actor=actor_of(request),
            merge_id=merge_id,
            expected_revision=revision_of(request),
            reason=request.POST.get("reason", ""),
        )
    except Refused as error:
        messages.warning(request, error.reason)
    except patients.StaleIdentity as error:
        messages.warning(request, str(error))
    except LookupError as error:
        raise Http404 from error
    else:
        count_again(actor_of(request))
        messages.success(request, _("Fusion défaite : chaque dossier a retrouvé ce qu'il avait"))
    return HttpResponseRedirect(reverse("web:identity", args=[patient_id]))


@guarded
@require_http_methods(["GET", "POST"])
def duplicate(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """A pair side by side: merge one into the other, or say why they are two persons."""
    require_somewhere(request, Action.MERGE_PATIENTS)
    problem = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            merging.answer_distinct(actor=actor_of(request), alert_id=alert_id, reason=reason)
        except Refused as error:
            problem = error.reason
        except patients.UnknownPatient:
            raise
        except LookupError as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(reverse("web:identities"))
        else:
            messages.success(request, _("Deux personnes différentes : le doublon n'est plus proposé"))
            return HttpResponseRedirect(reverse("web:identities"))
    return render(request, "web/identities/duplicate.html", _pair(request, alert_id, problem), status=422 if problem else 200)


def _pair(request: HttpRequest, alert_id: UUID, problem: str) -> dict[str, Any]:
    try:
        pair = merging.duplicate(actor=actor_of(request), alert_id=alert_id)
    except LookupError as error:
        raise Http404 from error
    return {
        "pair": pair,
        "rows": compared(side_of(pair.first), side_of(pair.second), pair.differing),
        "first": identity_words(pair.first),
        "second": identity_words(pair.second),
        "left": _("Premier dossier"),
        "right": _("Second dossier"),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
    }
