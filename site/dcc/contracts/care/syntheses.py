"""The two syntheses of a PPS: what is done, computed for a day and never stored (R-061...R-065, R-068). Pure.

An act is done on day D when it is not cancelled and its last confirmed day is wholly before D. The rule and its reasons are
decision 0170; forecast dates never make an act done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dcc.contracts.care.acts import Act, acts_of
from dcc.contracts.care.days import first_day, last_day, written

TREATMENTS_TITLE = "Synthèse des traitements et suivis (réalisés)"
SUPPORT_TITLE = "Synthèse des soins oncologiques de support et accompagnements (réalisés)"
NOTHING_DONE = "Rien n'est encore réalisé."

ONE_DAY_TYPES = frozenset(
    {
        "387713003",  # intervention chirurgicale
        "C63334",  # radiologie interventionnelle
        "C157891",  # endoscopie interventionnelle
        "MED-091",  # examen de biologie
        "MED-092",  # examen d'imagerie médicale
        "11429006",  # consultation
    }
)
"""Types of acts that begin and end on one day, unless their row says otherwise; a start alone tells nothing of the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a synthesis, in words: the confirmed dates (the end of an act of one day is its start), the type, remarks."""

    start: str
    end: str
    label: str
    remarks: tuple[tuple[str, str], ...]
    act: Act


@dataclass(frozen=True, slots=True)
class Syntheses:
    """What is done on day ``on``, earliest first. ``other_…``: done as well, but not notable for what follows (R-064)."""

    on: date
    treatments: tuple[Act, ...]
    support: tuple[Act, ...]
    other_treatments: tuple[Act, ...]
    other_support: tuple[Act, ...]


def syntheses(answers: Mapping[str, Any], on: date) -> Syntheses:
    """The two syntheses of a document on a day (of Paris: :func:`.days.day_of` tells it of a moment)."""
    done = sorted((act for act in acts_of(answers) if act.kind.synthesis and is_done(act, on)), key=_in_time)
    return Syntheses(
        on,
        *(
            tuple(act for act in done if act.kind.synthesis == name and act.notable is notable)
            for notable in (True, False)
            for name in ("treatments", "support")
        ),
    )


def is_done(act: Act, on: date) -> bool:
    """Whether an act is done on a day: yesterday yes, today no; a month or a year once its last day is over."""
    last = last_day(last_confirmed(act))
    return act.status != "cancelled" and last is not None and last < on and not ends_before_start(act)


def last_confirmed(act: Act) -> str | None:
    """The confirmed end of an act: ``end``, or ``start`` of an act that is one day's; nothing when it is not confirmed."""
    return act.end or (act.start if lasts_one_day(act) else None)


def lasts_one_day(act: Act) -> bool:
    """Whether a start alone says the end too: one sitting, or a type done in a day, with nothing that says otherwise."""
    if act.end or act.recurs or not (act.cures == 1 or act.code in ONE_DAY_TYPES):
        return False
    planned, begun = last_day(act.forecast_end), last_day(act.start)
    return not (planned and begun and planned > begun)


def ends_before_start(act: Act) -> bool:
    """Whether the confirmed dates contradict each other; such dates confirm nothing."""
    start, end = first_day(act.start), last_day(act.end)
    return bool(start and end and end < start)


def rows(acts: Iterable[Act]) -> tuple[Row, ...]:
    """The lines of a synthesis, in the words that screen, PDF and CDA narrative show alike."""
    return tuple(
        Row(
            start=written(act.start),
            end=written(last_confirmed(act)),
            label=act.title,
            remarks=tuple(
                (title, text)
                for title, text in (("Effets secondaires notables", act.effects), ("Commentaire", act.comment))
                if text
            ),
            act=act,
        )
        for act in acts
    )


def others_line(acts: Iterable[Act]) -> str:
    """The last line of a synthesis: « Autres : Consultation (oncologue), 09/03/2026 ; … »; empty when there is none."""
    words = "\u00a0; ".join(f"{act.title}, {written(last_confirmed(act))}" for act in acts)
    return f"Autres\u00a0: {words}." if words else ""


def as_of_line(on: date, *, stored: bool) -> str:
    """What says the day of the syntheses: computed today on screen, fixed in a stored file."""
    day = f"{on:%d/%m/%Y}"
    return f"Synthèses établies à la date du {day}." if stored else f"Synthèses calculées à la date d'aujourd'hui, le {day}."


def _in_time(act: Act) -> tuple[date, date, int]:
    last = last_day(last_confirmed(act)) or date.max
    return first_day(act.start) or first_day(last_confirmed(act)) or last, last, act.position
