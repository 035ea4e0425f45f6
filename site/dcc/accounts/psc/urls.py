"""Addresses of Pro Santé Connect, under ``/compte/psc/``; their names are in the room's namespace."""

from django.urls import path

from dcc.accounts.psc.views import entry, stepping
from dcc.accounts.psc.views import exit as leaving

urlpatterns = [
    path("connexion/", entry.start, name="psc_start"),
    path("retour/", entry.callback, name="psc_callback"),
    path("situation/", entry.situation, name="psc_situation"),
    path("attente/", entry.waiting, name="psc_waiting"),
    path("demande/", stepping.step_up, name="psc_step_up"),
    path("reprise/", stepping.resume, name="psc_resume"),
    path("deconnexion/", leaving.leave, name="psc_leave"),
    path("sortie/", leaving.way_out, name="psc_way_out"),
    path("deconnecte/", leaving.left, name="psc_left"),
    path("rouverte/", leaving.back, name="psc_back"),
    path("notification/", leaving.back_channel, name="psc_back_channel"),
]
