"""System checks of production (``manage.py check --deploy``): what a demonstration has and a region must not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.checks import CheckMessage, Error

SHORTEST_KEY = 50
PREFIX = "__Host-"
_FIRST, _LAST = "dcc.security.middleware.HeadersMiddleware", "dcc.security.middleware.LimitsMiddleware"

RULES: Mapping[str, tuple[str, Callable[[], bool]]] = {
    "E001": (
        f"DCC_SECRET_KEY doit avoir {SHORTEST_KEY} caractères au hasard au moins",
        lambda: len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < 10,
    ),
    "E002": ("DEBUG est en marche : les pages d'erreur montreraient des données", lambda: bool(settings.DEBUG)),
    "E003": (
        "DCC_ALLOWED_HOSTS doit nommer les hôtes servis, sans joker",
        lambda: not settings.ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS),
    ),
    "E004": ("Les comptes de démonstration sont possibles (DCC_DEMO)", lambda: bool(settings.DCC_DEMO)),
    "E005": ("Les identités de test sont acceptées (DCC_TEST_IDENTITIES)", lambda: bool(settings.DCC_TEST_IDENTITIES)),
    "E006": (
        "Le bac à sable est installé (plugins.sandbox) : il remplace les services nationaux",
        lambda: any(app.startswith("plugins.sandbox") for app in settings.INSTALLED_APPS),
    ),
    "E007": ("Les limites de fréquence sont coupées (DCC_RATE_LIMIT_PERCENT)", lambda: settings.DCC_RATE_LIMIT_PERCENT <= 0),
    "E008": (
        f"MIDDLEWARE doit commencer par {_FIRST} et contenir {_LAST}",
        lambda: settings.MIDDLEWARE[0] != _FIRST or _LAST not in settings.MIDDLEWARE,
    ),
    "E009": (
        f"Les cookies de session et de jeton doivent porter le préfixe {PREFIX}",
        lambda: not (settings.SESSION_COOKIE_NAME.startswith(PREFIX) and settings.CSRF_COOKIE_NAME.startswith(PREFIX)),
    ),
    "E010": (
        "Les journaux et rapports d'erreur doivent passer par dcc.security.scrubbing",
        lambda: "Quiet" not in settings.DEFAULT_EXCEPTION_REPORTER + settings.LOGGING["formatters"]["line"].get("()", ""),
    ),
    "E011": (
        "CONTENT_SECURITY_POLICY est affaiblie",
        lambda: any("unsafe" in str(sources) for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values()),
    ),
}
"""Number, what is wrong, and whether it is."""


def check_production(**_: object) -> list[CheckMessage]:
    """One error for each rule that is broken."""
    return [Error(words, id=f"security.{number}") for number, (words, broken) in RULES.items() if broken()]
