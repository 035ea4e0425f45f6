"""The administrator's page of deliveries: what needs somebody, and the two things that can be done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.events.queries import deliveries, health
from dcc.events.services import NotNow, abandon, retry
from dcc.events.states import STATES


def actor_of(request: HttpRequest) -> User:
    """The person who asks; raises ``PermissionDenied`` for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class DeliveriesView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # wagtail ships no types
    """Deliveries that need somebody, or the latest of all with ``?toutes=1``."""

    template_name = "events/deliveries.html"
    page_title = gettext_lazy("Livraisons")
    header_icon = "mail"
    breadcrumbs_items = [
        {"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Accueil")},
        {"url": "", "label": gettext_lazy("Livraisons")},
    ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everything = bool(self.request.GET.get("toutes"))
        rows = deliveries(actor=actor_of(self.request), attention=not everything)
        outbox = health()
        counts = [(STATES[state].label, number) for state, number in sorted(outbox.counts.items())]
        return super().get_context_data(rows=rows, everything=everything, outbox=outbox, counts=counts, **kwargs)


@require_POST
def retry_view(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """« Relancer »."""
    try:
        retry(actor=actor_of(request), delivery_id=delivery_id)
        messages.success(request, _("La livraison sera refaite dans les secondes qui viennent."))
    except NotNow as error:
        messages.warning(request, str(error))
    except ObjectDoesNotExist:
        raise Http404 from None
    return redirect("events:deliveries")


@require_POST
def abandon_view(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """« Abandonner », with the reason."""
    try:
        abandon(actor=actor_of(request), delivery_id=delivery_id, reason=request.POST.get("reason", ""))
        messages.success(request, _("La livraison est abandonnée ; ce qu'elle retenait reprend."))
    except (NotNow, ValueError) as error:
        messages.warning(request, str(error))
    except ObjectDoesNotExist:
        raise Http404 from None
    return redirect("events:deliveries")


def may_see(request: HttpRequest) -> bool:
    """Whether the menu shows the page."""
    return isinstance(request.user, User) and accounts.may(request.user, accounts.Action.ADMINISTER)
