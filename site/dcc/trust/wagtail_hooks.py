"""The room in the admin, « Engagements »: terms of use, what was published of them, conventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup, UnpublishView

from dcc.accounts.models import Role
from dcc.accounts.viewing import ViewOnlyPolicy
from dcc.trust.models import TermsSet, TermsVersion

if TYPE_CHECKING:
    from dcc.accounts.models import User


class KeptPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """Terms are withdrawn, never deleted: people accepted them."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))


register_permission_policy(TermsSet, KeptPolicy(TermsSet))
register_permission_policy(TermsVersion, ViewOnlyPolicy(TermsVersion))


class WithdrawTermsView(UnpublishView):  # type: ignore[misc]  # Wagtail ships no types
    """Through the model, which keeps a trace of it; Wagtail's own view would go around."""

    def unpublish(self) -> None:
        self.object.unpublish(user=self.request.user)


class TermsForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail ships no types
    """Terms, whose roles are ticked."""

    roles = forms.MultipleChoiceField(
        label=_("Rôles concernés"),
        choices=Role,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun coché : tous les rôles."),
    )


class TermsViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = TermsSet
    icon = "doc-full"
    inspect_view_enabled = True
    list_display = ["title", "key", "has_clause", "asked"]
    search_fields = ["title", "body"]
    search_backend_name = None
    unpublish_view_class = WithdrawTermsView
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title"), FieldPanel("key")]),
            FieldPanel("body"),
            FieldPanel("change_summary"),
            FieldPanel("has_clause"),
            FieldPanel("effective_on"),
            MultiFieldPanel([FieldPanel("roles"), FieldPanel("network"), FieldPanel("asked")], heading=_("Qui est concerné")),
        ],
        base_form_class=TermsForm,
    )


class TermsVersionViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = TermsVersion
    icon = "history"
    menu_label = _("Versions publiées")
    inspect_view_enabled = True
    list_display = ["title", "number", "effective_from", "has_clause", "withdrawn", "published_by"]
    list_filter = ["terms"]
    search_fields = ["title", "body"]
    search_backend_name = None


class CommitmentsGroup(SnippetViewSetGroup):  # type: ignore[misc]  # Wagtail ships no types
    items = (TermsViewSet, TermsVersionViewSet)
    menu_icon = "clipboard-list"
    menu_label = _("Engagements")
    menu_name = "engagements"
    menu_order = 160


def published_by_another(items: list[Any], request: HttpRequest, context: Mapping[str, Any]) -> None:
    """Terms are published by whoever approves them, after their author submitted them."""
    if context.get("model") is TermsSet:
        items[:] = [item for item in items if item.name != "action-publish"]


register_snippet(CommitmentsGroup)
hooks.register("construct_snippet_action_menu", published_by_another)
