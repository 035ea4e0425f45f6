"""The copy that a professional keeps of what she accepted: a small PDF, made again the same from what never changes."""

from __future__ import annotations

from typing import Any, NoReturn

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from dcc.accounts.sessions import Level
from dcc.trust.models import Acceptance
from dcc.trust.wording import blocks

LEVELS = {
    Level.PSC: "Pro Santé Connect",
    Level.OTP: "mot de passe et code à usage unique",
    Level.CONTEXTUAL: "appel contextuel d'un logiciel",
}
"""How the person had signed in, in words."""


class _NoFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """The page holds all it needs."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        raise FatalURLFetchingError("La copie n'appelle aucune ressource extérieure")


def level_words(level: str) -> str:
    """How somebody had signed in."""
    return LEVELS[Level(level)]


def copy_of(acceptance: Acceptance) -> bytes:
    """The PDF of an acceptance: the words, who, when, how, the hash."""
    version = acceptance.version
    context = {
        "acceptance": acceptance,
        "version": version,
        "blocks": blocks(version.body),
        "level": level_words(acceptance.level),
        "person": acceptance.user,
    }
    with translation.override("fr"):
        html = render_to_string("trust/copy.html", context)
    content: bytes = HTML(string=html, url_fetcher=_NoFetcher()).write_pdf(pdf_tags=True)
    return content
