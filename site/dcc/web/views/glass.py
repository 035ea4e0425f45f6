"""« Bris de glace »: the page that asks for it, and the page where each is judged afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.api import Action
from dcc.patients import api as patients
from dcc.web.context import rights_of
from dcc.web.identity import SEXES
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.patients import EXACT, Creation, exactly


@guarded
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the file of a patient to whom nothing ties the reader: exact identity, reason, then a few hours of reading."""
    if not rights_of(request).may(Action.BREAK_GLASS):
        raise PermissionDenied
    names = (*EXACT, "reason", "words")
    form = Creation({name: request.POST.get(name, "").strip() for name in names}, ())
    missed = ""
    if request.method == "POST":
        try:
            patient_id = _break(request, form.typed)
        except patients.IdentityErrors as error:
            form.problems = error.fields
        except patients.NobodyExactly as error:
            missed = str(error)
        else:
            return HttpResponseRedirect(reverse("web:patient", args=[patient_id]))
    context = {
        "creation": form,
        "sexes": SEXES,
        "reasons": patients.REASONS,
        "hours": settings.DCC_GLASS_HOURS,
        "missed": missed,
        "mine": patients.open_glasses(actor_of(request)),
    }
    return render(request, "web/glass/ask.html", context, status=422 if form.problems or missed else 200)


def _break(request: HttpRequest, typed: Mapping[str, str]) -> UUID:
    return patients.break_glass(actor=actor_of(request), reason=typed["reason"], words=typed["words"], **exactly(typed))


@guarded
@require_http_methods(["GET"])
def review(request: HttpRequest) -> HttpResponse:
    """What waits for a review, the oldest first; and what was reviewed last."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "waiting": patients.to_review(actor),
        "reviewed": patients.to_review(actor, reviewed=True, limit=20),
        "verdicts": patients.VERDICTS,
        **more,
    }
    return render(request, "web/glass/review.html", context, status=status)


@guarded
@require_POST
def judge(request: HttpRequest, glass_id: UUID) -> HttpResponse:
    """Keep what the reviewer concludes."""
    typed = {name: request.POST.get(name, "").strip() for name in ("verdict", "words")}
    try:
        patients.review_glass(actor=actor_of(request), glass_id=glass_id, **typed)
    except patients.IdentityErrors as error:
        return _page(request, 422, problems=error.fields, typed=typed, about=glass_id)
    except LookupError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Revue enregistrée"))
    return HttpResponseRedirect(reverse("web:glass_review"))
