"""Patient-rights texts in the admin: national ones, adapted ones, and what was published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup, UnpublishView

from dcc.accounts.viewing import ViewOnlyPolicy
from forms_config.legal.models import AdaptedText, LegalTextVersion, NationalText

if TYPE_CHECKING:
    from dcc.accounts.models import User

ALWAYS_AFTER = _("Le texte 2 de l'INCa suit toujours ce texte dans les documents ; il n'est pas modifiable par un établissement.")


class EffectsPanel(HelpPanel):  # type: ignore[misc]  # Wagtail ships no types
    """The way to what the draft would change (the page is a room above, :mod:`dcc.cms.texts`)."""

    class BoundPanel(HelpPanel.BoundPanel):  # type: ignore[misc]  # as above
        def is_shown(self) -> bool:
            return self.instance.pk is not None and bool(super().is_shown())

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            kind = "national" if isinstance(self.instance, NationalText) else "adapte"
            return {**super().get_context_data(parent_context), "url": reverse("texts:effects", args=[kind, self.instance.pk])}


EFFECTS = EffectsPanel(template="legal/effects_panel.html")
WHEN = FieldPanel(
    "go_live_at",
    heading=_("En vigueur à partir du"),
    help_text=_("Vide : dès l'approbation. Sinon le texte approuvé attend ce moment."),
)


class NationalTextPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """There are two national texts, for ever: nobody adds, deletes or withdraws one in the admin."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action not in ("add", "delete", "unpublish") and bool(super().user_has_permission(user, action))


class AdaptedTextPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """An adapted text is withdrawn, never deleted: documents were validated with it."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))


class WithdrawView(UnpublishView):  # type: ignore[misc]  # Wagtail ships no types
    """Withdrawing goes through the model, which keeps a trace of it; Wagtail's own view would go around."""

    def unpublish(self) -> None:
        self.object.unpublish(user=self.request.user)


class NoWithdrawView(UnpublishView):  # type: ignore[misc]  # Wagtail ships no types
    """A national text can be replaced, not withdrawn."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise PermissionDenied


register_permission_policy(NationalText, NationalTextPolicy(NationalText))
register_permission_policy(AdaptedText, AdaptedTextPolicy(AdaptedText))
register_permission_policy(LegalTextVersion, ViewOnlyPolicy(LegalTextVersion))


class AdaptedTextViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = AdaptedText
    icon = "openquote"
    inspect_view_enabled = True
    list_display = ["__str__", "scope", "review_on"]
    list_filter = ["scope"]
    search_fields = ["facility__name", "body"]
    search_backend_name = None
    unpublish_view_class = WithdrawView
    panels = [
        EFFECTS,
        HelpPanel(content=ALWAYS_AFTER),
        FieldPanel("facility"),
        FieldPanel("body"),
        WHEN,
        FieldPanel("review_on"),
    ]


class NationalTextViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = NationalText
    icon = "pilcrow"
    inspect_view_enabled = True
    list_display = ["__str__", "source", "review_on"]
    unpublish_view_class = NoWithdrawView
    panels = [EFFECTS, FieldPanel("body"), FieldPanel("source"), WHEN, FieldPanel("review_on")]


class LegalTextVersionViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = LegalTextVersion
    icon = "history"
    inspect_view_enabled = True
    list_display = ["number", "scope", "facility", "edition", "effective_from", "published_by"]
    list_filter = ["number", "scope"]
    search_fields = ["facility__name", "body"]
    search_backend_name = None


class LegalGroup(SnippetViewSetGroup):  # type: ignore[misc]  # Wagtail ships no types
    items = (AdaptedTextViewSet, NationalTextViewSet, LegalTextVersionViewSet)
    menu_icon = "openquote"
    menu_label = _("Textes légaux")
    menu_name = "textes-legaux"
    menu_order = 150


def only_what_may_be_done(items: list[Any], request: HttpRequest, context: Mapping[str, Any]) -> None:
    """Texts are published by whoever approves them, after their author submitted them; national ones are never withdrawn."""
    model = context.get("model")
    refused = {"action-publish"} if model in (NationalText, AdaptedText) else set()
    refused |= {"action-unpublish"} if model is NationalText else set()
    items[:] = [item for item in items if item.name not in refused]


register_snippet(LegalGroup)
hooks.register("construct_snippet_action_menu", only_what_may_be_done)
