"""What the workshop's page asks: one operation on the draft it holds, codes of a list. Nothing of a form is stored here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST
from wagtail.permissions import policy_registry

from dcc.accounts.viewing import actor_of
from forms_config.blocks import api as blocks
from forms_config.models import FormDefinition
from forms_config.schema.model import FormSchema, schema_from_json, schema_to_json
from forms_config.terminology import api as terminology
from forms_config.workshop.operations import Applied, apply
from forms_config.workshop.pages import View, rendered
from forms_config.workshop.places import WorkshopError
from forms_config.workshop.sharing import GESTURES, apply_gesture

UNREADABLE = "Le contenu du formulaire est illisible : recharger la page"
SUGGESTED = 20


def _check_rights(request: HttpRequest, *actions: str) -> None:
    policy = policy_registry.get_by_type(FormDefinition)
    if not policy.user_has_any_permission(request.user, actions):
        raise PermissionDenied


@require_POST
def operate(request: HttpRequest) -> JsonResponse:
    """Apply an operation (none: only show) to the draft of the request and give it back with its page.

    The body is JSON: ``{draft, operation, arguments, view}``. What cannot be done is
    said in ``error``. Who only approves may look.
    """
    _check_rights(request, "change", "publish")
    try:
        asked = json.loads(request.body)
        if not isinstance(asked["draft"], dict):
            raise TypeError("un objet est attendu")
        schema = schema_from_json(blocks.whole(asked["draft"]))
    except (LookupError, ValueError, TypeError) as error:
        return JsonResponse({"error": f"{UNREADABLE} ({error})"}, status=400)
    view, said = View.of(asked.get("view")), ""
    if operation := asked.get("operation"):
        _check_rights(request, "change")
        try:
            done = _done(request, schema, str(operation), asked.get("arguments") or {})
        except WorkshopError as error:
            return JsonResponse({"error": str(error)}, status=422)
        schema, said = done.schema, done.said
        if done.selected:
            view = View(done.selected)
    answer: dict[str, Any] = {"html": rendered(schema, view, request), "said": said, "view": {"selected": view.selected}}
    if operation:
        answer["draft"] = draft_of(schema)
    return JsonResponse(answer)


def _done(request: HttpRequest, schema: FormSchema, operation: str, arguments: Mapping[str, Any]) -> Applied:
    """An operation, or a gesture on a shared block, which is somebody's; raises :class:`WorkshopError`."""
    if operation in GESTURES:
        return apply_gesture(schema, operation, arguments, actor=actor_of(request))
    return apply(schema, operation, arguments)


def draft_of(schema: FormSchema) -> dict[str, Any]:
    """A schema as a draft: value sets are pinned when it is published."""
    return {name: part for name, part in schema_to_json(schema).items() if name != "value_sets"}


@require_GET
def codes(request: HttpRequest) -> JsonResponse:
    """Codes of a list that match a text, as they are picked: « C50.2 · Quadrant supéro-interne du sein »."""
    _check_rights(request, "change")
    try:
        found = terminology.search(request.GET.get("values", ""), request.GET.get("q", "")[:200], limit=SUGGESTED)
    except terminology.UnknownValueSet as error:
        return JsonResponse({"error": str(error), "options": []}, status=404)
    return JsonResponse({"options": [f"{concept.code} · {concept.label}" for concept in found]})
