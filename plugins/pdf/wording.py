"""Dates and states of the acts of a PPS in the words a patient reads. Pure.

The confirmed dates say what is or was, the forecast ones what is planned; a date known to the month or
the year keeps its precision.
What an act is on a day is the calendar's answer (:mod:`dcc.contracts.care.chronology`); what the dates do not tell is not said.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from dcc.contracts.care.acts import Act
from dcc.contracts.care.chronology import STATES, events_of
from dcc.contracts.care.days import MONTHS, first_day
from dcc.contracts.care.sentences import sentence
from dcc.contracts.care.syntheses import lasts_one_day
from plugins.pdf.people import NBSP

_VOWELS = "aeiouyé"


def in_words(value: str) -> str:
    """« 1er mars 2026 », « mars 2026 » or « 2026 » for a partial ISO date."""
    year, month, day = [*value.partition("T")[0].split("-"), "", ""][:3]
    if not month:
        return year
    name = f"{MONTHS[int(month) - 1]}{NBSP}{year}"
    return f"{'1er' if day == '01' else int(day)}{NBSP}{name}" if day else name


def state_of(act: Act, on: date) -> str:
    """What an act is on a day, in a word; empty when its dates do not tell. The calendar's words for the same thing."""
    if act.status:
        return _("Annulé") if act.status == "cancelled" else _("Interrompu")
    states = {event.state for event in events_of(act, on)}
    if not states or states == {"elapsed"}:
        return ""
    word = STATES[states.pop() if len(states) == 1 else "running"]
    return sentence(word)


def period_of(act: Act, on: date) -> str:
    """« Depuis le 3 mars 2026, fin prévue le 15 juin 2026 »; empty when no date is known."""
    confirmed, forecast = _confirmed(act, on), _forecast(act)
    text = ", ".join(part for part in (confirmed, forecast) if part)
    return sentence(text)


def _confirmed(act: Act, on: date) -> str:
    start, end = act.start, act.end
    if start and end:
        return at(start) if start == end else f"{since(start)} {until(end)}"
    if end:
        return _("jusqu'%(date)s") % {"date": f"au {in_words(end)}" if _has_day(end) else f"en {in_words(end)}"}
    if not start:
        return ""
    if lasts_one_day(act) or act.status == "cancelled":
        return at(start)
    if (first_day(start) or on) > on:
        return _("à partir %(date)s") % {"date": since(start)}
    return _("depuis %(date)s") % {"date": at(start).removeprefix("en ")}


def _forecast(act: Act) -> str:
    """What was planned and is not confirmed, or was confirmed otherwise."""
    start = act.forecast_start if act.forecast_start != act.start else None
    end = act.forecast_end if act.forecast_end != act.end else None
    late = bool((start and act.start) or (end and act.end))
    if start and end:
        planned = at(start) if start == end else f"{since(start)} {until(end)}"
        return (_("prévu au départ %(date)s") if late else _("prévu %(date)s")) % {"date": planned}
    if start:
        return (_("prévu au départ %(date)s") if late else _("début prévu %(date)s")) % {"date": at(start)}
    if end:
        return (_("fin d'abord prévue %(date)s") if late else _("fin prévue %(date)s")) % {"date": at(end)}
    return ""


def at(value: str) -> str:
    """« le 3 mars 2026 », « en mars 2026 »."""
    return f"{'le' if _has_day(value) else 'en'} {in_words(value)}"


def since(value: str) -> str:
    """« du 3 mars 2026 », « d'avril 2026 », « de 2026 »."""
    words = in_words(value)
    if _has_day(value):
        return f"du {words}"
    return f"d'{words}" if words[0] in _VOWELS else f"de {words}"


def until(value: str) -> str:
    """« au 3 mars 2026 », « à mars 2026 »."""
    return f"{'au' if _has_day(value) else 'à'} {in_words(value)}"


def _has_day(value: str) -> bool:
    return value.count("-") == 2
