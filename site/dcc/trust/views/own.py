"""« Mes engagements »: what one accepted, with its copy; the establishments, their conventions, whether the clause is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility
from dcc.audit import api as audit
from dcc.contracts.spreadsheet import csv_lines
from dcc.trust import proofs
from dcc.trust.copies import copy_of, level_words
from dcc.trust.models import Acceptance, Convention, TermsVersion
from dcc.trust.standing import standings
from dcc.trust.status import ClauseStatus, clause_status, conventions_of, place_words
from dcc.trust.views.answering import WHY, person
from dcc.trust.wording import blocks


@dataclass(frozen=True, slots=True)
class Situation:
    """An establishment of the person, and whether the clause is there."""

    facility: Facility
    place: str
    status: ClauseStatus
    conventions: Sequence[tuple[Convention, date | None]]
    """Those in force, with their last day."""


@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The page."""
    user = person(request)
    now = timezone.now()
    found, _turning = standings(user, at=now)
    places = {post.facility_id for post in accounts.rights(user).posts if post.facility_id is not None}
    situations = []
    for facility in accounts.facilities(ids=places):
        status = clause_status(user, facility, now)
        situations.append(Situation(facility, place_words(status.place), status, conventions_of(facility, now)))
    kept = Acceptance.objects.filter(user=user).select_related("version")
    context = {
        "asked": [(asked, WHY[asked.standing.reason] if asked.standing.reason else "") for asked in found],
        "kept": [(one, level_words(one.level)) for one in kept],
        "situations": situations,
        "may_export": proofs.may_export(user),
    }
    return render(request, "trust/mine.html", context)


@require_GET
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """The words of a published version; everybody signed in may read them."""
    person(request)
    found = TermsVersion.objects.filter(pk=version_id, withdrawn=False).first()
    if found is None:
        raise Http404
    return render(request, "trust/version.html", {"version": found, "blocks": blocks(found.body)})


@never_cache
@require_GET
def copy(request: HttpRequest, acceptance_id: int) -> HttpResponse:
    """The PDF of what one accepted oneself."""
    found = (
        Acceptance.objects.filter(pk=acceptance_id, user=person(request)).select_related("version", "user__practitioner").first()
    )
    if found is None:
        raise Http404
    name = f"conditions-{found.version.terms_id}-v{found.version.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(copy_of(found), content_type="application/pdf", headers=headers)


@never_cache
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The proofs of everybody, for who answers for them; leaves a trace."""
    user = person(request)
    rows: Sequence[Sequence[Any]] = proofs.rows(user)
    with transaction.atomic():
        audit.record(actor=user, action="terms.proofs_exported", subject="terms:proofs", rows=len(rows) - 1)
    headers = {"Content-Disposition": f'attachment; filename="{_("preuves-acceptation")}.csv"'}
    return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)
