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
from dcc.web import habits
from dcc.web.views.guards import actor_of, guarded_json, problem, require_somewhere
from forms_config import api as forms
from forms_config.rendering import to_posted
from forms_config.schema.model import Question
from forms_config.schema.values import display_professional
from forms_config.terminology import api as terminology

LIMIT = 20


@guarded_json
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """Codes of a value set, in the version that the document's form pins: favourites and last used ones first."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    name, form = request.GET.get("liste", ""), request.GET.get("formulaire", "")
    try:
        version = forms.schema_of(UUID(form)).value_sets.get(name) or None if form else None
        liked = habits.preferred(actor_of(request), name)
        found = terminology.search(name, request.GET.get("q", "")[:200], version=version, limit=LIMIT, preferred=list(liked))
    except (terminology.UnknownValueSet, forms.UnknownForm, ValueError):
        return problem(_("Liste inconnue"), 404)
    options = [{"value": f"{c.code}|{c.system}", "code": c.code, "label": c.label, "mark": liked.get(c.code, "")} for c in found]
    return JsonResponse({"options": options})


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
    return JsonResponse({"options": [_person(value) for value in _professionals(text)]})


def _professionals(text: str) -> list[Mapping[str, Any]]:
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
