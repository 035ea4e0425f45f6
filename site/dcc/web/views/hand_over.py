"""Noting that a validated document was handed to its patient."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import Action
from dcc.documents import api as documents
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view


@guarded
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Say when and by whom; what was validated does not change."""
    actor = actor_of(request)
    documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    state = documents.hand_over_state(actor, document_id)
    if state is None:
        raise Http404
    typed = {name: request.POST.get(name, "").strip() for name in ("on", "by")}
    problem = ""
    if request.method == "POST":
        try:
            documents.record_hand_over(actor=actor, document_id=document_id, on=_day(typed["on"]), by=typed["by"])
        except documents.ActionForbidden:
            raise
        except documents.DocumentError as error:
            problem = str(error)
        else:
            messages.success(request, _("Remise au patient notée"))
            return HttpResponseRedirect(reverse("web:document", args=[document_id]))
    view = open_view(request, document_id)
    context = {"state": state, "typed": typed, "problem": problem, "today": timezone.localdate().isoformat()}
    frame = document_frame(request, view, "web:document")
    return render(request, "web/document/hand_over.html", {**frame, **context}, status=422 if problem else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise documents.DocumentError(_("Donnez la date de la remise")) from None
