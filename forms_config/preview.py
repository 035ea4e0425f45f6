"""Wagtail's preview of a form: the draft of the page, unsaved, as a physician would see it. Nothing of it is kept.

The pages of clinicians are a room above; it hands over what draws a form (:func:`draw_previews_with`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.snapshots import Finding
from forms_config.gate import GateRefused
from forms_config.publishing import compile_draft
from forms_config.schema.model import FormSchema

if TYPE_CHECKING:
    from forms_config.models import FormDefinition

Renderer = Callable[[HttpRequest, FormSchema], HttpResponse]
"""Draws a compiled form, empty, as a whole page; it writes nothing."""

_renderers: list[Renderer] = []


def draw_previews_with(renderer: Renderer) -> None:
    """Hand over what draws a form; a second one raises ``ValueError``."""
    if _renderers:
        raise ValueError("Forms are drawn by another room already")
    _renderers.append(renderer)


def may_preview(request: HttpRequest) -> bool:
    """Whether the person may look at drafts: who writes forms or approves them."""
    user = request.user
    if not isinstance(user, accounts.User):
        return False
    rights = accounts.rights(user)
    return rights.may(accounts.Action.CONFIGURE_FORMS) or rights.may(accounts.Action.APPROVE_FORMS)


def preview(request: HttpRequest, definition: FormDefinition) -> HttpResponse:
    """The draft that ``definition`` carries, or why it cannot be shown; raises ``PermissionDenied`` (:func:`may_preview`)."""
    if not may_preview(request):
        raise PermissionDenied(_("L'aperçu est réservé à qui rédige ou approuve les formulaires"))
    try:
        schema = compile_draft(definition)
    except GateRefused as refusal:
        return _not_shown(request, definition, refusal.findings)
    if not _renderers:
        missing = Finding("form.preview", "error", _("Cette plateforme ne montre pas de fiche"), source="preview")
        return _not_shown(request, definition, [missing])
    return _renderers[0](request, schema)


def _not_shown(request: HttpRequest, definition: FormDefinition, findings: Sequence[Finding]) -> HttpResponse:
    context = {"definition": definition, "findings": findings}
    return render(request, "forms_config/preview_impossible.html", context)
