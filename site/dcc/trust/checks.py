"""System checks: the gate is in its place, and terms are published (R-117)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connections

GATE, FACTORS = "dcc.trust.middleware.TermsMiddleware", "dcc.accounts.middleware.TwoFactorMiddleware"


@register(Tags.security)
def check_gate(**_: object) -> list[CheckMessage]:
    """An error when nobody would ever be asked."""
    order = list(settings.MIDDLEWARE)
    if GATE in order and FACTORS in order and order.index(FACTORS) < order.index(GATE):
        return []
    return [Error(f"{GATE} doit figurer dans MIDDLEWARE, après {FACTORS}", id="trust.E001")]


@register(Tags.database)
def check_terms(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """A warning as long as no terms are published (``manage.py check --database default``, and ``migrate``)."""
    from dcc.trust.models import TermsVersion
    from dcc.trust.standing import nothing_published

    if (
        "default" not in (databases or ())
        or TermsVersion._meta.db_table not in connections["default"].introspection.table_names()
    ):
        return []
    if not nothing_published():
        return []
    hint = "Relire le brouillon livré et l'approuver : administration, « Engagements », « Conditions d'utilisation »."
    return [Caution("Aucune condition d'utilisation n'est publiée : personne n'est sollicité", hint=hint, id="trust.W001")]
