"""Where the documents go: the policy of sending, in the help; what became of a document, recipient by recipient."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dcc.accounts.api import Action
from dcc.contracts.notices import HelpPage
from dcc.contracts.registry import current
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.notices import address_of
from dcc.web.transmissions.figure import policy_tables
from dcc.web.transmissions.follow_up import FollowUp, Reader, follow_up
from dcc.web.transmissions.regions import FRCP
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view

STOP_ASKING = 286
"""The status by which htmx puts the answer in place and asks no more."""


@require_GET
def who_receives(request: HttpRequest) -> HttpResponse:
    """« Qui reçoit quoi »: figure 10, as the platform applies it."""
    return render(request, "web/transmissions/policy.html", {"tables": policy_tables(), "pages": current().all(HelpPage)})


@guarded
@require_GET
def transmissions(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """« Destinataires et transmissions » of a document."""
    view = open_view(request, document_id)
    between = exchange.between_regions(actor_of(request), document_id)
    context = {
        "follow": _follow(request, document_id),
        "notices_url": address_of("document_notices", document_id, query="?page=envois"),
        "between": between,
        "comparable": exchange.COMPARABLE,
        "may_entrust": between.may_entrust and view.line.document_type == FRCP and "validate" in view.actions,
    }
    return render(request, "web/transmissions/page.html", {**document_frame(request, view, "web:transmissions"), **context})


@guarded
@require_GET
def panel(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The panel alone, asked again while something is on its way; empty when nothing changed since ``vu`` (what was seen)."""
    follow = _follow(request, document_id)
    if follow.moving and request.GET.get("vu", "") == follow.token:
        return HttpResponse(status=204)
    status = 200 if follow.moving else STOP_ASKING
    return render(request, "web/transmissions/panel.html", {"document_id": document_id, "follow": follow}, status=status)


def _follow(request: HttpRequest, document_id: UUID) -> FollowUp:
    """The panel; nothing more is sent of a document that another region holds."""
    lines = exchange.transmissions_of(actor_of(request), document_id)
    sent = _allowed(request, Action.SEND_DOCUMENT, document_id)
    practitioner = actor_of(request).practitioner
    reader = Reader(
        document_id,
        documents.patient_of(document_id),
        may_act=_allowed(request, Action.WATCH_TRANSMISSIONS, document_id) is not None,
        may_send=sent is not None and not sent.held_elsewhere,
        national_id=practitioner.national_id if practitioner else "",
    )
    return follow_up(lines, reader)


def _allowed(request: HttpRequest, action: Action, document_id: UUID) -> documents.Reference | None:
    try:
        return documents.reference(actor_of(request), action, document_id)
    except documents.ActionForbidden:
        return None
