"""Addresses of the clinician's pages."""

from django.urls import path

from dcc.web.views import display

app_name = "web"
urlpatterns = [
    path("region.css", display.brand, name="brand"),
    path("affichage/", display.theme, name="theme"),
    path("aide/", display.help_page, name="help"),
]
