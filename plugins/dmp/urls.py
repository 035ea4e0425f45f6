"""Pages of the plugin, served under ``/plugins/dmp/``: those of each slice."""

from __future__ import annotations

from django.urls import path

from plugins.dmp.consultation import views as consultation
from plugins.dmp.patient import views as patient
from plugins.dmp.patient.help import rules
from plugins.dmp.patient.removal import remove
from plugins.dmp.patient.sharing import share
from plugins.dmp.sessions import views as sessions

app_name = "dmp"
urlpatterns = [
    path("acces/", sessions.access, name="access"),
    path("acces/etat/", sessions.state, name="state"),
    path("acces/ouvrir/", sessions.open_access, name="open"),
    path("acces/fermer/", sessions.close_access, name="close"),
    path("aide/", rules, name="rules"),
    path("documents/<uuid:document_id>/partager/", share, name="share"),
    path("documents/<uuid:document_id>/supprimer/", remove, name="remove"),
    path("patients/<uuid:patient_id>/", patient.patient, name="patient"),
    path("patients/<uuid:patient_id>/appel/", patient.call, name="patient_call"),
    path("patients/<uuid:patient_id>/documents/", consultation.found, name="found"),
    path("patients/<uuid:patient_id>/documents/chercher/", consultation.search, name="search"),
    path("patients/<uuid:patient_id>/documents/<uuid:found_id>/garder/", consultation.keep_document, name="keep"),
]
