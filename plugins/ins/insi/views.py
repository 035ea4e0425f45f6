"""The operator's page of INSi. No identity is shown."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from dcc.accounts.api import User
from plugins.ins.insi import operating
from plugins.ins.models.insi import Outcome


@require_GET
def insi(request: HttpRequest) -> HttpResponse:
    """How INSi fares, and the last calls."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    asked = request.GET.get("issue", "")
    outcome = asked if asked in Outcome.values else ""
    try:
        before = parse_datetime(request.GET.get("avant", ""))
    except ValueError:
        before = None
    before = before if before is not None and before.tzinfo else None
    found = operating.lines(actor=request.user, outcome=outcome, before=before)
    context = {
        "state": operating.state(actor=request.user),
        "lines": found,
        "outcome": outcome,
        "choices": [("", "")] + [(each.value, each.label) for each in Outcome],
        "before": found[-1].at.isoformat() if len(found) == operating.PAGE else "",
    }
    return render(request, "ins/insi.html", context)
