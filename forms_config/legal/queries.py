"""Reads the patient-rights texts in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from dcc.contracts.snapshots import LegalText
from forms_config.legal.models import LegalTextVersion, Scope

TITLE = "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"
"""Title of their rubric, word for word (R-038)."""

LINK = "http://lesdonnees.e-cancer.fr"
"""The address in text 2, live wherever the medium allows it (R-042)."""

_NEAREST_FIRST = (Scope.FACILITY, Scope.REGION, Scope.NATIONAL)


class NoLegalText(LookupError):
    """No national text is published: the platform was not set up (``manage.py setup_configuration``)."""


def texts_for(facility_id: UUID | None, at: datetime) -> tuple[LegalText, LegalText]:
    """Texts 1 and 2, in this order, as they hold in an establishment at a moment (R-039...R-041).

    Before the first national wording, that wording holds: no document goes without (R-037). Raises :class:`NoLegalText`.
    """
    here = Q(facility_id=facility_id) if facility_id else Q(facility__isnull=True)
    rows = list(
        LegalTextVersion.objects.select_related("facility")
        .filter(here | Q(facility__isnull=True))
        .order_by("number", "scope", "-edition")
    )
    return _in_force(rows, 1, at), _in_force(rows, 2, at)


def _in_force(rows: Iterable[LegalTextVersion], number: int, at: datetime) -> LegalText:
    editions = [row for row in rows if row.number == number]
    for scope in _NEAREST_FIRST:
        latest = next((row for row in editions if row.scope == scope and row.effective_from <= at), None)
        if latest is not None and not latest.withdrawn:
            return _snapshot(latest)
    national = [row for row in editions if row.scope == Scope.NATIONAL]
    if not national:
        raise NoLegalText(f"Aucun texte national {number} n'est publié : lancer « manage.py setup_configuration »")
    return _snapshot(national[-1])


def _snapshot(row: LegalTextVersion) -> LegalText:
    return LegalText(number=1 if row.number == 1 else 2, version=row.version, body=row.body, sha256=row.sha256)
