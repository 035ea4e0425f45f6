"""The journal in the columns of a file, and the report of a patient's accesses as a PDF to hand over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.api import Told
from dcc.audit.api import NATURE_LABELS
from dcc.contracts.printing import printed


def table_of(rows: Iterable[Told]) -> Iterator[Sequence[str]]:
    """Header and lines, all text."""
    yield (_("Date"), _("Personne"), _("Compte"), _("Rôles"), _("Structures"), _("Acte"), _("Genre"), _("Objet"), _("Patient"),
           _("Détails"), _("Bris de glace"), _("Scellée"), _("Numéro"))  # fmt: skip
    for row in rows:
        yield _cells(row)


def _cells(row: Told) -> Sequence[str]:
    trace = row.trace
    return (
        timezone.localtime(trace.at).strftime("%d/%m/%Y %H:%M:%S"),
        row.who.name or _("La plateforme"),
        row.who.username,
        row.who.roles,
        row.who.places,
        row.what,
        str(NATURE_LABELS[row.nature]) if row.nature else "",
        trace.subject,
        str(trace.patient_id or ""),
        details(trace.facts),
        _("oui") if row.glass else "",
        _("oui") if trace.sealed else _("non"),
        str(trace.id),
    )


def details(facts: Mapping[str, Any]) -> str:
    """The facts of a trace on one line."""
    return " ; ".join(f"{name} : {_fact(value)}" for name, value in facts.items() if value not in (None, "", []))


def _fact(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value[:5]) + (f"… ({len(value)})" if len(value) > 5 else "")
    return str(value)


def report_pdf(context: Mapping[str, Any]) -> bytes:
    """The report of a patient's accesses."""
    return printed(render_to_string("web/journal/report.html", dict(context)))
