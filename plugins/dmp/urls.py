"""Pages of the plugin, served under ``/plugins/dmp/``: those of each slice."""

from __future__ import annotations

from django.urls import path

from plugins.dmp.patient import views as patient
from plugins.dmp.patient.help import rules

app_name = "dmp"
urlpatterns = [
    path("aide/", rules, name="rules"),
    path("patients/<uuid:patient_id>/", patient.patient, name="patient"),
    path("patients/<uuid:patient_id>/appel/", patient.call, name="patient_call"),
]
