"""The care of a document on screen: syntheses of today, remarks, and the calendar month by month. Pure.

What is done, when, and what looks odd is decided in :mod:`dcc.contracts.care`, which the PDF and the CDA ask too; here are only
the signs and the places in the picture. Any type of document that asks for the acts of a PPS has these pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcc.contracts.care import syntheses as done
from dcc.contracts.care.acts import KINDS, Act, acts_of
from dcc.contracts.care.advice import advice
from dcc.contracts.care.chronology import Bar, Chronology, Event, Month, chronology, forecast_last, period
from dcc.contracts.care.syntheses import Row
from dcc.contracts.snapshots import Finding
from dcc.web.words import Sign

DAY = 10
"""Width of a day, and of what leaves the edge of a month, in units of the strip."""

SIGNS: Mapping[str, Sign] = {
    "done": Sign(_("réalisé"), "check", "good", _("Dates confirmées et passées")),
    "running": Sign(_("en cours"), "right", "take", _("Commencé, pas encore terminé")),
    "planned": Sign(_("à venir"), "calendar", "info", _("Prévu")),
    "elapsed": Sign(_("date passée"), "clock", "", _("Séance calculée, dont la date est passée")),
    "unconfirmed": Sign(_("à confirmer"), "question", "warn", _("Date prévisionnelle passée, que personne n'a confirmée")),
}


@dataclass(frozen=True, slots=True)
class Synthesis:
    """A synthesis ready to be shown."""

    title: str
    rows: Sequence[Row]
    others: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark and the place it leads to: ``anchor`` is that of the field, or of its row where empty fields are not shown."""

    message: str
    anchor: str
    serious: bool


@dataclass(frozen=True, slots=True)
class CarePanel:
    """What the panel of a document says on a day."""

    on: date
    syntheses: Sequence[Synthesis]
    remarks: Sequence[Remark]
    next_events: Sequence[Event]
    nothing: str = done.NOTHING_DONE

    @property
    def done_count(self) -> int:
        """How many acts the two tables tell."""
        return sum(len(synthesis.rows) for synthesis in self.syntheses)

    @property
    def as_of(self) -> str:
        """The sentence that says the day."""
        return done.as_of_line(self.on, stored=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar of a strip, in units; ``state`` is its class, ``vague`` when its days are not known."""

    x: int
    width: int
    state: str
    vague: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """What an act takes of a month: its bars, and the same in words with its signs."""

    act: Act
    marks: Sequence[Mark]
    when: Any
    which: str
    begins: bool
    signs: Sequence[Sign]


@dataclass(frozen=True, slots=True)
class DrawnMonth:
    """A month with its strips; ``today`` is the place of today, where it is this one's, ``weeks`` those of thin lines."""

    month: Month
    strips: Sequence[Strip]
    width: int
    today: int | None
    weeks: Sequence[int] = (7 * DAY, 14 * DAY, 21 * DAY, 28 * DAY)


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act in the table under the picture: its dates in words, confirmed and forecast, and its state."""

    act: Act
    confirmed: str
    forecast: str
    sign: Sign | None


def has_care(keys: Collection[str]) -> bool:
    """Whether a form asks for acts of care."""
    return any(kind.group in keys for kind in KINDS)


def panel_of(answers: Mapping[str, Any], on: date, *, editable: bool) -> CarePanel:
    """The panel of a document; remarks of a page that is read lead to rows."""
    found = done.syntheses(answers, on)
    coming = [event for event in chronology(answers, on).events if event.first >= on]
    return CarePanel(
        on,
        (
            Synthesis(done.TREATMENTS_TITLE, done.rows(found.treatments), done.others_line(found.other_treatments)),
            Synthesis(done.SUPPORT_TITLE, done.rows(found.support), done.others_line(found.other_support)),
        ),
        [_remark(finding, editable) for finding in advice(answers, on)],
        coming[:3],
    )


def _remark(finding: Finding, editable: bool) -> Remark:
    path = finding.location if editable else "/".join(finding.location.split("/")[:2])
    return Remark(finding.message, f"f-{path}", finding.level == "warning")


def drawn(calendar: Chronology) -> Sequence[DrawnMonth]:
    """The months of a calendar, one strip for each act that has bars there."""
    this_month = calendar.on.replace(day=1)
    today = (calendar.on.day - 1) * DAY + DAY // 2
    return [
        DrawnMonth(month, _strips(month), month.days * DAY, today if month.first == this_month else None)
        for month in calendar.months
    ]


def _strips(month: Month) -> Sequence[Strip]:
    acts: dict[int, list[Bar]] = {}
    for bar in month.bars:
        acts.setdefault(bar.event.act.position, []).append(bar)
    return [_strip(bars) for bars in acts.values()]


def _strip(bars: Sequence[Bar]) -> Strip:
    first, events = bars[0], [bar.event for bar in bars]
    return Strip(
        first.event.act,
        [Mark((bar.from_day - 1) * DAY, (bar.to_day - bar.from_day + 1) * DAY, bar.event.state, not bar.exact) for bar in bars],
        _when(bars),
        f"{_listed(str(event.number) for event in events)} sur {first.event.total}" if first.event.total else "",
        first.begins,
        [SIGNS[state] for state in dict.fromkeys(event.state for event in events)],
    )


def _when(bars: Sequence[Bar]) -> Any:
    """When in this month: its days for sittings, its period where it begins, else that it goes on."""
    bar = bars[0]
    if len(bars) > 1:
        return f"les {_listed(f'{bar.from_day}' for bar in bars)}"
    if bar.begins:
        return bar.event.when
    return _("se termine") if bar.ends else _("se poursuit")


def _listed(words: Iterable[str]) -> str:
    """« 1, 8 et 15 »."""
    *most, last = words
    return f"{', '.join(most)} et {last}" if most else last


def act_lines(answers: Mapping[str, Any], calendar: Chronology) -> Sequence[ActLine]:
    """Every act in the order of the document, cancelled ones included, for the table."""
    states = {event.act.position: _whole_state(event.act, calendar) for event in calendar.events}
    return [
        ActLine(act, period(act.start, done.last_confirmed(act)), period(act.forecast_start, forecast_last(act)), sign)
        for act in acts_of(answers)
        for sign in [CANCELLED if act.status == "cancelled" else states.get(act.position)]
    ]


CANCELLED = Sign(_("annulé"), "ban", "bad", _("N'aura pas lieu"))


def _whole_state(act: Act, calendar: Chronology) -> Sign:
    """The state of an act of several sittings: done with it, begun, or that of its first."""
    if done.is_done(act, calendar.on):
        return SIGNS["done"]
    states = [event.state for event in calendar.events if event.act is act]
    begun = act.start and any(state in ("done", "elapsed", "running") for state in states)
    return SIGNS["running"] if begun else SIGNS[states[0]]
