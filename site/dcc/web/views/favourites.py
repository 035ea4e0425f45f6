"""Favourites on the page of a document: found, inserted as rows with their provenance, taken out again.

A script asks and sends JSON, and is answered the whole group as it is now::

    {"group": "frcp.propositions", "favourite": id, "editor": "…"}
    {"group": "frcp.propositions", "remove": [row id, …], "base": 12, "editor": "…"}
    {"revision": 13, "group": …, "html": …, "rows": [row id, …], "said": French sentence, "sheets": [{"value", "label"}, …]}
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.web.formpage.compiled import compiled_form
from dcc.web.formpage.fragments import group_html
from dcc.web.formpage.page import Filling
from dcc.web.views.guards import actor_of, guarded, guarded_json, problem
from dcc.web.views.opening import document_frame, open_view
from forms_config.favourites import api as bank
from forms_config.schema.model import Question

RCP = "frcp.rcp.identifiant"
"""Which RCP a document is for: favourites of other RCP are not offered in it."""


@guarded_json
@require_GET
def offers(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Favourites for a group, by the words typed: the last used first, then the nearest."""
    documents.reference(actor_of(request), Action.EDIT_DOCUMENT, document_id)
    found = _offers(actor_of(request), document_id, request.GET.get("groupe", ""), request.GET.get("q", ""))
    options = [{"value": str(o.favourite_id), "label": o.name, "detail": _detail(o)} for o in found]
    return JsonResponse({"options": options})


def _offers(actor: User, document_id: uuid.UUID, group_key: str, text: str) -> Sequence[bank.Offer]:
    draft = documents.draft(actor, document_id)
    rcp = draft.answers.get(RCP)
    return bank.offers(
        actor, schema=draft.schema, group_key=group_key[:120], text=text[:200], rcp=rcp if isinstance(rcp, str) else ""
    )


def _detail(offer: bank.Offer) -> str:
    return " · ".join(part for part in (offer.place, offer.details, offer.summary) if part)


@guarded_json
@require_POST
def insert(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Insert the rows of a favourite, or take inserted rows out again."""
    actor, body = actor_of(request), _body(request)
    documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    group_key, editor = body["group"], str(body.get("editor", ""))[:36]
    if "remove" in body:
        done = Inserted([], _taken_out(actor, document_id, group_key, body, editor))
    else:
        try:
            done = insert_rows(actor, document_id, group_key, _id(body.get("favourite")), editor=editor)
        except (LookupError, ValueError) as error:
            return problem(str(error), 409)
    after = documents.draft(actor, document_id)
    html = group_html(compiled_form(after.form_version_id), Filling(after.answers, after.provenance), group_key)
    sheets = [{"value": str(sheet.sheet_id), "label": sheet.label} for sheet in done.sheets]
    answer = {"revision": after.revision, "group": group_key, "html": html, "rows": done.rows, "said": done.said}
    return JsonResponse({**answer, "sheets": sheets})


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        raise SuspiciousOperation("JSON attendu") from None
    if not isinstance(body, dict) or not isinstance(body.get("group"), str):
        raise SuspiciousOperation("Ordre mal formé")
    return body


def _id(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise LookupError(_("Ce favori n'existe pas")) from None


@dataclass(frozen=True, slots=True)
class Inserted:
    """What was inserted: ids of the rows, what to say of it, side-effect sheets that may be joined now."""

    rows: Sequence[str]
    said: str
    sheets: Sequence[bank.Sheet] = ()


def insert_rows(actor: User, document_id: uuid.UUID, group_key: str, favourite_id: uuid.UUID, *, editor: str = "") -> Inserted:
    """Insert a favourite whole or not at all.

    Raises ``LookupError`` (not for this person) and ``ValueError`` (broken, or the group is full), in French.
    """
    with transaction.atomic():
        schema = documents.draft(actor, document_id).schema
        taken = bank.take_favourite(actor=actor, favourite_id=favourite_id, schema=schema, group_key=group_key)
        rows = [
            documents.add_row(
                actor=actor,
                document_id=document_id,
                group_key=group_key,
                values=dict(values),
                editor=editor,
                origin="favori",
                source=f"{favourite_id}@{taken.edition}",
            ).added_rows[group_key]
            for values in taken.rows
        ]
    said = ngettext("« %(name)s » inséré : %(n)d ligne", "« %(name)s » inséré : %(n)d lignes", len(rows))
    sheets = bank.sheets(subject=taken.sheet) if taken.sheet else ()
    return Inserted(rows, said % {"name": taken.name, "n": len(rows)}, sheets)


def _taken_out(actor: User, document_id: uuid.UUID, group_key: str, body: Mapping[str, Any], editor: str) -> str:
    rows, base = body["remove"], body.get("base")
    if not isinstance(rows, list) or not isinstance(base, int):
        raise SuspiciousOperation("Ordre mal formé")
    with transaction.atomic():
        results = [
            documents.remove_row(
                actor=actor, document_id=document_id, group_key=group_key, row_id=str(row), base=base, editor=editor
            )
            for row in rows[: bank.ROW_LIMIT]
        ]
    kept = sum(bool(result.conflicts) for result in results)
    if kept:
        said = ngettext("%(n)d ligne reste : modifiée entre-temps", "%(n)d lignes restent : modifiées entre-temps", kept)
        return said % {"n": kept}
    return _("Insertion annulée")


@guarded
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The same on a page, without scripts: a list with a search, a button by favourite."""
    actor, group_key = actor_of(request), request.GET.get("groupe", "")
    documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    view = open_view(request, document_id)
    group = favourite_group(view.schema.by_key.get(group_key))
    if request.method == "POST":
        return _insert_chosen(request, document_id, group_key)
    text = request.GET.get("q", "")
    context = {"group": group, "text": text, "offers": _offers(actor, document_id, group_key, text)}
    return render(request, "web/document/favourites.html", {**document_frame(request, view, "web:document"), **context})


def favourite_group(group: Question | None) -> Question:
    """The group, when it admits favourites; else there is no such page."""
    if group is None or group.datatype != "group" or not group.favourites:
        raise Http404
    return group


def _insert_chosen(request: HttpRequest, document_id: uuid.UUID, group_key: str) -> HttpResponse:
    anchor = group_key
    try:
        done = insert_rows(actor_of(request), document_id, group_key, _id(request.POST.get("favourite")))
    except (LookupError, ValueError) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done.said)
        if done.sheets:
            messages.info(request, _("Une fiche d'effets secondaires peut être jointe : page « Pièces jointes »"))
        anchor = f"{group_key}/{done.rows[0]}"
    return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}#f-{anchor}")
