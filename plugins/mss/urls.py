"""Pages of the plugin, served under ``/plugins/mss/``: those of each slice."""

from django.urls import URLPattern

app_name = "mss"
urlpatterns: list[URLPattern] = []
