"""A page of the tests, as the clinician's pages will be: a field saved by script, a plain form; and what was saved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path

SAVED: list[tuple[str, str]] = []
"""Who saved what."""

TEMPLATE = """{% load static %}{% url 'accounts:session' as state %}{% url 'accounts:relogin' as relogin %}<!doctype html>
<html lang="fr"><head><title>Page</title>
<script src="{% static 'js/session.js' %}" defer data-state="{{ state }}" data-relogin="{{ relogin }}"
data-user="{{ user.pk }}" data-username="{{ user.username }}"></script></head>
<body><main><form method="post" action="/save/">{% csrf_token %}<label>Valeur <input name="value" id="value"></label>
<button id="send">Envoyer</button></form></main></body></html>"""


def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    return HttpResponse(engines["django"].from_string(TEMPLATE).render({"user": request.user}, request))


def save(request: HttpRequest) -> HttpResponse:
    """Keep a value."""
    SAVED.append((request.user.get_username(), request.POST["value"]))
    return JsonResponse({"saved": len(SAVED)})


urlpatterns = [path("page/", page), path("save/", save), path("", include("dcc.urls"))]
