"""Addresses of the terms of use and of one's own commitments."""

from django.urls import path

from dcc.trust.views import answering

app_name = "trust"
urlpatterns = [
    path("cgu/", answering.ask, name="ask"),
    path("cgu/dialogue/", answering.dialog, name="dialog"),
]
