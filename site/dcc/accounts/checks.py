"""System checks: no weaker way in than Pro Santé Connect, or password and one-time code (R-105, R-106, R-107)."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from dcc.accounts.regional import problems

ALLOWED_BACKENDS = {
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "dcc.accounts.psc.backend.PscBackend",
}
OURS, OTP = "dcc.accounts.middleware.TwoFactorMiddleware", "django_otp.middleware.OTPMiddleware"
OFF = ("WAGTAIL_PASSWORD_MANAGEMENT_ENABLED", "WAGTAIL_PASSWORD_RESET_ENABLED", "WAGTAILUSERS_PASSWORD_ENABLED")

KEY_LENGTH, PASSWORD_LENGTH = 32, 12
VALIDATORS = {
    "UserAttributeSimilarityValidator",
    "CommonPasswordValidator",
    "GuessablePasswordValidator",
    "LeakedPasswordValidator",
    "FormerPasswordValidator",
}
"""What a password must pass, beside its length (decision 0207)."""


@register(Tags.security)
def check_entrances(**_: object) -> list[CheckMessage]:
    """Errors that stop the start."""
    return [Error(message, id=f"accounts.E{number:03}") for number, message in (*_problems(), *_weaknesses())]


@register("dcc")
def check_regional_table(**_: object) -> list[CheckMessage]:
    """What a region may not decide of the rights, or a file of it that cannot be read, stops the start."""
    return [Error(problem, id="accounts.E010") for problem in problems()]


def _problems() -> list[tuple[int, str]]:
    found = [
        (1, f"Moyen d'authentification plus faible que mot de passe et code : {backend}")
        for backend in settings.AUTHENTICATION_BACKENDS
        if backend not in ALLOWED_BACKENDS
    ]
    first = settings.AUTHENTICATION_BACKENDS[0]
    if first != "axes.backends.AxesStandaloneBackend" or not getattr(settings, "AXES_ENABLED", True):
        found.append((2, "Le verrouillage des essais (django-axes) doit être le premier moyen d'authentification"))
    order = list(settings.MIDDLEWARE)
    if OTP not in order or OURS not in order or order.index(OTP) > order.index(OURS):
        found.append((3, f"{OURS} doit figurer dans MIDDLEWARE, après {OTP}"))
    found += [(4, f"Second facteur aux secrets lisibles en base : {app}") for app in settings.INSTALLED_APPS if _otp_plugin(app)]
    found += [(5, f"{name} doit valoir False") for name in OFF if getattr(settings, name, True)]
    if settings.AXES_LOCKOUT_PARAMETERS != [["username", "ip_address"]]:
        found.append((6, "AXES_LOCKOUT_PARAMETERS doit verrouiller par identifiant et adresse ensemble"))
    return found


def _weaknesses() -> list[tuple[int, str]]:
    """What would weaken the ways in that are allowed."""
    found = []
    if settings.DCC_EMAIL_CODE and settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        found.append((7, "DCC_EMAIL_CODE (code par courriel) demande un serveur de courriel : DCC_SMTP_HOST"))
    short = [key for key in (settings.DCC_SECRETS_KEY, *settings.DCC_SECRETS_FORMER_KEYS) if 0 < len(key) < KEY_LENGTH]
    if short:
        found.append((8, f"DCC_SECRETS_KEY et DCC_SECRETS_FORMER_KEYS : {KEY_LENGTH} caractères au moins par clé"))
    if settings.SESSION_ENGINE != "django.contrib.sessions.backends.db":
        found.append(
            (9, "SESSION_ENGINE doit garder les sessions en base : elles se ferment à distance et portent des secrets scellés")
        )
    asked = {one["NAME"].rpartition(".")[2]: one.get("OPTIONS", {}) for one in settings.AUTH_PASSWORD_VALIDATORS}
    short_allowed = asked.get("MinimumLengthValidator", {}).get("min_length", 0) < PASSWORD_LENGTH
    if short_allowed or not asked.keys() >= VALIDATORS:
        found.append(
            (10, f"AUTH_PASSWORD_VALIDATORS : {PASSWORD_LENGTH} caractères au moins, et {', '.join(sorted(VALIDATORS))}")
        )
    return found


def _otp_plugin(app: str) -> bool:
    """The plugins of django-otp keep secrets and codes readable; ours are in :mod:`dcc.accounts.devices`."""
    return app.startswith("django_otp.plugins.") or app.rpartition(".")[2].startswith(("otp_", "two_factor"))
