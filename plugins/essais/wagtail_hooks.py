"""The bank in the admin, for those who keep the directory (``directory.edit``): editors and administrators."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from plugins.essais.models import ClinicalTrial


class BankPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """One line of the table of rights for every action: no group is touched, nothing is left in them when it is off."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return accounts.may(user, Action.EDIT_DIRECTORY)

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return accounts.may(user, Action.EDIT_DIRECTORY)


register_permission_policy(ClinicalTrial, BankPolicy(ClinicalTrial))


class TrialViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = ClinicalTrial
    icon = "clipboard-list"
    menu_label = _("Essais cliniques")
    menu_order = 130
    add_to_admin_menu = True
    list_display = ["acronym", "identifier", "phase", "organ", "status"]
    list_filter = ["status", "phase"]
    list_export = ["acronym", "identifier", "title", "phase", "organ", "status", "opened_on", "closed_on"]
    search_fields = ["acronym", "identifier", "title", "organ"]
    search_backend_name = None
    panels = [
        FieldRowPanel([FieldPanel("acronym"), FieldPanel("identifier")]),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("phase"), FieldPanel("organ")]),
        FieldPanel("criteria"),
        FieldPanel("contact"),
        FieldPanel("centres"),
        FieldRowPanel([FieldPanel("status"), FieldPanel("opened_on"), FieldPanel("closed_on")]),
    ]


register_snippet(TrialViewSet)
