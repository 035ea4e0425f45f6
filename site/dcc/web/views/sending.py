"""Sending a document on demand: recipients are chosen, what leaves is shown exactly, then it leaves. Nothing is kept between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import Action
from dcc.contracts.errors import Refused
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.exchange import api as exchange
from dcc.web.transmissions.choosing import choices_of, choosable, people
from dcc.web.views.guards import actor_of, expected_revision, guarded
from dcc.web.views.lookup import professionals
from dcc.web.views.opening import document_frame, open_view

FIELDS = ("number", "label", "address", "kind", "reason")


@dataclass(slots=True)
class Sending:
    """What was chosen and typed so far, and what is wrong with it."""

    keys: list[str]
    typed: dict[str, str]
    searched: str = ""
    problem: str = ""
    reason_problem: str = ""
    lines: list[exchange.SendingLine] = field(default_factory=list)

    @property
    def choices(self) -> list[exchange.RecipientChoice]:
        """As the exchange room takes them."""
        return choices_of(self.typed, self.keys)

    @property
    def continuity(self) -> bool:
        """Whether a reason has to be given."""
        return any(line.continuity for line in self.lines)


@guarded
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Choose (GET), look at what would leave (POST), send it (POST with ``do=send``)."""
    actor = actor_of(request)
    documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    sending = _sending(request)
    if request.method == "GET":
        return _choosing(request, document_id, sending)
    try:
        sending.lines = exchange.preview_sending(actor, document_id, sending.choices)
        if request.POST.get("do") != "send":
            return _confirming(request, document_id, sending)
        sent = exchange.send_document(
            actor=actor,
            document_id=document_id,
            expected_revision=expected_revision(request),
            recipients=sending.choices,
            continuity_reason=sending.typed["reason"],
        )
    except exchange.ContinuityNeeded as error:
        sending.reason_problem = str(error)
        return _confirming(request, document_id, sending)
    except (exchange.SendingRefused, Refused) as error:
        sending.problem = str(error)
        return _choosing(request, document_id, sending)
    told = ngettext("%(n)d envoi demandé", "%(n)d envois demandés", len(sent)) % {"n": len(sent)}
    messages.success(request, told)
    return HttpResponseRedirect(reverse("web:transmissions", args=[document_id]))


def _sending(request: HttpRequest) -> Sending:
    data = request.POST if request.method == "POST" else request.GET
    typed = {name: data.get(name, "").strip()[:600] for name in FIELDS}
    return Sending(data.getlist("to"), typed, data.get("q", "").strip()[:100])


def _choosing(request: HttpRequest, document_id: UUID, sending: Sending) -> HttpResponse:
    view = open_view(request, document_id)
    context = {
        "sending": sending,
        "recipients": choosable(exchange.recipients_of(actor_of(request), document_id), sending.keys),
        "people": people(professionals(sending.searched) if len(sending.searched) > 1 else []),
    }
    return _page(request, view, "web/transmissions/choose.html", context, status=422 if sending.problem else 200)


def _confirming(request: HttpRequest, document_id: UUID, sending: Sending) -> HttpResponse:
    view = open_view(request, document_id)
    status = 422 if sending.reason_problem else 200
    return _page(request, view, "web/transmissions/confirm.html", {"sending": sending}, status=status)


def _page(request: HttpRequest, view: DocumentView, template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    frame = document_frame(request, view, "web:transmissions")
    return render(request, template, {**frame, **context}, status=status)
