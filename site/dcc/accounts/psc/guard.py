"""« Session PSC » as a property: what asks for it, how it is asked, how the interrupted action resumes (R-108, R-109).

A view that acts on the DMP says so::

    @psc_required
    def deposit(request): ...

From a session without it (password and code, contextual call, tokens that died), the person is told why, goes to Pro Santé
Connect, must come back as herself, and the request resumes: a reading by itself, a form by a page that sends it again. What was
typed is kept sealed in the session meanwhile. Code that acts for the person asks :func:`psc_session_of`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dcc.accounts import sessions, signin
from dcc.accounts.lockout import wants_data
from dcc.accounts.psc import refreshing, vault
from dcc.accounts.sealing import Unreadable, seal, unseal

P = ParamSpec("P")
RESUME, RESUME_SECONDS, RESUME_LIMIT = "dcc_psc_resume", 900, 65_536
_CONTEXT = "accounts.psc.resume"
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class PscGrant:
    """What an action on the DMP needs: the access token, valid now. The token never goes to a log: it is not in ``repr``.

    ``session_id`` is the one that ``psc_session_ended`` tells when it is over.
    """

    national_id: str
    session_id: UUID
    sid: str
    expires_at: float
    access_token: str = field(repr=False)


def psc_session_of(request: HttpRequest) -> PscGrant | None:
    """The live Pro Santé Connect session of this request's session, refreshed if need be; nothing when there is none."""
    user = signin.signed_in(request)
    if user is None or sessions.level_of(request.session) is not sessions.Level.PSC or user.practitioner is None:
        return None
    row = vault.row_of(request.session)
    if row is None or row.user_id != user.pk:
        return None
    live = refreshing.live_tokens(row)
    if live is None:
        if row.ended_at is not None and sessions.fall_back(request.session):
            del request.session[vault.KEY]
        return None
    return PscGrant(user.practitioner.national_id, row.pk, row.sid, live["at"] + live["expires_in"], live["access_token"])


def psc_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view that runs only under a live Pro Santé Connect session; otherwise it is asked for, and the request resumes."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if psc_session_of(request) is None:
            return step_up(request)
        if request.method == "POST":
            request.session.pop(RESUME, None)
        return view(request, *args, **kwargs)

    guarded.asks_for_psc = True  # type: ignore[attr-defined]  # read where a contextual session stops at its patient
    return guarded


def step_up(request: HttpRequest) -> HttpResponse:
    """Keep the request, and send the person to the page that asks for Pro Santé Connect."""
    keep_request(request)
    page = reverse("accounts:psc_step_up")
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": page})
    if wants_data(request):
        words = _("Cette action demande une session Pro Santé Connect.")
        return JsonResponse({"code": "psc", "error": words, "step_up": page}, status=_FORBIDDEN)
    return redirect(page)


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that waits. ``whole`` is false when it was too large, or carried files: its page is shown again instead."""

    method: str
    path: str
    fields: list[tuple[str, str]]
    whole: bool
    shown: bool = False


def keep_request(request: HttpRequest) -> None:
    """Keep method, path and fields of the request, sealed, for a quarter of an hour."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    posted = request.method == "POST"
    whole = not request.FILES and sum(len(name) + len(value) for name, value in fields) <= RESUME_LIMIT
    path = request.get_full_path() if whole or not posted else _page_of(request)
    _write(request, Kept("POST" if posted and whole else "GET", path, fields if whole else [], whole))


def kept_request(request: HttpRequest) -> Kept | None:
    """The request that waits, if there is one."""
    try:
        content: dict[str, Any] = json.loads(unseal(request.session[RESUME], context=_CONTEXT))
    except (KeyError, Unreadable):
        return None
    if content.pop("until") < time.time():
        del request.session[RESUME]
        return None
    return Kept(**{**content, "fields": [(name, value) for name, value in content["fields"]]})


def show(request: HttpRequest, kept: Kept) -> None:
    """Note that the page that sends it again was shown: it goes by itself only once."""
    _write(request, Kept(kept.method, kept.path, kept.fields, kept.whole, shown=True))


def _write(request: HttpRequest, kept: Kept) -> None:
    content = {name: getattr(kept, name) for name in Kept.__slots__} | {"until": time.time() + RESUME_SECONDS}
    request.session[RESUME] = seal(json.dumps(content), context=_CONTEXT)


def _page_of(request: HttpRequest) -> str:
    """The page a form was sent from, or the home page."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host():
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")
