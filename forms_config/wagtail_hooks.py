"""Forms and their published versions in the admin, to look at (« Formulaires » is also where they will be edited)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, PublishingPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import (
    IndexView,
    InspectView,
    PreviewOnEditView,
    PreviewRevisionView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from dcc.accounts import api as accounts
from dcc.accounts.viewing import ViewOnlyPolicy, actor_of
from forms_config.admin_urls import admin_urls
from forms_config.blocks.wagtail_hooks import BlockViewSet
from forms_config.bundle.origins import origin_of
from forms_config.bundle.wagtail_hooks import TrustedPublisherViewSet, exchange_buttons
from forms_config.lists.admin import admin_urls as lists_urls
from forms_config.models import FormDefinition, FormVersion
from forms_config.preview import may_preview
from forms_config.queries import form_version
from forms_config.terminology.wagtail_hooks import ValueSetVersionViewSet, ValueSetViewSet
from forms_config.viewing import panels_of
from forms_config.workshop.admin import admin_urls as workshop_urls
from forms_config.workshop.editing import DefinitionForm, FormEditView, WorkshopPanel, approved_by_another
from forms_config.workshop.rcps import rcp_words

if TYPE_CHECKING:
    from dcc.accounts.models import User


class FormPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """A form is withdrawn, never deleted: documents were written on it."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))


register_permission_policy(FormDefinition, FormPolicy(FormDefinition))
register_permission_policy(FormVersion, ViewOnlyPolicy(FormVersion))


class FormInspectView(InspectView):  # type: ignore[misc]  # Wagtail ships no types
    """A form as it is published: its versions, then its sections and questions."""

    template_name = "forms_config/inspect_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        versions = list(FormVersion.objects.filter(definition=self.object).select_related("published_by").order_by("-number"))
        context["exchange"] = list(exchange_buttons(self.object, actor_of(self.request)))
        context["origin"] = origin_of(self.object.pk)
        schema = form_version(versions[0].pk).schema if versions else None
        return {**context, "versions": versions, "schema": schema, "panels": panels_of(self.object.key)}


class FormIndexView(IndexView):  # type: ignore[misc]  # Wagtail ships no types
    """The forms, and the way to bring one from another platform."""

    @property
    def header_more_buttons(self) -> list[Button]:
        if not accounts.may(actor_of(self.request), accounts.Action.CONFIGURE_FORMS):
            return list(super().header_more_buttons)
        more = [
            Button(_("Premier formulaire, pas à pas"), url=reverse("workshop:guide"), icon_name="help", priority=80),
            Button(_("Importer un formulaire"), url=reverse("bundle:import"), icon_name="upload", priority=90),
        ]
        return [*super().header_more_buttons, *more]


class ForWhoSeesDrafts:
    """A preview for who writes forms and for who only approves them; the latter may not « change », which Wagtail asks."""

    request: HttpRequest

    def user_has_permission(self, permission: str) -> bool:
        return may_preview(self.request)

    def user_has_permission_for_instance(self, permission: str, instance: FormDefinition) -> bool:
        return may_preview(self.request)


class FormPreviewView(ForWhoSeesDrafts, PreviewOnEditView):  # type: ignore[misc]  # Wagtail ships no types
    """The preview of what is on the page; as long as nothing readable was sent, that of the kept draft."""

    def error_response(self) -> HttpResponse:
        mode = self.object.default_preview_mode
        response: HttpResponse = self.object.make_preview_request(self.request, mode, self.get_extra_request_attrs())
        return response


class FormRevisionPreviewView(ForWhoSeesDrafts, PreviewRevisionView):  # type: ignore[misc]  # Wagtail ships no types
    """The preview of a former draft."""


class FormDefinitionViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = FormDefinition
    icon = "form"
    index_view_class = FormIndexView
    inspect_view_enabled = True
    inspect_view_class = FormInspectView
    inspect_view_fields = ["title", "key", "document_type"]
    inspect_template_name = "forms_config/inspect_form.html"
    list_display = ["title", "organ", Column("rcps", label=_("RCP"), accessor=lambda form: rcp_words(form.rcps)), "document_type"]
    list_filter = ["document_type", "organ"]
    search_fields = ["title", "organ", "key"]
    search_backend_name = None
    edit_view_class = FormEditView
    preview_on_edit_view_class = FormPreviewView
    revisions_view_class = FormRevisionPreviewView
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("title"), FieldPanel("organ")]), FieldPanel("rcps")],
                heading=_("Formulaire"),
                icon="form",
            ),
            WorkshopPanel(heading=_("Atelier"), icon="edit"),
            PublishingPanel(),
        ],
        base_form_class=DefinitionForm,
    )


class FormsGroup(SnippetViewSetGroup):  # type: ignore[misc]  # Wagtail ships no types
    items = (FormDefinitionViewSet, BlockViewSet, ValueSetViewSet, ValueSetVersionViewSet, TrustedPublisherViewSet)
    menu_icon = "form"
    menu_label = _("Formulaires")
    menu_name = "formulaires"
    menu_order = 100


register_snippet(FormsGroup)
hooks.register("register_admin_urls", lists_urls)
hooks.register("register_admin_urls", admin_urls)
hooks.register("register_admin_urls", workshop_urls)
hooks.register("construct_snippet_action_menu", approved_by_another)
