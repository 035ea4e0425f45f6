"""The workshop inside Wagtail's edit view of a form: the panel, the control of what comes back, refusals as messages."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import Panel
from wagtail.snippets.views.snippets import EditView

from dcc.accounts.approval import OwnChange
from forms_config.blocks import api as blocks
from forms_config.bundle.origins import check_origin, origin_of
from forms_config.control.services import keep_refused
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition
from forms_config.schema.model import FormSchema, schema_from_json
from forms_config.workshop.pages import View, rendered
from forms_config.workshop.places import everything
from forms_config.workshop.rcps import RcpField

_DRAWN = re.compile(r"regional\.[a-z2-9]{12}\Z")
DRAFT_LIMIT = 2_000_000


def schema_of_draft(definition: FormDefinition, draft: Mapping[str, Any]) -> FormSchema:
    """A draft as a schema, shared blocks in full; raises ``LookupError``, ``ValueError`` or ``TypeError``."""
    own = {"key": definition.key, "title": definition.title or definition.key, "document_type": definition.document_type}
    return schema_from_json({**blocks.whole(draft), **own})


class DefinitionForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail ships no types
    """The form of a definition; what the page sends back as a draft is judged before it is kept."""

    rcps = RcpField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["draft"].show_hidden_initial = False  # as large again, and what is stored is known here
        self.fields["rcps"].know(self.initial.get("rcps") or [])

    def clean_draft(self) -> dict[str, Any]:
        draft = self.cleaned_data["draft"]
        former = self.initial.get("draft") or {}
        try:
            schema = schema_of_draft(self.instance, draft)
            if any(draft.get(name) != former.get(name) for name in ("volet", "volet_version")):
                raise ValueError(_("le volet d'un formulaire ne change pas"))
            _check_keys(schema, set(_keys_in(blocks.whole(former))) | blocks.question_keys())
        except (LookupError, ValueError, TypeError) as error:
            raise ValidationError(_("Le contenu du formulaire est illisible : %(error)s") % {"error": error}) from None
        return dict(draft)

    def clean(self) -> dict[str, Any]:
        """A form of another region keeps the words and the content that this region signed."""
        data: dict[str, Any] = super().clean()
        own = {"pk": self.instance.pk, "key": self.instance.key, "document_type": self.instance.document_type}
        if {"title", "draft"} <= data.keys():
            try:
                check_origin(FormDefinition(**own, title=data["title"], draft=data["draft"]))
            except PermissionDenied as refusal:
                self.add_error("title", str(refusal))
        return data


def _check_keys(schema: FormSchema, known: Collection[str]) -> None:
    """New regional questions carry keys that the server drew, or those of a shared block; raises ``ValueError``."""
    keys = [s.key for s in schema.sections if not s.element] + [q.key for q in everything(schema) if not q.element]
    for key in keys:
        if key not in known and not _DRAWN.match(key):
            raise ValueError(_("clé inattendue, « %(key)s »") % {"key": key})


def _keys_in(data: Any) -> list[str]:
    if isinstance(data, Mapping):
        own = [str(data["key"])] if "key" in data else []
        return own + [key for part in data.values() for key in _keys_in(part)]
    return [key for part in data for key in _keys_in(part)] if isinstance(data, list) else []


class WorkshopPanel(Panel):  # type: ignore[misc]  # Wagtail ships no types
    """The workshop as a panel of the edit form; the draft travels in a hidden field."""

    def get_form_options(self) -> dict[str, Any]:
        return {"fields": ["draft"], "widgets": {"draft": forms.HiddenInput(attrs={"data-workshop-draft": ""})}}

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]  # Wagtail ships no types
        template_name = "forms_config/workshop/panel.html"

        def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            definition = self.instance
            try:
                given = self.form["draft"].value()
                schema = schema_of_draft(definition, json.loads(given) if isinstance(given, str) else given)
            except (LookupError, ValueError, TypeError) as error:
                return {**context, "unreadable": str(error), "field": self.form["draft"]}
            # The page gets the draft with its blocks in full: operations work on what is seen.
            parts = rendered(schema, View.first(schema), self.request)
            urls = {name: reverse(f"workshop:{name}") for name in ("operate", "codes")}
            return {
                **context,
                "parts": parts,
                "urls": urls,
                "field": self.form["draft"],
                "links": links(definition),
                "origin": origin_of(definition.pk),
            }

        class Media:
            css = {"all": ["forms_config/workshop.css"]}
            js = ["forms_config/workshop.js"]

        media = property(lambda self: forms.Media(css=self.Media.css, js=self.Media.js))


LINKS = (
    ("workshop:duplicate", gettext_lazy("Dupliquer pour une autre RCP"), "copy"),
    ("web:trial", gettext_lazy("Essayer"), "view"),
    ("forms_config:gate", gettext_lazy("Contrôle"), "check"),
    ("forms_config:compare", gettext_lazy("Comparer"), "resubmit"),
)
"""Pages about a form that other rooms bring; each takes the number of the definition."""


def links(definition: FormDefinition) -> list[tuple[str, Any, str]]:
    """Pages about this form that are there: address, words, icon."""
    found = []
    for name, words, icon in LINKS:
        try:
            found.append((reverse(name, args=[definition.pk]), words, icon))
        except NoReverseMatch:
            continue
    return found


class FormEditView(EditView):  # type: ignore[misc]  # Wagtail ships no types
    """Wagtail's edit view; what the gate or the four eyes refuse is told, and the draft is kept."""

    def save_instance(self) -> Any:
        """Who may only approve changes nothing on the way."""
        if self.form.has_changed() and not self.permission_policy.user_has_permission(self.request.user, "change"):
            raise PermissionDenied(_("Votre rôle permet d'approuver, non de modifier"))
        return super().save_instance()

    def run_action_method(self) -> HttpResponse | None:
        """Publishing or approving; a refusal comes back to the draft."""
        try:
            answer: HttpResponse | None = super().run_action_method()
        except GateRefused as refusal:
            keep_refused(refusal)
            for finding in refusal.findings:
                messages.error(self.request, finding.message)
            return redirect(self.get_edit_url())
        except OwnChange as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.get_edit_url())
        return answer


def approved_by_another(items: list[Any], request: HttpRequest, context: Mapping[str, Any]) -> None:
    """A form is published by who approves it, and nobody is offered to publish what is on the page (hook of the action menu)."""
    if context.get("model") is FormDefinition:
        items[:] = [item for item in items if item.name != "action-publish"]
