"""Pages of the plugin, served under ``/plugins/essais/``."""

from django.urls import path

from plugins.essais import views

app_name = "essais"
urlpatterns = [
    path("", views.bank, name="bank"),
    path("<int:trial_id>/", views.trial, name="trial"),
    path("<int:trial_id>/documents/<uuid:document_id>/", views.insert, name="insert"),
]
