"""The effective security settings, for the declaration of the PGSSI-S (R-104): what holds, never a secret."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from dcc.security.checks import RULES
from dcc.security.headers import HEADERS
from dcc.security.limits import LIMITS
from dcc.security.uploads import UPLOADS

Line = tuple[str, str, str]
SECRETS = ("DCC_SECRET_KEY", "DCC_SECRETS_KEY", "DCC_AUDIT_KEY", "DCC_BUNDLE_KEY")


def lines() -> Iterator[Line]:
    """Theme, measure, value in force."""
    yield from _transport()
    yield from _entrance()
    for name, value in HEADERS.items():
        yield "En-têtes", name, value
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    yield (
        "En-têtes",
        "Content-Security-Policy",
        "; ".join(f"{name} {_words(value)}".strip() for name, value in directives.items()),
    )
    percent = settings.DCC_RATE_LIMIT_PERCENT
    for limit in LIMITS:
        rates = ", ".join(f"{most * percent // 100} / {window // 60} min" for window, most in limit.rates)
        yield "Limites", limit.what, rates if percent else "coupées"
    for upload in UPLOADS:
        yield "Fichiers", upload.what, f"{upload.accepted}, {upload.limit()} Mo au plus"
    yield "Fichiers", "antivirus", "configuré (DCC_SCAN_COMMAND)" if settings.DCC_SCAN_COMMAND else "aucun"
    for name in SECRETS:
        yield "Secrets", name, _origin(name)
    for number, (words, broken) in RULES.items():
        yield "Contrôles", f"security.{number}", f"NON TENU : {words}" if broken() else "tenu"


def _transport() -> Iterator[Line]:
    yield "Transport", "renvoi de http vers https", _yes(settings.SECURE_SSL_REDIRECT)
    yield "Transport", "HSTS", f"{settings.SECURE_HSTS_SECONDS} s"
    for name in ("SESSION", "CSRF"):
        kept = f"{getattr(settings, name + '_COOKIE_NAME')}, Secure : {_yes(getattr(settings, name + '_COOKIE_SECURE'))}"
        yield "Transport", f"cookie {name}", f"{kept}, SameSite={getattr(settings, name + '_COOKIE_SAMESITE')}"


def _entrance() -> Iterator[Line]:
    yield "Entrée", "moyens d'authentification", ", ".join(name.rpartition(".")[2] for name in settings.AUTHENTICATION_BACKENDS)
    yield "Entrée", "essais avant blocage", f"{settings.AXES_FAILURE_LIMIT}, {settings.AXES_COOLOFF_TIME}"
    yield "Entrée", "inactivité, durée d'une session", f"{settings.DCC_SESSION_IDLE}, {settings.DCC_SESSION_ABSOLUTE}"
    yield "Entrée", "empreinte des mots de passe", settings.PASSWORD_HASHERS[0].rpartition(".")[2]
    for kind, kept in settings.DCC_AUDIT_RETENTION.items():
        yield "Journal", f"conservation : {kind}", f"{kept.days} jours"


def _origin(name: str) -> str:
    """Where a secret comes from; its value is never shown."""
    value = settings.SECRET_KEY if name == "DCC_SECRET_KEY" else getattr(settings, name, "")
    return f"donné, {len(value)} caractères" if value else "dérivé de DCC_SECRET_KEY"


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple | set) else ""


def _yes(value: object) -> str:
    return "oui" if value else "non"
