"""Pages of the plugin, served under ``/plugins/demo/``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from dcc.accounts import api as accounts

app_name = "demo"


def home(request: HttpRequest) -> HttpResponse:
    """One line."""
    return HttpResponse("Démonstration", content_type="text/plain; charset=utf-8")


@accounts.psc_required
def dmp_action(request: HttpRequest) -> HttpResponse:
    """An action on the DMP, as long as the plugin of the DMP does not exist: it asks for a Pro Santé Connect session (R-108)."""
    grant = accounts.psc_session_of(request)
    context = {"grant": grant, "done": request.method == "POST", "words": request.POST.getlist("words")}
    return render(request, "demo_plugin/dmp.html", context)


urlpatterns = [path("", home, name="home"), path("dmp/", dmp_action, name="dmp")]
