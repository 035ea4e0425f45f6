"""Value sets in the admin, to look at: lists, versions, codes; registered with the forms (:mod:`forms_config.wagtail_hooks`)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import IndexView, InspectView, SnippetViewSet

from dcc.accounts.viewing import ViewOnlyPolicy, actor_of
from forms_config.rights import Content, Deed, may
from forms_config.terminology.api import current_version, search
from forms_config.terminology.models import ValueSet, ValueSetVersion
from forms_config.terminology.staging import content_of, may_edit_rows

SHOWN_CODES = 200

register_permission_policy(ValueSet, ViewOnlyPolicy(ValueSet))
register_permission_policy(ValueSetVersion, ViewOnlyPolicy(ValueSetVersion))


class ValueSetInspectView(InspectView):  # type: ignore[misc]  # Wagtail ships no types
    """A value set, its versions and its codes, which can be searched as a clinician searches them."""

    def get_official_display_value(self) -> str:
        """In words: Wagtail would write « True »."""
        return str(_("oui") if self.object.official else _("non"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        text = self.request.GET.get("q", "")
        version = current_version(self.object.name)
        found = search(self.object.name, text, version=version, limit=SHOWN_CODES + 1)
        return {
            **context,
            "q": text,
            "version": version,
            "concepts": found[:SHOWN_CODES],
            "more": len(found) > SHOWN_CODES,
            "limit": SHOWN_CODES,
            "edits": may_edit_rows(actor_of(self.request), self.object),
            "names": may(actor_of(self.request), Deed.WORD, content_of(self.object.name)),
            "versions": self.object.versions.order_by("-number"),
        }


class ValueSetIndexView(IndexView):  # type: ignore[misc]  # Wagtail ships no types
    """The lists, and the way to import others."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        allowed = may(actor_of(self.request), Deed.EDIT, Content.REGIONAL_LIST)
        return [HeaderButton(_("Importer"), url=reverse("lists:import"), icon_name="upload")] if allowed else []


class ValueSetViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = ValueSet
    index_view_class = ValueSetIndexView
    icon = "list-ul"
    inspect_view_enabled = True
    inspect_view_class = ValueSetInspectView
    inspect_view_fields = ["title", "name", "oid", "official", "reason"]
    inspect_template_name = "terminology/inspect_value_set.html"
    list_display = ["title", "name", "oid", BooleanColumn("official", label=_("Liste nationale"))]
    list_filter = ["official"]
    search_fields = ["title", "name", "oid"]
    search_backend_name = None


class ValueSetVersionViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = ValueSetVersion
    icon = "history"
    menu_label = _("Versions des jeux de valeurs")
    inspect_view_enabled = True
    inspect_view_fields_exclude = ["codes"]
    list_display = ["value_set", "version", "effective_from", "effective_to", "concept_count"]
    list_filter = ["value_set"]
    search_fields = ["value_set__title", "value_set__name", "version"]
    search_backend_name = None
