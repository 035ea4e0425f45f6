"""The journal for whoever answers for accesses: a page of search, its table as a file, what was done with one patient's data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.spreadsheet import csv_lines
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.accesses import report_pdf, table_of
from dcc.web.context import rights_of
from dcc.web.identity import SEXES, identity_words
from dcc.web.views.guards import actor_of, follow_merge, guarded
from dcc.web.views.patients import EXACT, Creation, exactly

WEEK, YEAR = timedelta(days=7), timedelta(days=365)
ASKED = ("du", "au", "qui", "structure", "nature", "resultat", "patient")


@guarded
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """What is found, newest first; the next page begins after the last line shown."""
    _require(request)
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ASKED}
    filters = _filters(asked)
    rows, following = accounts.read_journal(actor=actor_of(request), filters=filters, after=_place(request.GET.get("apres", "")))
    context = {
        "rows": rows,
        "asked": {**asked, "du": filters.since.date().isoformat(), "au": _last_day(filters).isoformat()},
        "kinds": [(kind.value, label) for kind, label in audit.KIND_LABELS.items()],
        "more": _more(asked, following) if following else "",
        "file": f"{reverse('web:journal_table')}?{urlencode(asked)}",
        "state": audit.state(),
    }
    return render(request, "web/journal/journal.html", context)


@guarded
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The same, all of it, as a CSV file."""
    _require(request)
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ASKED}
    try:
        rows = accounts.journal_rows(actor=actor_of(request), filters=_filters(asked))
    except accounts.TooMuch as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    return _csv(table_of(rows), "journal.csv")


@guarded
@require_http_methods(["GET", "POST"])
def patient(request: HttpRequest) -> HttpResponse:
    """Name a patient exactly, to tell what was done with his data."""
    _require(request)
    form = Creation({name: request.POST.get(name, "").strip() for name in EXACT}, ())
    missed = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(
                reverse("web:journal_accesses", args=[patients.identify(actor=actor_of(request), **exactly(form.typed))])
            )
        except patients.IdentityErrors as error:
            form.problems = error.fields
        except patients.NobodyExactly as error:
            missed = str(error)
    context = {"creation": form, "sexes": SEXES, "missed": missed}
    return render(request, "web/journal/patient.html", context, status=422 if form.problems or missed else 200)


@guarded
@require_GET
def accesses(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What was done with one patient's data in a period."""
    return _report(request, patient_id, "page")


@guarded
@require_GET
def accesses_file(request: HttpRequest, patient_id: UUID, output: str) -> HttpResponse:
    """The same as a file to hand over: ``pdf`` or ``csv``."""
    if output not in ("pdf", "csv"):
        raise Http404
    return _report(request, patient_id, output)


def _report(request: HttpRequest, patient_id: UUID, way: str) -> HttpResponse:
    _require(request)
    since, until = _period(request.GET.get("du", ""), request.GET.get("au", ""), YEAR)
    follow_merge(request, patient_id, merging.kept_id(patient_id))
    banner = identity_words(patients.patient_snapshot(patient_id))
    try:
        also = merging.absorbed_by(patient_id)
        rows = accounts.accesses_of(actor=actor_of(request), patient_id=patient_id, also=also, since=since, until=until, way=way)
    except accounts.TooMuch as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    if way == "csv":
        return _csv(table_of(rows), "acces.csv")
    asked = {"du": since.date().isoformat(), "au": (until - timedelta(days=1)).date().isoformat()}
    context = {"rows": rows, "asked": asked, "banner": banner, "patient_id": patient_id, "query": urlencode(asked)}
    context |= {"since": since, "last": until - timedelta(days=1), "now": timezone.now()}
    if way == "pdf":
        return _file(report_pdf(context), "application/pdf", "acces.pdf")
    return render(request, "web/journal/accesses.html", context)


def _csv(rows: Iterable[Sequence[str]], name: str) -> HttpResponse:
    return _file("".join(csv_lines(rows)).encode(), "text/csv; charset=utf-8", name)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _require(request: HttpRequest) -> None:
    if not rights_of(request).may(Action.READ_JOURNAL):
        raise PermissionDenied


def _filters(asked: dict[str, str]) -> audit.Filters:
    since, until = _period(asked["du"], asked["au"], WEEK)
    refused = {"refus": audit.actions_of(natures=[audit.Nature.REFUSED])}
    patient_id = _read(UUID, asked["patient"])
    return audit.Filters(
        since,
        until,
        actor_ids=accounts.people_like(name=asked["qui"], facility=asked["structure"]),
        patient_id=patient_id,
        also=merging.absorbed_by(patient_id) if patient_id else (),
        kind=_read(audit.Kind, asked["nature"]),
        actions=refused.get(asked["resultat"]),
    )


def _period(first: str, last: str, span: timedelta) -> tuple[datetime, datetime]:
    """From the beginning of a day to the end of another; by default the last days until today."""
    end = _read(date.fromisoformat, last) or timezone.localdate()
    begin = _read(date.fromisoformat, first) or end - span
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in (min(begin, end), max(begin, end)))
    return since, until + timedelta(days=1)


def _last_day(filters: audit.Filters) -> date:
    return timezone.localtime(filters.until - timedelta(hours=12)).date()


def _read(kind: Callable[[str], Any], text: str) -> Any:
    """A value typed in an address, or nothing when it is none."""
    try:
        return kind(text) if text else None
    except ValueError:
        return None


def _more(asked: dict[str, str], following: audit.Place) -> str:
    place = f"{following.at.isoformat()}_{following.id}"
    return f"{reverse('web:journal')}?{urlencode({**asked, 'apres': place})}"


def _place(text: str) -> audit.Place | None:
    at, _sep, number = text.rpartition("_")
    instant = _read(datetime.fromisoformat, at)
    known = instant is not None and instant.tzinfo is not None and number.isascii() and number.isdecimal() and len(number) < 19
    return audit.Place(instant, int(number)) if known else None
