"""The syntheses and the calendar of a document: its page, the panel that follows what is typed, and the file for the patient."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from dcc.contracts.care.calendar_file import FILENAME, MEDIA_TYPE, calendar_file
from dcc.contracts.care.chronology import chronology
from dcc.contracts.care.days import day_of
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.web.care import CarePanel, act_lines, drawn, has_care, panel_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view
from forms_config.schema.answers import visible_answers
from forms_config.schema.model import FormSchema

REVISIONS = 100_000
"""More changes than a version of a document ever sees: the sequence of a calendar file grows through versions."""


def care_panel(schema: FormSchema, answers: Mapping[str, Any], *, editable: bool) -> CarePanel | None:
    """The panel of a document at today's date, as its outputs would see its answers; nothing for a form without acts."""
    if not has_care(schema.by_key):
        return None
    return panel_of(visible_answers(schema, answers), day_of(timezone.now()), editable=editable)


def _opened(request: HttpRequest, document_id: uuid.UUID) -> DocumentView:
    view = open_view(request, document_id)
    if not has_care(view.schema.by_key):
        raise Http404
    return view


@guarded
@require_GET
def calendar(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Syntheses, remarks, and the months; every act in a table under them."""
    view = _opened(request, document_id)
    seen = visible_answers(view.schema, view.answers)
    found = chronology(seen, day_of(timezone.now()))
    context = {
        **document_frame(request, view, "web:calendar"),
        "care": care_panel(view.schema, view.answers, editable=view.editable),
        "calendar": found,
        "months": drawn(found),
        "lines": act_lines(seen, found),
    }
    return render(request, "web/document/calendar.html", context)


@guarded
@require_GET
def panel(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The inside of the panel, asked again by the open page after each save."""
    draft = documents.draft(actor_of(request), document_id)
    care = care_panel(draft.schema, draft.answers, editable=True)
    if care is None:
        raise Http404
    return render(request, "web/document/care_body.html", {"care": care, "document_id": document_id, "editable": True})


@guarded
@require_GET
def file(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The iCalendar file, with neutral titles unless ``?titres=soins`` (decision 0172)."""
    view = _opened(request, document_id)
    now = timezone.now()
    today = day_of(now)
    content = calendar_file(
        chronology(visible_answers(view.schema, view.answers), today).events,
        family=document_id,
        on=today,
        stamp=now,
        sequence=view.line.version * REVISIONS + view.revision,
        titles="care" if request.GET.get("titres") == "soins" else "neutral",
    )
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, FILENAME) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
