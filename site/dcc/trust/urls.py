"""Addresses of the terms of use and of one's own commitments."""

from django.urls import path

from dcc.trust.views import answering, own

app_name = "trust"
urlpatterns = [
    path("", own.mine, name="mine"),
    path("cgu/", answering.ask, name="ask"),
    path("cgu/dialogue/", answering.dialog, name="dialog"),
    path("cgu/<int:version_id>/", own.version, name="version"),
    path("cgu/copie/<int:acceptance_id>/", own.copy, name="copy"),
    path("cgu/preuves/", own.export, name="export"),
]
