"""Nothing is served without both factors, save our own pages that say so themselves (``login_not_required``).

It replaces Django's ``LoginRequiredMiddleware``, which is content with a password. Views of libraries cannot exempt
themselves: those of Django REST framework, and with them Wagtail's API, all do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dcc.accounts import open_sessions, sessions, signin
from dcc.accounts.calls.opening import call_of
from dcc.accounts.lockout import wants_data
from dcc.accounts.passwords import renewal
from dcc.accounts.psc import leaving, refreshing
from dcc.accounts.queries import keep_rights
from dcc.settings.plugins import PLUGINS

CLOSED_HEADER = "X-DCC-Session"
BACKGROUND_HEADER = "X-DCC-Background"
"""A request the page makes by itself (presence, clock): it does not keep a session alive."""


BACKGROUND_PATHS = ("/admin/editing-sessions/",)
"""What Wagtail's editor asks every few seconds for as long as it stays open."""
USER_HEADER = "X-DCC-User"
"""Whose page asks: when another person has signed in since in the same browser, what the page sends is not hers."""

OURS = frozenset({"dcc", "forms_config", "rcp_directory", *(plugin.partition(".")[0] for plugin in PLUGINS)})
"""Packages whose views may be open to everybody."""


class TwoFactorMiddleware(LoginRequiredMiddleware):
    """Ends sessions that are over, then asks for both factors."""

    def process_request(self, request: HttpRequest) -> None:
        """End an idle or too old session before any view sees its user."""
        if not request.user.is_authenticated:
            return
        open_sessions.keep_up(request.session)
        if sessions.remaining(request.session) <= 0:
            signin.end(request, why="timeout")
            return
        leaving.follow(request)
        if BACKGROUND_HEADER not in request.headers and not request.path.startswith(BACKGROUND_PATHS):
            sessions.touch(request.session)
            refreshing.keep_alive(request.session)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let through who gave both factors, and the pages that ask for none."""
        if is_open(view_func):
            return None
        user = signin.signed_in(request)
        if user is not None and request.headers.get(USER_HEADER, str(user.pk)) == str(user.pk):
            call = call_of(request.session)
            keep_rights(user, only_patient=call.patient_id if call else None)
            return _to_new_password(request, view_func)
        # A person gets the sign-in page; a script, a 401 that tells its page to ask again in place.
        return closed(request) if wants_data(request) else self.handle_no_permission(request, view_func)

    def get_login_url(self, view_func: Callable[..., Any]) -> str:
        """One entrance, whatever the view says of its own."""
        return str(settings.LOGIN_URL)


def _to_new_password(request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse | None:
    """To the page of the change, when another password is asked for and a person goes somewhere; saves pass."""
    if request.method != "GET" or renewal.asked(request) is None or wants_data(request):
        return None
    if view_func.__module__.startswith("dcc.accounts."):
        return None
    return redirect(reverse("accounts:change_password", query={"next": request.get_full_path()}))


def is_open(view_func: Callable[..., Any]) -> bool:
    """Whether a view is one of our own that anybody may ask, signed in or not."""
    return not getattr(view_func, "login_required", True) and view_func.__module__.partition(".")[0] in OURS


def closed(request: HttpRequest) -> HttpResponse:
    """The 401 that ``static/js/session.js`` waits for."""
    body = {"code": "session", "error": _("Session fermée : reconnectez-vous."), "relogin": reverse("accounts:relogin")}
    return JsonResponse(body, status=401, headers={CLOSED_HEADER: "closed", "Cache-Control": "no-store"})
