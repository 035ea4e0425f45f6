"""The directory in the admin: « Annuaire des RCP », with search, filters and history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from dcc.accounts import api as accounts
from dcc.accounts.viewing import actor_of
from rcp_directory.choosers import QuietSnippetChooserViewSet, choices, facility_chooser, practitioner_chooser
from rcp_directory.codes import PRACTICES, SECTORS
from rcp_directory.models import CoordinationCentre, NationalBox, Rcp, RegionalNetwork, Session
from rcp_directory.national.admin import admin_urls
from rcp_directory.queries import matching


def choosers() -> list[Any]:
    """The windows to choose a professional or an establishment."""
    return [practitioner_chooser, facility_chooser]


hooks.register("register_admin_viewset", choosers)
hooks.register("register_admin_urls", admin_urls)


class RcpIndexView(IndexView):  # type: ignore[misc]  # Wagtail ships no types
    """The list of RCP, searched as a clinician searches them: words in any order, accents apart; national lists come in here."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = super().header_buttons
        imports = HeaderButton(_("Importer une liste"), url=reverse("rcp_list:import"), icon_name="upload")
        return [*buttons, imports] if accounts.may(actor_of(self.request), accounts.Action.EDIT_DIRECTORY) else buttons

    def search_queryset(self, queryset: QuerySet[Rcp]) -> QuerySet[Rcp]:
        return queryset.filter(pk__in=[row.pk for row in matching(self.search_query)]) if self.is_searching else queryset


class RcpViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = Rcp
    chooser_viewset_class = QuietSnippetChooserViewSet
    icon = "group"
    index_view_class = RcpIndexView
    inspect_view_enabled = True
    list_display = ["denomination", "national_id", "centre", "establishment", "coordinator"]
    list_filter = ["centre", "centre__network", "nature", "is_recourse", "is_paediatric"]
    list_export = ["national_id", "denomination", "centre", "nature", "speciality", "is_recourse", "is_paediatric", "mailbox"]
    search_fields = ["denomination"]
    search_backend_name = None
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("denomination"), FieldPanel("national_id")]),
                FieldRowPanel([FieldPanel("centre"), FieldPanel("nature")]),
                FieldPanel("body_system"),
                FieldPanel("speciality"),
                FieldRowPanel([FieldPanel("is_recourse"), FieldPanel("is_paediatric")]),
            ],
            heading=_("Identité"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("coordinator", widget=practitioner_chooser.widget_class),
                FieldPanel("establishment", widget=facility_chooser.widget_class),
                FieldRowPanel([FieldPanel("sector"), FieldPanel("encounter")]),
                FieldPanel("timetable"),
            ],
            heading=_("Lieu et coordination"),
        ),
        MultiFieldPanel(
            [FieldPanel("mailbox"), FieldRowPanel([FieldPanel("active_from"), FieldPanel("active_to")])],
            heading=_("Échanges et vie de la RCP"),
        ),
        InlinePanel("organs", heading=_("Organes"), label=_("organe")),
        InlinePanel(
            "members",
            [FieldPanel("practitioner", widget=practitioner_chooser.widget_class)],
            heading=_("Membres de la RCP"),
            label=_("membre"),
            help_text=_("Avec le coordonnateur, ils lisent les fiches adressées à cette RCP dès qu'elles sont complétées."),
        ),
        InlinePanel("local_identifiers", heading=_("Identifiants locaux"), label=_("identifiant local")),
        InlinePanel(
            "former_codes",
            heading=_("Anciens identifiants nationaux"),
            label=_("ancien identifiant"),
            help_text=_("Les documents qui les nomment restent lisibles et retrouvent cette RCP."),
        ),
    ]


class SessionViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = Session
    icon = "calendar"
    inspect_view_enabled = True
    list_display = ["rcp", "starts_at", "identifier"]
    list_filter = {"rcp": ["exact"], "starts_at": ["gte", "lte"]}
    search_fields = ["rcp__denomination", "identifier"]
    search_backend_name = None
    panels = [FieldPanel("rcp"), FieldRowPanel([FieldPanel("starts_at"), FieldPanel("identifier")])]


class CentreViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = CoordinationCentre
    chooser_viewset_class = QuietSnippetChooserViewSet
    icon = "site"
    inspect_view_enabled = True
    list_display = ["name", "acronym", "national_id", "network"]
    list_filter = ["network"]
    search_fields = ["name", "acronym", "national_id"]
    search_backend_name = None
    panels = [FieldPanel("name"), FieldRowPanel([FieldPanel("acronym"), FieldPanel("national_id")]), FieldPanel("network")]


class NetworkViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = RegionalNetwork
    chooser_viewset_class = QuietSnippetChooserViewSet
    icon = "globe"
    inspect_view_enabled = True
    list_display = ["name", "acronym", "national_id", BooleanColumn("is_ours", label=_("De cette plateforme"))]
    list_filter = ["is_ours"]
    search_fields = ["name", "acronym", "national_id"]
    search_backend_name = None
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("acronym"), FieldPanel("national_id")]),
        FieldPanel("is_ours"),
        FieldPanel("mailbox"),
    ]


class NationalBoxViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    """The addresses of national services, which INCa gives and may change."""

    model = NationalBox
    icon = "mail"
    inspect_view_enabled = True
    list_display = ["use", "address", BooleanColumn("is_test", label=_("Adresse d'essai"))]
    search_fields = ["address"]
    search_backend_name = None
    panels = [FieldPanel("use"), FieldPanel("address"), FieldPanel("is_test")]


class FacilityViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    """Establishments belong to the accounts room, which has no admin: the directory shows them, named by their label."""

    model = apps.get_model("accounts", "Facility")
    icon = "home"
    menu_label = _("Établissements")
    inspect_view_enabled = True
    list_display = ["name", "finess", "city"]
    list_filter = ["facility_type", "sector"]
    search_fields = ["name", "finess", "city"]
    search_backend_name = None
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("finess"), FieldPanel("phone")]),
        FieldRowPanel([FieldPanel("house_number"), FieldPanel("street")]),
        FieldRowPanel([FieldPanel("postal_code"), FieldPanel("city")]),
        FieldRowPanel(
            [
                FieldPanel("facility_type", widget=forms.Select(choices=choices(SECTORS))),
                FieldPanel("sector", widget=forms.Select(choices=choices(PRACTICES))),
            ]
        ),
        FieldPanel("identifier_oid"),
        FieldRowPanel([FieldPanel("legal_finess"), FieldPanel("network")]),
    ]


class DirectoryGroup(SnippetViewSetGroup):  # type: ignore[misc]  # Wagtail ships no types
    items = (RcpViewSet, SessionViewSet, CentreViewSet, NetworkViewSet, NationalBoxViewSet, FacilityViewSet)
    menu_icon = "group"
    menu_label = _("Annuaire")
    menu_name = "annuaire-rcp"
    menu_order = 200


register_snippet(DirectoryGroup)
