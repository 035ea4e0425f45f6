"""Addresses of the clinician's pages."""

from django.urls import path

from dcc.web.views import (
    attachments,
    autosave,
    creation,
    display,
    document,
    favourites,
    history,
    intake,
    lookup,
    outputs,
    patients,
    steps,
    worklist,
)

app_name = "web"
urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("aide/", display.help_page, name="help"),
    path("affichage/", display.theme, name="theme"),
    path("region.css", display.brand, name="brand"),
    path("patients/", patients.search, name="patients"),
    path("patients/nouveau/", patients.create, name="patient_create"),
    path("patients/<uuid:patient_id>/", patients.patient, name="patient"),
    path("patients/<uuid:patient_id>/fiche-rcp/", creation.frcp, name="frcp_create"),
    path("importer/", intake.import_page, name="import"),
    path("documents/<uuid:document_id>/", document.document, name="document"),
    path("documents/<uuid:document_id>/saisie/", autosave.autosave, name="autosave"),
    path("documents/<uuid:document_id>/lignes/", autosave.rows, name="rows"),
    path("documents/<uuid:document_id>/favoris/", favourites.choose, name="favourite_choose"),
    path("documents/<uuid:document_id>/favoris/recherche/", favourites.offers, name="favourite_offers"),
    path("documents/<uuid:document_id>/favoris/insertion/", favourites.insert, name="favourite_insert"),
    path("documents/<uuid:document_id>/presence/", autosave.presence, name="presence"),
    path("documents/<uuid:document_id>/etape/<slug:action>/", steps.step, name="step"),
    path("documents/<uuid:document_id>/validation/", steps.validation, name="validation"),
    path("documents/<uuid:document_id>/fichiers/", outputs.outputs, name="outputs"),
    path("documents/<uuid:document_id>/fichiers/liste/", outputs.files, name="files"),
    path("documents/<uuid:document_id>/fichiers/<slug:output>/", outputs.download, name="download"),
    path("documents/<uuid:document_id>/apercus/<slug:output>/", outputs.preview, name="preview"),
    path("documents/<uuid:document_id>/pieces/", attachments.attachments, name="attachments"),
    path("documents/<uuid:document_id>/pieces/<uuid:attachment_id>/", attachments.attachment, name="attachment"),
    path("documents/<uuid:document_id>/pieces/<uuid:attachment_id>/retrait/", attachments.remove, name="attachment_remove"),
    path("documents/<uuid:document_id>/historique/", history.history, name="history"),
    path("recherche/codes/", lookup.codes, name="codes"),
    path("recherche/codes/favori/", lookup.favourite, name="favourite"),
    path("recherche/personnes/", lookup.people, name="people"),
]
