"""The copy that a professional keeps of what she accepted: a small PDF, made again the same from what never changes."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from dcc.accounts.sessions import Level
from dcc.contracts.printing import printed
from dcc.trust.models import Acceptance
from dcc.trust.wording import blocks

LEVELS = {
    Level.PSC: "Pro Santé Connect",
    Level.OTP: "mot de passe et code à usage unique",
    Level.CONTEXTUAL: "appel contextuel d'un logiciel",
}
"""How the person had signed in, in words."""


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
        return printed(render_to_string("trust/copy.html", context))
