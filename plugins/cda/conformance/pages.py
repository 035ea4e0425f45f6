"""The administrator's page of installed référentiels, with the state of the conformance process."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from dcc.accounts import api as accounts
from dcc.accounts.models import User
from dcc.contracts.errors import NotConfigured, RetryLater
from plugins.cda.conformance import client
from plugins.cda.conformance.kit import current_kit
from plugins.cda.models import Referential


def may_see(request: HttpRequest) -> bool:
    """Administrators only."""
    return isinstance(request.user, User) and accounts.may(request.user, accounts.Action.ADMINISTER)


class ReferentialsView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # wagtail ships no types
    """Name, version, date, hash and use of what was installed; the kit in use on this machine; the process that applies it."""

    template_name = "cda/referentials.html"
    page_title = gettext_lazy("Référentiels installés")
    header_icon = "doc-full-inverse"
    breadcrumbs_items = [
        {"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Accueil")},
        {"url": "", "label": gettext_lazy("Référentiels installés")},
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see(request):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kit, missing, health, silence = None, "", None, ""
        try:
            kit = current_kit()
        except NotConfigured as error:
            missing = error.reason
        try:
            health = client.health()
        except RetryLater as error:
            silence = error.reason
        context: dict[str, Any] = super().get_context_data(
            referentials=Referential.objects.all(), kit=kit, missing=missing, health=health, silence=silence, **kwargs
        )
        return context
