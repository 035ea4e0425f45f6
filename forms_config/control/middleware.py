"""A refusal of the gate, whatever button led to it: the reasons are said, the report is kept, the reader is led to it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from forms_config.control.services import keep_refused
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition

SHOWN = 5
"""Reasons in the notice; the report has them all."""


class GateMiddleware:
    """Answers :class:`GateRefused` in the admin; by then the transaction that tried to publish is undone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A notice and the page of the report, or that the request came from."""
        if not isinstance(exception, GateRefused):
            return None
        keep_refused(exception)
        reasons = [finding.message for finding in exception.findings]
        more = len(reasons) - SHOWN
        said = " ; ".join(reasons[:SHOWN]) + (_(" ; et %(more)d autres") % {"more": more} if more > 0 else "")
        messages.error(request, _("Publication refusée : la version en vigueur reste en place. %(said)s") % {"said": said})
        address = _page_of(request)
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": address})  # what Wagtail's dialogs follow
        return redirect(address)


def _page_of(request: HttpRequest) -> str:
    match = request.resolver_match
    pk = match.kwargs.get("pk") if match else None
    if match is not None and "formdefinition" in match.namespace and str(pk).isdecimal():
        definition = FormDefinition.objects.filter(pk=int(str(pk))).first()
        if definition is not None:
            return reverse("forms_config:gate", args=[definition.pk])
    return (
        request.path
        if match is not None and request.method == "POST" and "edit" in match.view_name
        else reverse("wagtailadmin_home")
    )
