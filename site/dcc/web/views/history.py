"""The history of a document, and what changed since one moment of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dcc.documents import api as documents
from dcc.documents.api import HistoryLine
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view


@dataclass(slots=True)
class Day:
    """The lines of one day, newest first."""

    date: date
    lines: list[HistoryLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from a revision to now."""

    since: str
    differences: list[documents.Difference]


@guarded
@require_GET
def history(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Every step and every change, by day; with ``?depuis=<revision>`` or ``?version=<number>`` what differs from then to now."""
    view = open_view(request, document_id)
    days: list[Day] = []
    for line in documents.document_history(actor_of(request), document_id):
        day = timezone.localdate(line.at)
        if not days or days[-1].date != day:
            days.append(Day(day))
        days[-1].lines.append(line)
    context = {**document_frame(request, view, "web:history"), "days": days, "comparison": _comparison(request, view)}
    return render(request, "web/document/history.html", context)


def _comparison(request: HttpRequest, view: documents.DocumentView) -> Comparison | None:
    number, since = request.GET.get("version", ""), request.GET.get("depuis", "")
    if number.isdecimal() and int(number) in view.versions:
        former = documents.open_version(actor_of(request), view.line.document_id, int(number))
        words = _("version %(n)s") % {"n": former.line.version}
        return Comparison(words, documents.differences(view.schema, former.answers, view.answers))
    if not since.isdecimal() or len(since) > 9:
        return None
    before = documents.draft(actor_of(request), view.line.document_id, revision=int(since))
    return Comparison(since, documents.differences(view.schema, before.answers, view.answers))
