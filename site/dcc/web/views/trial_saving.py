"""What the page of a trial sends and asks: as :mod:`.autosave` and :mod:`.lookup` for a document."""

from __future__ import annotations

import uuid

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from dcc.documents import api as documents
from dcc.web import trials
from dcc.web.formpage.fragments import field_html, group_html
from dcc.web.formpage.posted import value_at
from dcc.web.views.autosave import calculated_fields, canonical_fields, json_body, read_changes
from dcc.web.views.guards import actor_of, guarded_json
from dcc.web.views.lookup import fictitious_people, suggestions
from dcc.web.views.rows import ORDERS
from dcc.web.views.trial import filling_of, for_editors


@guarded_json
@for_editors
@require_POST
def save(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """Save the values of some fields, as :func:`dcc.web.views.autosave.autosave`."""
    trial = trials.trial_of(actor_of(request), trial_id)
    before = documents.Draft(trial.pk, trials.schema_of(trial), trial.revision, trial.answers, {})
    reading = read_changes(before, json_body(request).get("changes"))
    result, form = trials.save(actor_of(request), trial_id, reading.changes), trials.form_of(trial)
    return JsonResponse(
        {
            "revision": result.revision,
            "saved": result.saved,
            "refused": {**reading.problems, **result.refused},
            "conflicts": [],
            "fields": {**canonical_fields(form, before, reading, result), **calculated_fields(form, result)},
        }
    )


@guarded_json
@for_editors
@require_POST
def rows(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """Add, remove or move a row; answers the whole group."""
    body = json_body(request)
    order, target = body.get("order"), body.get("target")
    if order not in ORDERS or not isinstance(target, str):
        raise SuspiciousOperation("Ordre mal formé")
    focus, problem = trials.order_row(actor_of(request), trial_id, order, target)
    trial = trials.trial_of(actor_of(request), trial_id)
    group = target.partition("/")[0]
    html = group_html(trials.form_of(trial), filling_of(trial), group)
    return JsonResponse({"revision": trial.revision, "group": group, "html": html, "focus": focus, "problem": problem})


@guarded_json
@for_editors
@require_POST
def file(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """Answer a question by a file, of which only the name is kept."""
    path, sent = request.POST.get("path", ""), request.FILES.get("file")
    value = {"file": str(uuid.uuid4()), "name": sent.name or ""} if sent else None
    result = trials.save(actor_of(request), trial_id, [documents.Change(path, value, 0)])
    trial = trials.trial_of(actor_of(request), trial_id)
    fields = {p: field_html(trials.form_of(trial), p, value_at(trial.answers, p)) for p in result.saved}
    return JsonResponse(
        {"revision": trial.revision, "saved": result.saved, "refused": result.refused, "conflicts": [], "fields": fields}
    )


@guarded_json
@for_editors
@require_GET
def codes(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """Type-ahead of the form being tried."""
    return suggestions(request, trials.schema_of(trials.trial_of(actor_of(request), trial_id)))


@guarded_json
@for_editors
@require_GET
def people(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """The only people of a trial: they do not exist."""
    return fictitious_people(request)
