"""« Favoris » in the admin: the bank and the side-effect sheets.

They are no snippets: a snippet comes with a chooser, bulk actions and usage pages, which would show personal favourites and write
around the services.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permissions import register_permission_policy

from dcc.accounts.viewing import ViewOnlyPolicy
from forms_config.favourites import bank_admin, bank_creation, sheet_admin
from forms_config.favourites.models import Favourite, SideEffectSheet

register_permission_policy(Favourite, ViewOnlyPolicy(Favourite))
register_permission_policy(SideEffectSheet, ViewOnlyPolicy(SideEffectSheet))


class FavouriteViewSet(ModelViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = Favourite
    name = "favoris"
    icon = "pick"
    menu_label = _("Favoris")
    index_view_class = bank_admin.FavouriteIndexView
    list_display = ["name", Column("place", label=_("Portée")), "organ", "protocol", "status", "changed_at"]
    list_filter = ["scope", "status", "document_type"]
    search_fields = ["name", "organ", "protocol"]
    search_backend_name = None
    form_fields = ["name"]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Our own pages only."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("a-traiter/", bank_admin.TodoView.as_view(), name="todo"),
            path("nouveau/", bank_creation.NewFavouriteView.as_view(), name="add"),
            path("<uuid:pk>/", bank_admin.FavouriteView.as_view(), name="edit"),
            path("<uuid:pk>/decision/", bank_admin.decide, name="decide"),
            path("<uuid:pk>/retrait/", bank_admin.withdraw, name="withdraw"),
        ]


class SheetViewSet(ModelViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = SideEffectSheet
    name = "fiches_effets"
    icon = "doc-full"
    menu_label = _("Fiches d'effets")
    index_view_class = sheet_admin.SheetIndexView
    list_display = ["title", "subject", "language", "version", "review_on", Column("state", label=_("État"))]
    list_filter = ["language"]
    search_fields = ["title", "subject"]
    search_backend_name = None
    form_fields = ["title"]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Our own pages only."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("nouvelle/", sheet_admin.NewSheetView.as_view(), name="add"),
            path("<uuid:pk>/", sheet_admin.SheetView.as_view(), name="edit"),
            path("<uuid:pk>/fichier/", sheet_admin.download, name="file"),
            path("<uuid:pk>/retrait/", sheet_admin.withdraw, name="withdraw"),
        ]


class BankGroup(ModelViewSetGroup):  # type: ignore[misc]  # Wagtail ships no types
    items = (FavouriteViewSet, SheetViewSet)
    menu_icon = "pick"
    menu_label = _("Favoris")
    menu_name = "banque-favoris"
    menu_order = 120


def viewsets() -> list[Any]:
    """The group of the menu, with its pages."""
    return [BankGroup()]


hooks.register("register_admin_viewset", viewsets)
