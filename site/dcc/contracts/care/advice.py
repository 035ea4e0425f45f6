"""What a PPS should be looked at again for: conflicts and gaps among its acts. Advice, never a refusal. Pure.

Each remark points to the answer to look at: ``location`` is its path (``group/row/column``, or a group) and ``question_key`` its
key. A ``warning`` is a contradiction, an ``info`` something that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from dcc.contracts.care.acts import Act, acts_of
from dcc.contracts.care.chronology import Event, by_day, events_of, period, sittings_of
from dcc.contracts.care.days import first_day, last_day, partial, written
from dcc.contracts.care.syntheses import ends_before_start, is_done, last_confirmed
from dcc.contracts.snapshots import Finding, Level

SURGERY, CHEMOTHERAPY = "387713003", "C15632"
WATCHING = frozenset({"MED-226", "424313000", "MED-227"})
"""Types of treatment that only watch: surveillance seule, surveillance active (today's code and the former)."""
NOT_ACTIVE = WATCHING | {"MED-556"}
"""With a pause (fenêtre thérapeutique), those that go on after the end of active treatments."""
LONG = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Case:
    """What rules look at: the acts that are not cancelled, the day, the day active treatments stopped."""

    acts: Sequence[Act]
    on: date
    stopped: str | None

    def of(self, code: str) -> Iterator[Act]:
        """Acts of a kind."""
        return (act for act in self.acts if act.kind.code == code)


def advice(answers: Mapping[str, Any], on: date) -> tuple[Finding, ...]:
    """Every remark on a document on a day, contradictions first, in the order of the document."""
    stop = partial(answers.get("pps.programme.arret_date")) if answers.get("pps.programme.arret") is True else None
    case = Case([act for act in acts_of(answers) if act.status != "cancelled"], on, stop)
    found = [finding for rule in RULES for finding in rule(case)]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


def _remark(code: str, level: Level, act: Act, column: str, message: str) -> Finding:
    key = act.column(column)
    path = f"{act.kind.group}/{act.row}/{key}"
    return Finding(f"pps.{code}", level, message, question_key=key, location=path, source="R-061, R-068")


def _ends_before_start(case: Case) -> Iterator[Finding]:
    for act in case.acts:
        if ends_before_start(act):
            said = f"la fin confirmée ({written(act.end)}) est avant le début ({written(act.start)})"
            yield _remark("fin_avant_debut", "warning", act, "fin", f"{act.title}\u00a0: {said}.")
        start, end = first_day(act.forecast_start), last_day(act.forecast_end)
        if start and end and end < start:
            said = f"la fin prévisionnelle ({written(act.forecast_end)}) est avant le début ({written(act.forecast_start)})"
            yield _remark("fin_prevue_avant_debut", "warning", act, "fin_prevue", f"{act.title}\u00a0: {said}.")


def _two_places_on_a_day(case: Case) -> Iterator[Finding]:
    """Each pair of acts once, on the first of their common days."""
    seen: set[frozenset[int]] = set()
    events = [
        event for act in case.acts for event in events_of(act, case.on) if event.day and event.day >= case.on and _place(event)
    ]
    for day, found in by_day(events).items():
        for first, second in combinations(found, 2):
            pair = frozenset({first.act.position, second.act.position})
            if _place(first) != _place(second) and pair not in seen:
                seen.add(pair)
                where = f"{first.act.title} ({_place(first)}) et {second.act.title} ({_place(second)})"
                yield _remark("deux_lieux", "warning", second.act, "lieu", f"Le {day:%d/%m/%Y}, deux lieux\u00a0: {where}.")


def _place(event: Event) -> str:
    return "" if event.act.at_home else str((event.act.place or {}).get("name", ""))


def _surgery_during_chemotherapy(case: Case) -> Iterator[Finding]:
    treatments = list(case.of("MED-568"))
    for surgery in (act for act in treatments if act.code == SURGERY and not is_done(act, case.on)):
        day = first_day(surgery.start or surgery.forecast_start)
        for chemotherapy in (act for act in treatments if act.code == CHEMOTHERAPY):
            span = _span(chemotherapy, case.on)
            if day and span and span[0] < day < span[1]:
                said = f"prévue pendant\u00a0: {chemotherapy.title} ({period(span[0].isoformat(), span[1].isoformat())})"
                column = "debut" if surgery.start else "debut_prevu"
                yield _remark("chirurgie_pendant_chimio", "warning", surgery, column, f"{surgery.title} {said}.")


def _span(act: Act, on: date) -> tuple[date, date] | None:
    events = events_of(act, on)
    return (min(e.first for e in events), max(e.last for e in events)) if events else None


def _sittings_beyond_the_end(case: Case) -> Iterator[Finding]:
    for act in case.acts:
        end, sittings = act.end or act.forecast_end, sittings_of(act)
        last = last_day(end)
        if last and sittings and sittings[-1] > last and act.status != "aborted":
            said = f"la dernière des {act.cures} séances tomberait le {sittings[-1]:%d/%m/%Y}, après la fin ({written(end)})"
            yield _remark("cures_apres_fin", "warning", act, "fin" if act.end else "fin_prevue", f"{act.title}\u00a0: {said}.")


def _active_after_the_stop(case: Case) -> Iterator[Finding]:
    stop = last_day(case.stopped)
    for act in case.of("MED-568"):
        start = act.start or act.forecast_start
        if stop and act.code not in NOT_ACTIVE and (first_day(start) or date.min) > stop:
            said = f"commence {period(start, start)}, après l'arrêt des traitements actifs ({written(case.stopped)})"
            yield _remark("apres_arret", "warning", act, "debut" if act.start else "debut_prevu", f"{act.title} {said}.")


def _to_confirm(case: Case) -> Iterator[Finding]:
    for act in case.acts:
        if act.status or is_done(act, case.on):
            continue
        if not act.start and not act.end and (last_day(act.forecast_start) or date.max) < case.on:
            said = f"prévu {period(act.forecast_start, act.forecast_start)}, à confirmer, à reporter ou à annuler"
            yield _remark("a_confirmer", "info", act, "debut", f"{act.title}\u00a0: {said}.")
        elif act.start and not act.end and (last_day(act.forecast_end) or date.max) < case.on:
            said = f"la fin prévue ({written(act.forecast_end)}) est passée, à confirmer ou à reporter"
            yield _remark("fin_a_confirmer", "info", act, "fin", f"{act.title}\u00a0: {said}.")


def _long_without_an_end(case: Case) -> Iterator[Finding]:
    for act in case.acts:
        start = last_day(act.start)
        known = last_confirmed(act) or act.forecast_end
        if start and not known and not act.status and start + LONG < case.on:
            said = f"débuté {period(act.start, act.start)}, sans date de fin\u00a0; est-ce toujours en cours\u00a0?"
            yield _remark("sans_fin", "info", act, "fin_prevue", f"{act.title}\u00a0: {said}")


def _broken_off_without_an_end(case: Case) -> Iterator[Finding]:
    for act in case.acts:
        if act.status == "aborted" and not act.end:
            yield _remark("interrompu_sans_fin", "info", act, "fin", f"{act.title}\u00a0: date de fin à confirmer.")


def _no_follow_up(case: Case) -> Iterator[Finding]:
    treatments = [act for act in case.of("MED-568") if act.code not in WATCHING]
    ends = [span[1] for act in treatments if (act.end or act.forecast_end or sittings_of(act)) and (span := _span(act, case.on))]
    if not ends or any(act.code in WATCHING for act in case.of("MED-568")):
        return
    last = max(ends)
    spans = [_span(act, case.on) for act in case.of("MED-571")]
    if all(span is not None and span[1] < last for span in spans):
        message = f"Aucun suivi n'est prévu après le dernier traitement ({last:%d/%m/%Y})."
        yield Finding("pps.sans_suivi", "info", message, question_key="pps.suivis", location="pps.suivis", source="R-061, R-068")


RULES: Sequence[Callable[[Case], Iterator[Finding]]] = (
    _ends_before_start,
    _two_places_on_a_day,
    _surgery_during_chemotherapy,
    _sittings_beyond_the_end,
    _active_after_the_stop,
    _to_confirm,
    _long_without_an_end,
    _broken_off_without_an_end,
    _no_follow_up,
)
"""The rules, in the order of their remarks."""
