"""What type-ahead fields ask while one types: codes of a value set, people, structures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.capabilities import DirectorySource
from dcc.contracts.registry import current
from dcc.exchange import api as exchange
from dcc.web import habits
from dcc.web.views.guards import actor_of, guarded_json, problem, require_somewhere
from forms_config import api as forms
from forms_config.rendering import to_posted
from forms_config.schema.choices import REGIONAL_SYSTEM
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import display_professional
from forms_config.terminology import api as terminology

LIMIT = 20


@guarded_json
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """Codes of a value set, in the version that the document's form pins: favourites and last used ones first.

    With ``question``, only what the form keeps of the list for it, in its order and with its words.
    """
    require_somewhere(request, Action.OPEN_DOCUMENT)
    form = request.GET.get("formulaire", "")
    try:
        schema = forms.schema_of(UUID(form)) if form else None
    except (forms.UnknownForm, ValueError):
        return problem(_("Liste inconnue"), 404)
    return suggestions(request, schema)


def suggestions(request: HttpRequest, schema: FormSchema | None) -> HttpResponse:
    """What the type-ahead of a form proposes for the text typed."""
    name, pins = request.GET.get("liste", ""), schema.value_sets if schema else {}
    question = schema.find(request.GET.get("question", "")) if schema else None
    if question is not None and question.datatype == "coded":
        listing = forms.listing_of(question, pins)
    else:
        listing = forms.Listing(name, pins.get(name) or None)
    liked = habits.preferred(actor_of(request), listing.values) if listing.values else {}
    try:
        found = listing.search(request.GET.get("q", "")[:200], limit=LIMIT, preferred=list(liked))
    except terminology.UnknownValueSet:
        return problem(_("Liste inconnue"), 404)
    return JsonResponse({"options": [_option(listing, concept, liked.get(concept.code, "")) for concept in found]})


def _option(listing: forms.Listing, concept: terminology.Concept, mark: str) -> dict[str, str]:
    code = "" if concept.system == REGIONAL_SYSTEM else concept.code
    return {"value": f"{concept.code}|{concept.system}", "code": code, "label": listing.shown(concept), "mark": mark}


@guarded_json
@require_POST
def favourite(request: HttpRequest) -> HttpResponse:
    """Pin a code of a value set for this person, or unpin it."""
    require_somewhere(request, Action.EDIT_DOCUMENT)
    name, code = request.POST.get("liste", "")[:100], request.POST.get("code", "")[:50]
    if not terminology.exists(name) or terminology.lookup(name, code) is None:
        return problem(_("Code inconnu"), 404)
    return JsonResponse({"pinned": habits.toggle(actor_of(request), name, code)})


@guarded_json
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Professionals or structures by the words typed, each with the texts of its sub-fields."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    text = request.GET.get("q", "").strip()[:100]
    if len(text) < 2:
        return JsonResponse({"options": []})
    if request.GET.get("genre") == "organisation":
        return JsonResponse({"options": [_structure(value) for value in _structures(text)]})
    return JsonResponse({"options": [_person(value) for value in professionals(text)]})


def professionals(text: str) -> list[Mapping[str, Any]]:
    """Those known here, then those of the directories that plugins bring; the same identifier is shown once."""
    known = [accounts.professional_value(p, label=terminology.label) for p in accounts.practitioners(text=text, limit=LIMIT)]
    for source in current().all(DirectorySource):
        known += [dict(value) for value in source.search(text, limit=LIMIT)]
    unique: dict[Any, Mapping[str, Any]] = {}
    for number, value in enumerate(known):
        unique.setdefault((value.get("id") or {}).get("extension") or number, value)
    return list(unique.values())[:LIMIT]


def _structures(text: str) -> list[Mapping[str, Any]]:
    return [accounts.organisation_value(f, label=terminology.label) for f in accounts.facilities(text=text, limit=LIMIT)]


def fictitious_people(request: HttpRequest) -> HttpResponse:
    """The physician or the establishment of trials, whatever is typed."""
    if request.GET.get("genre") == "organisation":
        return JsonResponse({"options": [_structure(exchange.FICTITIOUS_ESTABLISHMENT)]})
    physician = {**exchange.FICTITIOUS_PHYSICIAN, "organisation": exchange.FICTITIOUS_ESTABLISHMENT}
    return JsonResponse({"options": [_person(physician)]})


_PROFESSIONAL = Question(key="q", label="q", datatype="professional")
_ORGANISATION = Question(key="q", label="q", datatype="organisation")


def _person(value: Mapping[str, Any]) -> dict[str, Any]:
    profession = (value.get("profession") or {}).get("label", "")
    number = (value.get("id") or {}).get("extension", "")
    details = " · ".join(part for part in (profession, number) if part)
    return {"label": display_professional(value), "detail": details, "raw": to_posted(_PROFESSIONAL, dict(value))}


def _structure(value: Mapping[str, Any]) -> dict[str, Any]:
    city = (value.get("address") or {}).get("city", "")
    number = (value.get("id") or {}).get("extension", "")
    details = " · ".join(part for part in (city, number) if part)
    return {"label": value["name"], "detail": details, "raw": to_posted(_ORGANISATION, dict(value))}
