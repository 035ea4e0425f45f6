"""The operator's page: which extractions are in use, how old they are, the last loads."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dcc.accounts.api import User
from plugins.annuaire import operating


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """What is in use. Loading is a command: the files are too large for a form."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    context = {"contents": operating.contents(actor=request.user), "loads": operating.loads(actor=request.user)}
    return render(request, "annuaire/state.html", context)
