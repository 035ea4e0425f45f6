"""What the admin gets of the gate: its pages, publishing several forms at once, a proof for each form that is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.signals import workflow_submitted
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from forms_config.control.services import keep_refused, request_report
from forms_config.control.subjects import draft_subject
from forms_config.control.views import ControlView, file_view, progress_view, start_view
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition

PAGES: Sequence[URLPattern] = (
    path("<int:pk>/controle/", ControlView.as_view(), name="gate"),
    path("<int:pk>/controle/lancer/", start_view, name="gate_start"),
    path("controle/<uuid:report_id>/avancement/", progress_view, name="gate_progress"),
    path("controle/fichier/<int:artifact_id>/", file_view, name="gate_file"),
)


class PublishForms(SnippetBulkAction):  # type: ignore[misc]  # Wagtail ships no types
    """« Publier » for the forms ticked in the list: each passes the gate by itself, a refusal stops no other."""

    display_name = gettext_lazy("Publier")
    action_type = "publish"
    aria_label = gettext_lazy("Publier les formulaires cochés")
    template_name = "forms_config/confirm_bulk_publish.html"
    action_priority = 20
    models = (FormDefinition,)

    def check_perm(self, obj: FormDefinition) -> bool:
        """Who may publish forms."""
        return bool(self.permission_policy.user_has_permission(self.request.user, "publish"))

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "user": self.request.user}

    @classmethod
    def execute_action(cls, objects: Sequence[FormDefinition], **context: Any) -> tuple[int, int]:
        """Publish the latest draft of each; refusals are said."""
        action, published = context["self"], 0
        for definition in objects:
            try:
                with transaction.atomic():
                    definition.get_latest_revision().publish(user=context["user"])
                published += 1
            except GateRefused as refusal:
                keep_refused(refusal)
                action.refused(definition, refusal)
            except PermissionDenied as refusal:
                action.refused(definition, refusal)
        return published, 0

    def refused(self, definition: FormDefinition, refusal: Exception) -> None:
        """Say why a form was not published."""
        said = {"title": definition.title, "why": refusal}
        messages.error(self.request, _("« %(title)s » n'est pas publié. %(why)s") % said)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext("%(count)d formulaire publié", "%(count)d formulaires publiés", num_parent_objects) % {
            "count": num_parent_objects
        }


def prove_submitted(sender: Any, instance: Any, **_options: Any) -> None:
    """A form that was submitted for approval is proved meanwhile, so that approving it does not wait."""
    subject = getattr(instance, "content_object", None)
    if isinstance(subject, FormDefinition):
        try:
            request_report(actor=None, subject=draft_subject(subject))
        except GateRefused:
            return  # what cannot be read as a form is said to whoever looks at it


hooks.register("register_bulk_action", PublishForms)
workflow_submitted.connect(prove_submitted, dispatch_uid="forms_config.control")
