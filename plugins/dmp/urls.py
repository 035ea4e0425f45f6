"""Pages of the plugin, served under ``/plugins/dmp/``: those of each slice."""

from __future__ import annotations

from django.urls import path

from plugins.dmp.patient import views as patient

app_name = "dmp"
urlpatterns = [
    path("patients/<uuid:patient_id>/", patient.patient, name="patient"),
    path("patients/<uuid:patient_id>/appel/", patient.call, name="patient_call"),
]
