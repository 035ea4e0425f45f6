"""Pages of the plugin, served under ``/plugins/annuaire/``."""

from django.urls import path

from plugins.annuaire import views

app_name = "annuaire"
urlpatterns = [path("", views.state, name="state")]
