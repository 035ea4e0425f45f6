"""Pages of the plugin, served under ``/plugins/demo/``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "demo"


def home(request: HttpRequest) -> HttpResponse:
    """One line."""
    return HttpResponse("Démonstration", content_type="text/plain; charset=utf-8")


urlpatterns = [path("", home, name="home")]
