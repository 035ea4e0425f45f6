"""The first page: the documents of one's team, or one's own, by status, by patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.documents.api import DocumentLine
from dcc.patients import api as patients
from dcc.web.context import menu_of, rights_of
from dcc.web.identity import Banner, identity_words
from dcc.web.notices import address_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.words import STATUS
from forms_config.favourites import api as bank

PAGE = 40
MOST = 1_000
WAITING = "pps-a-creer"
"""Beside the statuses: the validated FRCP without PPS (R-049)."""
COUNTED = 99
"""How far those are counted."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter, as a link."""

    title: str
    url: str
    current: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A document with its patient in words."""

    line: DocumentLine
    patient: Banner
    next_steps: Sequence[documents.NextStep] = ()


@guarded
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Documents, last changed first; who sees none (editors, administrators) is led to what he may do."""
    if not rights_of(request).facilities(Action.OPEN_DOCUMENT):
        return _elsewhere(request)
    asked = {name: request.GET.get(name, "") for name in ("qui", "statut", "q")}
    limit = min(_number(request.GET.get("n", "")) or PAGE, MOST)
    lines = _lines(request, asked, limit + 1)
    waiting = documents.unfollowed_count(actor_of(request), at_most=COUNTED + 1)
    context = {
        "lines": _items(actor_of(request), lines[:limit]),
        "more": _url(asked, n=str(limit + PAGE)) if len(lines) > limit else "",
        "scopes": [_choice(asked, "qui", "", _("De l'équipe")), _choice(asked, "qui", "moi", _("Les miennes"))],
        "statuses": [
            _choice(asked, "statut", "", _("En vigueur")),
            *(_choice(asked, "statut", key, str(sign.label), sign.icon) for key, sign in STATUS.items()),
        ],
        "waiting": _choice(asked, "statut", WAITING, _("PPS à créer"), "arrow-into"),
        "waiting_count": f"{COUNTED}+" if waiting > COUNTED else waiting,
        "kept": {name: asked[name] for name in ("qui", "statut")},
        "q": asked["q"],
        "filtered": any(asked.values()),
        "to_mend": bank.to_mend(actor_of(request)),
        "notices_url": address_of("notices"),
        "may_create": bool(rights_of(request).facilities(Action.CREATE_DOCUMENT)),
    }
    return render(request, "web/worklist.html", context)


def _lines(request: HttpRequest, asked: dict[str, str], limit: int) -> list[DocumentLine]:
    mine, patient_ids = asked["qui"] == "moi", _patients(request, asked["q"])
    if asked["statut"] == WAITING:
        return documents.unfollowed(actor_of(request), mine=mine, patient_ids=patient_ids, limit=limit)
    status = asked["statut"] if asked["statut"] in STATUS else ""
    return documents.worklist(
        actor_of(request),
        status=status or None,  # type: ignore[arg-type]  # checked above: a status of the table
        mine=mine,
        patient_ids=patient_ids,
        limit=limit,
    )


def _elsewhere(request: HttpRequest) -> HttpResponse:
    menu = menu_of(request)
    if not menu:
        raise PermissionDenied
    return HttpResponseRedirect(menu[0].url)


def _patients(request: HttpRequest, text: str) -> set[UUID] | None:
    if not text.strip():
        return None
    found = patients.search(actor=actor_of(request), text=text[:200], limit=100)
    return {line.patient_id for line in found.lines}


def _items(actor: User, lines: list[DocumentLine]) -> list[Item]:
    known = patients.snapshots({line.patient_id for line in lines})
    steps = documents.next_steps(actor, lines)
    return [Item(line, identity_words(known[line.patient_id]), steps.get(line.document_id, ())) for line in lines]


def _choice(asked: dict[str, str], name: str, value: str, title: str, icon: str = "") -> Choice:
    return Choice(title, _url({**asked, name: value}), asked[name] == value, icon)


def _url(asked: dict[str, str], **more: str) -> str:
    query = urlencode({name: value for name, value in {**asked, **more}.items() if value})
    return f"{reverse('web:worklist')}?{query}" if query else reverse("web:worklist")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0
