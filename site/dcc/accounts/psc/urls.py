"""Addresses of Pro Santé Connect, under ``/compte/psc/``; their names are in the room's namespace."""

from django.urls import path

from dcc.accounts.psc import views

urlpatterns = [
    path("connexion/", views.start, name="psc_start"),
    path("retour/", views.callback, name="psc_callback"),
    path("situation/", views.situation, name="psc_situation"),
    path("attente/", views.waiting, name="psc_waiting"),
    path("demande/", views.step_up, name="psc_step_up"),
    path("reprise/", views.resume, name="psc_resume"),
]
