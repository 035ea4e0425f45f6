"""The room in the admin, « Engagements »: terms of use, what was published of them, conventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup, UnpublishView

from dcc.accounts.viewing import ViewOnlyPolicy, actor_of
from dcc.trust.admin_forms import ConventionForm, TermsForm
from dcc.trust.conventions import trace
from dcc.trust.models import Convention, TermsSet, TermsVersion
from dcc.trust.proofs import may_export
from dcc.trust.views.admin import admin_urls

if TYPE_CHECKING:
    from dcc.accounts.models import User


class KeptPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """Terms are withdrawn and conventions ended, never deleted: people accepted the ones and acted under the others."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))


register_permission_policy(TermsSet, KeptPolicy(TermsSet))
register_permission_policy(Convention, KeptPolicy(Convention))
register_permission_policy(TermsVersion, ViewOnlyPolicy(TermsVersion))


class WithdrawTermsView(UnpublishView):  # type: ignore[misc]  # Wagtail ships no types
    """Through the model, which keeps a trace of it; Wagtail's own view would go around."""

    def unpublish(self) -> None:
        self.object.unpublish(user=self.request.user)


class ForecastPanel(HelpPanel):  # type: ignore[misc]  # Wagtail ships no types
    """The way to who would be asked."""

    class BoundPanel(HelpPanel.BoundPanel):  # type: ignore[misc]  # as above
        def is_shown(self) -> bool:
            return self.instance.pk is not None and bool(super().is_shown())

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            url = reverse("commitments:forecast", args=[self.instance.pk])
            return {**super().get_context_data(parent_context), "url": url}


class ScanPanel(HelpPanel):  # type: ignore[misc]  # Wagtail ships no types
    """The way to the signed scan."""

    class BoundPanel(HelpPanel.BoundPanel):  # type: ignore[misc]  # as above
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            url = reverse("commitments:scan", args=[self.instance.pk]) if self.instance.pk and self.instance.scan else ""
            return {**super().get_context_data(parent_context), "url": url, "digest": self.instance.scan_sha256}


class TermsIndexView(IndexView):  # type: ignore[misc]  # Wagtail ships no types
    """The terms, and the way to take the proofs of acceptance out."""

    @property
    def header_more_buttons(self) -> list[Button]:
        export = Button(_("Preuves d'acceptation (CSV)"), url=reverse("trust:export"), icon_name="download", priority=80)
        return [*super().header_more_buttons, *([export] if may_export(actor_of(self.request)) else [])]


CLAUSE = BooleanColumn("has_clause", label=_("Clause de confiance"))


class TermsViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = TermsSet
    icon = "doc-full"
    inspect_view_enabled = True
    list_display = ["title", "key", CLAUSE, BooleanColumn("asked", label=_("Demandées ici"))]
    search_fields = ["title", "body"]
    search_backend_name = None
    unpublish_view_class = WithdrawTermsView
    index_view_class = TermsIndexView
    edit_handler = ObjectList(
        [
            ForecastPanel(template="trust/admin/forecast_panel.html"),
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
    list_display = ["title", "number", "effective_from", CLAUSE, BooleanColumn("withdrawn", label=_("Retirées")), "published_by"]
    list_filter = ["terms"]
    search_fields = ["title", "body"]
    search_backend_name = None


class ConventionViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = Convention
    icon = "form"
    inspect_view_enabled = True
    inspect_view_fields_exclude = ["scan"]
    list_display = ["party", "kind", "legal_finess", "network", "signed_on", "valid_from", "valid_to", "ended_on", CLAUSE]
    list_filter = {"kind": ["exact"], "has_clause": ["exact"], "valid_to": ["gte", "lte"]}
    list_export = [
        "kind", "reference", "party", "legal_finess", "network", "signed_on", "valid_from", "valid_to", "ended_on", "has_clause",
        "clause_version", "mutual", "scan_sha256",
    ]  # fmt: skip
    search_fields = ["party", "legal_finess", "network", "reference"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("reference")]),
                    FieldPanel("party"),
                    FieldRowPanel([FieldPanel("legal_finess"), FieldPanel("network")]),
                ],
                heading=_("Signataires"),
            ),
            MultiFieldPanel(
                [FieldPanel("signed_on"), FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")])], heading=_("Durée")
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("has_clause"), FieldPanel("clause_version")]), FieldPanel("mutual")],
                heading=_("Clause de confiance"),
            ),
            MultiFieldPanel([ScanPanel(template="trust/admin/scan_panel.html"), FieldPanel("scan")], heading=_("Pièce signée")),
            InlinePanel("amendments", heading=_("Avenants"), label=_("avenant")),
            MultiFieldPanel([FieldRowPanel([FieldPanel("ended_on"), FieldPanel("ended_why")])], heading=_("Résiliation")),
        ],
        base_form_class=ConventionForm,
    )


class CommitmentsGroup(SnippetViewSetGroup):  # type: ignore[misc]  # Wagtail ships no types
    items = (TermsViewSet, TermsVersionViewSet, ConventionViewSet)
    menu_icon = "clipboard-list"
    menu_label = _("Engagements")
    menu_name = "engagements"
    menu_order = 160


def published_by_another(items: list[Any], request: HttpRequest, context: Mapping[str, Any]) -> None:
    """Terms are published by whoever approves them, after their author submitted them."""
    if context.get("model") is TermsSet:
        items[:] = [item for item in items if item.name != "action-publish"]


def journal_convention(request: HttpRequest, snippet: Any) -> None:
    """What a convention now says is in the journal; who changed which field is in its history."""
    if isinstance(snippet, Convention):
        created = request.resolver_match is not None and request.resolver_match.url_name == "add"
        trace(snippet, actor=actor_of(request), created=created)


register_snippet(CommitmentsGroup)
hooks.register("after_create_snippet", journal_convention)
hooks.register("after_edit_snippet", journal_convention)
hooks.register("register_admin_urls", admin_urls)
hooks.register("construct_snippet_action_menu", published_by_another)
