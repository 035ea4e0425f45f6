"""« Accès au DMP »: the state of one's session of the trust space, opening and closing it, what waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.contracts.errors import NotConfigured
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.web.identity import identity_words
from dcc.web.views.guards import actor_of
from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import closing, live, opening
from plugins.dmp.sessions.problems import NotOpened, Problem
from plugins.dmp.sessions.waiting import waiting_documents
from plugins.dmp.settings import in_force

STOP_ASKING = 286
"""The status by which htmx puts the answer in place and asks no more."""
LONGEST = Opening._meta.get_field("then").max_length or 0
RECENT = timedelta(minutes=10)
"""How long the page still says why the last opening came to nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody's session stands: open, being asked for, or why it is not.

    ``then`` is the page to go on with, ``ended_at`` when the last one ended today.
    """

    session: TrustSession | None
    asked: Opening | None
    problem: Problem | None
    then: str
    ended_at: datetime | None = None


def standing_of(user: User) -> Standing:
    """As the page shows it."""
    session, last = live.session_of(user), opening.last_opening(user)
    asked = last if last is not None and last.state == Opening.State.ASKED else None
    recent = last is not None and last.asked_at > timezone.now() - RECENT
    problem = NotOpened(last.problem).problem if last is not None and recent and last.problem and session is None else None
    then = last.then if last is not None and recent else ""
    return Standing(session, asked, problem, then, live.ended_at(user))


@accounts.psc_required
@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """The page."""
    user = actor_of(request)
    context = {**_shown(request, standing_of(user)), "suite": _then(request, request.GET.get("suite", ""))}
    return render(request, "dmp/access.html", context)


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """The state alone, asked again while the telephone is waited for; nothing as long as it does not change."""
    standing = standing_of(actor_of(request))
    if standing.asked is not None and request.GET.get("vu") == str(standing.asked.pk):
        return HttpResponse(status=204)
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(reverse("dmp:access"))
    context = {**_shown(request, standing), "suite": standing.then, "swapped": True}
    return render(request, "dmp/access_state.html", context, status=200 if standing.asked else STOP_ASKING)


@accounts.psc_required
@require_POST
def open_access(request: HttpRequest) -> HttpResponse:
    """Ask for a session: the page then shows the two digits."""
    user, grant = actor_of(request), accounts.psc_session_of(request)
    then = _then(request, request.POST.get("suite", ""))
    if grant is None or live.session_of(user) is not None:
        return HttpResponseRedirect(reverse("dmp:access"))
    channel = request.POST.get("channel", "")
    channel = channel if channel in opening.CHANNELS else ""
    try:
        opening.open_session(user=user, grant=grant, situation=accounts.situation_of(request), channel=channel, then=then)
    except NotOpened as refused:
        messages.warning(request, f"{refused.problem.words}. {refused.problem.remedy}")
    except NotConfigured:
        messages.warning(request, _("L’accès au DMP n’est pas configuré sur cette plateforme."))
    return HttpResponseRedirect(reverse("dmp:access"))


@require_POST
def close_access(request: HttpRequest) -> HttpResponse:
    """Close it, or give up its opening."""
    user = actor_of(request)
    was_open = live.session_of(user) is not None
    closing.close(user.pk)
    messages.success(request, _("Accès au DMP fermé") if was_open else _("Ouverture abandonnée"))
    return HttpResponseRedirect(reverse("dmp:access"))


def _shown(request: HttpRequest, standing: Standing) -> dict[str, Any]:
    return {
        "standing": standing,
        "channel": in_force().channel,
        "reachable": bool(in_force().proxy),
        "situation": accounts.situation_of(request),
        "waiting": _waiting(actor_of(request)),
    }


def _waiting(user: User) -> list[dict[str, Any]]:
    ids = waiting_documents(user)
    if not ids:
        return []
    lines = documents.documents_among(user, ids)
    known = patients.snapshots({line.patient_id for line in lines})
    return [{"line": line, "patient": identity_words(known[line.patient_id])} for line in lines]


def _then(request: HttpRequest, wanted: str) -> str:
    """The page to go on with; nothing when it is not of this site, or longer than an opening keeps."""
    page = accounts.inside(request, wanted)
    return page if len(page) <= LONGEST else ""
