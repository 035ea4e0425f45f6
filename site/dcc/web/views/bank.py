"""A clinician's favourites: kept from the rows of a document, listed, changed, withdrawn, proposed to others, decided."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.api import Action
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.web.views.favourites import RCP, favourite_group
from dcc.web.views.guards import actor_of, guarded, require_somewhere
from dcc.web.views.opening import document_frame, open_view
from forms_config.favourites import api as bank
from forms_config.schema.model import FormSchema, Question


@guarded
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Keep rows of a group of this document as a favourite."""
    actor = actor_of(request)
    documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    view = open_view(request, document_id)
    group = favourite_group(view.schema.by_key.get(request.GET.get("groupe", "")))
    shown = bank.shown_rows(group, view.answers.get(group.key) or ())
    data = request.POST or None
    rcp = view.answers.get(RCP)
    description = bank.DescriptionForm(data)
    place = bank.PlaceForm(data, actor=actor, initial={"rcp": rcp})
    chosen = set(request.POST.getlist("rows")) if data else {row.row_id for row in shown}
    rows = [row["values"] for row in view.answers.get(group.key) or () if row["id"] in chosen]
    texts = bank.free_texts(group, bank.kept_rows(group, rows))
    problem = ""
    if data and description.is_valid() and place.is_valid():
        content = description.content(view.schema.document_type, group.key, rows)
        try:
            bank.save_favourite(
                actor=actor, content=content, schema=view.schema, place=place.place, confirmed=_confirmed(request, texts)
            )
        except bank.FavouriteRefused as error:
            problem = str(error)
        else:
            return _kept(request, view, group, place)
    context = {"group": group, "shown": shown, "chosen": chosen, "description": description, "place": place, "problem": problem}
    context["texts"] = _to_read(request, texts)
    frame = document_frame(request, view, "web:document")
    return render(request, "web/document/keep.html", {**frame, **context}, status=422 if data else 200)


def _kept(request: HttpRequest, view: DocumentView, group: Question, place: Any) -> HttpResponse:
    name = request.POST["name"].strip()
    if place.place.scope is bank.Scope.PERSONAL:
        messages.success(request, _("« %(name)s » est gardé dans vos favoris") % {"name": name})
    else:
        messages.success(request, _("« %(name)s » est proposé : une autre personne décide") % {"name": name})
    return HttpResponseRedirect(f"{reverse('web:document', args=[view.line.document_id])}#f-{group.key}")


def _to_read(request: HttpRequest, texts: Sequence[str]) -> Sequence[bank.TextToRead]:
    return bank.texts_to_read(texts, request.POST.getlist("confirmed"))


def _confirmed(request: HttpRequest, texts: Sequence[str]) -> list[str]:
    return [text.text for text in _to_read(request, texts) if text.ticked]


@guarded
@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    """All the favourites one may see, and what waits for oneself."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    found = bank.shelf(actor_of(request))
    broken = [card for card in (*found.mine, *found.shared) if card.problems]
    return render(request, "web/bank/shelf.html", {"shelf": found, "broken": broken})


@guarded
@require_http_methods(["GET", "POST"])
def favourite(request: HttpRequest, favourite_id: uuid.UUID) -> HttpResponse:
    """One favourite; on POST change it, or propose the change to who may approve it."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    actor, data = actor_of(request), request.POST or None
    card = _found(lambda: bank.card(actor, favourite_id))
    context: dict[str, Any] = {"card": card}
    if card.may_edit or card.may_propose:
        content, schema = _found(lambda: bank.content_of(actor, favourite_id))
        description = bank.DescriptionForm(data, initial=_description(content))
        context |= {"description": description, "place": bank.PlaceForm(actor=actor, wider_than=card.scope)}
        if schema is not None:
            rows = bank.rows_form(schema, schema.by_key[content.group_key], rows=content.rows, data=data)
            context["rows"] = rows
            if data and description.is_valid() and rows.is_valid():
                wanted = description.content(content.document_type, content.group_key, rows.values)
                problem = _change(request, favourite_id, wanted, schema)
                if not problem:
                    return HttpResponseRedirect(reverse("web:bank"))
                context |= problem
    return render(request, "web/bank/favourite.html", context, status=422 if data else 200)


def _change(request: HttpRequest, favourite_id: uuid.UUID, content: bank.Content, schema: FormSchema) -> dict[str, Any]:
    """Change it, and say so; else what stands in the way, for the page."""
    texts = bank.free_texts(schema.by_key[content.group_key], content.rows)
    try:
        changed = bank.edit_favourite(
            actor=actor_of(request),
            favourite_id=favourite_id,
            content=content,
            schema=schema,
            confirmed=_confirmed(request, texts),
            edition=bank.edition_in(request.POST),
        )
    except bank.TextsToConfirm as error:
        return {"problem": str(error), "texts": _to_read(request, error.texts)}
    except bank.FavouriteRefused as error:
        return {"problem": str(error)}
    said = _("Favori modifié") if changed == favourite_id else _("Modification proposée : une autre personne décide")
    messages.success(request, said)
    return {}


def _found(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except LookupError as error:
        raise Http404 from error


def _description(content: bank.Content) -> dict[str, Any]:
    return {name: getattr(content, name) for name in bank.DescriptionForm.base_fields}


@guarded
@require_POST
def propose(request: HttpRequest, favourite_id: uuid.UUID) -> HttpResponse:
    """Propose a favourite to a wider place."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    actor = actor_of(request)
    card = _found(lambda: bank.card(actor, favourite_id))
    form = bank.PlaceForm(request.POST, actor=actor, wider_than=card.scope)
    if not form.is_valid():
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return HttpResponseRedirect(reverse("web:bank_favourite", args=[favourite_id]))
    return _act(
        request,
        lambda: bank.propose_favourite(actor=actor, favourite_id=favourite_id, place=form.place),
        _("« %(name)s » est proposé : une autre personne décide") % {"name": card.name},
    )


@guarded
@require_POST
def withdraw(request: HttpRequest, favourite_id: uuid.UUID) -> HttpResponse:
    """Take a favourite away."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    actor = actor_of(request)
    _found(lambda: bank.card(actor, favourite_id))
    return _act(request, lambda: bank.withdraw_favourite(actor=actor, favourite_id=favourite_id), _("Favori retiré"))


@guarded
@require_POST
def decide(request: HttpRequest, favourite_id: uuid.UUID) -> HttpResponse:
    """Approve or refuse what somebody else proposed."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    actor, approve = actor_of(request), request.POST.get("do") == "approve"
    _found(lambda: bank.card(actor, favourite_id))
    note = request.POST.get("note", "")[:300]
    said = _("Proposition approuvée") if approve else _("Proposition refusée")
    return _act(request, lambda: bank.decide_favourite(actor=actor, favourite_id=favourite_id, approve=approve, note=note), said)


def _act(request: HttpRequest, act: Callable[[], Any], said: str) -> HttpResponse:
    """Do it and say so; a refusal is said with its reason, what one may not know of is not found."""
    try:
        act()
    except LookupError as error:
        messages.warning(request, str(error))
    except bank.FavouriteRefused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("web:bank"))
