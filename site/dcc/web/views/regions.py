"""An FRCP between two regions: entrusted to the RCP of another one, taken back, and a late return decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.exchange import api as exchange
from dcc.web.transmissions.regions import FRCP, rcp_code
from dcc.web.views.guards import actor_of, expected_revision, guarded
from dcc.web.views.opening import document_frame, open_view
from rcp_directory import api as directory


@guarded
@require_http_methods(["GET", "POST"])
def entrust(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """What it means to entrust the FRCP, the attestation, then it leaves (R-078...R-085)."""
    actor, problem = actor_of(request), ""
    documents.reference(actor, Action.VALIDATE_DOCUMENT, document_id)
    view = open_view(request, document_id)
    if view.line.document_type != FRCP:
        raise Http404
    code, reason = rcp_code(view.answers), request.POST.get("reason", "").strip()[:600]
    if request.method == "POST":
        attested = request.POST.get("attested") == "on"
        try:
            exchange.send_to_rcp(
                actor=actor,
                document_id=document_id,
                expected_revision=expected_revision(request),
                rcp=code,
                attested=attested,
                continuity_reason=reason,
            )
        except (exchange.SendingRefused, documents.HeldElsewhere) as error:
            problem = str(error)
        else:
            messages.success(request, _("Fiche confiée : elle se lit ici jusqu'à son retour"))
            return _to_transmissions(document_id)
    searched = request.GET.get("q", "").strip()[:100]
    context = {
        "board": directory.rcp_by_code(code) if code else None,
        "searched": searched,
        "found": directory.addressees(searched) if searched else [],
        "reason": reason,
        "problem": problem,
    }
    return _page(request, view, "web/transmissions/entrust.html", context)


@guarded
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """« Reprendre la main », with a reason; where the other region may have it, what that risks is said and confirmed."""
    actor, problem, reason = actor_of(request), "", request.POST.get("reason", "").strip()[:600]
    between = exchange.between_regions(actor, document_id)
    line = next((one for one in between.entrustments if one.abroad), None)
    if not between.may_act:
        raise documents.ActionForbidden(_("Reprendre une fiche confiée est réservé aux médecins de l'équipe"))
    if line is None:
        raise Http404
    if request.method == "POST":
        try:
            exchange.take_back(
                actor=actor,
                document_id=document_id,
                expected_state=request.POST.get("state", ""),
                reason=reason,
                force=request.POST.get("force") == "on",
            )
        except exchange.SendingRefused as error:
            problem = str(error)
        else:
            messages.success(request, _("La fiche est de nouveau modifiable ici"))
            return HttpResponseRedirect(reverse("web:document", args=[document_id]))
    view = open_view(request, document_id)
    return _page(request, view, "web/transmissions/take_back.html", {"line": line, "reason": reason, "problem": problem})


@guarded
@require_http_methods(["GET", "POST"])
def late_return(request: HttpRequest, document_id: UUID, intake_id: UUID) -> HttpResponse:
    """A return that came after the FRCP was taken back: both contents side by side, and the decision of a physician (R-087)."""
    actor, problem, reason = actor_of(request), "", request.POST.get("reason", "").strip()[:600]
    between = exchange.between_regions(actor, document_id)
    aside = next((one for one in between.aside if one.intake_id == intake_id), None)
    if aside is None:
        raise Http404
    if request.method == "POST":
        decide = exchange.adopt_return if request.POST.get("do") == "adopt" else exchange.set_return_aside
        try:
            decide(actor=actor, document_id=document_id, intake_id=intake_id, reason=reason)
        except exchange.SendingRefused as error:
            problem = str(error)
        else:
            messages.success(request, _("Décision notée ; rien n'est effacé"))
            return _to_transmissions(document_id)
    view = open_view(request, document_id)
    context = {
        "aside": aside,
        "may_decide": between.may_act and aside.to_decide,
        "differences": _differences(actor, view, intake_id),
        "reason": reason,
        "problem": problem,
    }
    return _page(request, view, "web/transmissions/late_return.html", context)


def _differences(actor: User, view: DocumentView, intake_id: UUID) -> list[documents.Difference]:
    try:
        returned = exchange.aside_answers(actor, view.line.document_id, intake_id)
    except LookupError as error:
        raise Http404 from error
    return documents.differences(view.schema, view.answers, documents.with_rows_named(returned, view.answers))


def _to_transmissions(document_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("web:transmissions", args=[document_id]))


def _page(request: HttpRequest, view: DocumentView, template: str, context: dict[str, Any]) -> HttpResponse:
    frame = document_frame(request, view, "web:transmissions")
    return render(request, template, {**frame, **context}, status=422 if context["problem"] else 200)
