"""What a document says of the disease in time: diagnosis, examinations, treatments, for the picture of a patient's file. Pure.

Which answers are events is a table; a document type without rows in it shows only its documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcc.contracts.care.acts import acts_of
from dcc.contracts.care.days import first_day
from forms_config.schema.values import display

Lane = str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or lasted: lane, words, days (the first of the month or year when no more is known)."""

    lane: Lane
    label: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where events are in the answers: the group (nothing for a top-level answer), the columns of words and dates."""

    lane: Lane
    group: str
    label: str
    start: str
    end: str = ""
    words: Any = ""


LANES: Mapping[Lane, Any] = {
    "maladie": _("Maladie"),
    "examens": _("Examens"),
    "traitements": _("Traitements"),
    "soins": _("Soins de support"),
}
_SOURCES = (
    _Source("maladie", "frcp.tumeurs", "frcp.tumeurs.topographie", "frcp.tumeurs.date"),
    _Source("maladie", "", "frcp.phase.phase", "frcp.phase.date"),
    _Source("maladie", "", "", "frcp.phase.progression_date", words=_("Progression")),
    _Source("examens", "frcp.paraclinique", "frcp.paraclinique.examen", "frcp.paraclinique.date"),
    _Source("examens", "", "", "frcp.acp.prelevement_date", words=_("Prélèvement (anatomopathologie)")),
    _Source("traitements", "frcp.traitements", "frcp.traitements.type", "frcp.traitements.debut", "frcp.traitements.fin"),
    _Source("traitements", "", "", "frcp.cro.debut", words=_("Opération")),
    _Source("maladie", "pps.tumeurs", "pps.tumeurs.topographie", "pps.tumeurs.date"),
    _Source("maladie", "", "pps.phase.phase", "pps.phase.date"),
    _Source("maladie", "", "", "pps.phase.progression_date", words=_("Progression")),
)


def events_of(answers: Mapping[str, Any]) -> list[Event]:
    """The dated events of a document, in order of time."""
    found = [*(event for source in _SOURCES for event in _events(source, answers)), *_acts(answers)]
    return sorted(found, key=lambda e: (e.start, e.label))


def _events(source: _Source, answers: Mapping[str, Any]) -> Iterator[Event]:
    scopes = [row["values"] for row in answers.get(source.group) or ()] if source.group else [answers]
    for scope in scopes:
        start = day_of(scope.get(source.start))
        if start is None:
            continue
        label = display(scope.get(source.label)) if source.label else ""
        yield Event(source.lane, label or str(source.words), start, day_of(scope.get(source.end)) if source.end else None)


_LANE_OF_ACTS = {"MED-568": "traitements", "MED-571": "examens", "MED-572": "soins", "MED-573": "soins"}


def _acts(answers: Mapping[str, Any]) -> Iterator[Event]:
    """The acts of a PPS that began, by their confirmed dates; what is only planned is in its calendar."""
    for act in acts_of(answers):
        start = first_day(act.start)
        if start and act.status != "cancelled" and act.kind.code in _LANE_OF_ACTS:
            end = first_day(act.end)
            yield Event(_LANE_OF_ACTS[act.kind.code], act.title, start, end if end and end > start else None)


def day_of(value: Any) -> date | None:
    """A day for a date answer, whole or not; nothing for a null flavour or no answer."""
    if not isinstance(value, str):
        return None
    parts = [int(part) for part in value.partition("T")[0].split("-")]
    return date(*[*parts, 1, 1][:3])
