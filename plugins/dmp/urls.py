"""Pages of the plugin, served under ``/plugins/dmp/``: those of each slice."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "dmp"
urlpatterns: list[URLPattern] = []
