"""What a person does to a sending that does not go on by itself: once more, to another address, or given up with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view


@dataclass(frozen=True, slots=True)
class Act:
    """A gesture: how it is called, what it asks (``field``, ``label``, ``hint``), what is said once done."""

    title: Any
    button: Any
    done: Any
    run: Callable[[User, UUID, str, str], object]
    label: Any = ""
    hint: Any = ""
    kind: str = ""


def _retry(actor: User, transmission_id: UUID, state: str, said: str) -> object:
    return exchange.retry(actor=actor, transmission_id=transmission_id, expected_state=state)


def _redirect(actor: User, transmission_id: UUID, state: str, said: str) -> object:
    return exchange.redirect(actor=actor, transmission_id=transmission_id, expected_state=state, address=said)


def _abandon(actor: User, transmission_id: UUID, state: str, said: str) -> None:
    exchange.abandon(actor=actor, transmission_id=transmission_id, expected_state=state, reason=said)


ACTS: Mapping[str, Act] = {
    "relance": Act(_("Relancer l'envoi"), _("Relancer"), _("Envoi relancé"), _retry),
    "adresse": Act(
        _("Envoyer à une autre adresse"),
        _("Envoyer à cette adresse"),
        _("Envoi demandé à cette adresse"),
        _redirect,
        _("Adresse MSSanté du destinataire"),
        _("Une adresse de l'espace de confiance MSSanté, du professionnel ou de sa structure."),
        "email",
    ),
    "abandon": Act(
        _("Abandonner l'envoi"),
        _("Abandonner"),
        _("Envoi abandonné"),
        _abandon,
        _("Motif de l'abandon"),
        _("Sans nommer le patient ; il reste dans l'historique de l'envoi."),
        "text",
    ),
}
"""By the last part of their address."""


@guarded
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, document_id: UUID, transmission_id: UUID, name: str) -> HttpResponse:
    """Ask what the gesture needs (GET), do it (POST), or say why it is refused."""
    actor = actor_of(request)
    documents.reference(actor, Action.WATCH_TRANSMISSIONS, document_id)
    lines = exchange.transmissions_of(actor, document_id)
    line = next((one for one in lines if one.transmission_id == transmission_id), None)
    if line is None or name not in ACTS:
        raise Http404
    chosen, said, problem = ACTS[name], request.POST.get("said", "").strip()[:400], ""
    if request.method == "POST":
        try:
            chosen.run(actor, transmission_id, request.POST.get("state", ""), said)
        except exchange.SendingRefused as error:
            problem = str(error)
        else:
            messages.success(request, str(chosen.done))
            return HttpResponseRedirect(reverse("web:transmissions", args=[document_id]))
    frame = document_frame(request, open_view(request, document_id), "web:transmissions")
    context = {**frame, "act": chosen, "line": line, "said": said, "problem": problem}
    return render(request, "web/transmissions/act.html", context, status=422 if problem else 200)
