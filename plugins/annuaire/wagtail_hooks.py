"""The page of the extractions in the administration's menu, under « Rapports »."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from dcc.accounts import api as accounts
from dcc.accounts.viewing import actor_of


class DirectoryMenuItem(MenuItem):  # type: ignore[misc]  # wagtail ships no types
    """Shown to administrators only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return accounts.may(actor_of(request), accounts.Action.ADMINISTER)


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]  # wagtail ships no types
def menu_item() -> MenuItem:
    """In « Rapports »."""
    return DirectoryMenuItem(_("Annuaire Santé"), reverse("annuaire:state"), icon_name="mail", order=920)
