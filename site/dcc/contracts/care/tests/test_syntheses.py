"""What is done on a day: every cell of decision 0170, and the two syntheses that follow the clock (R-061...R-065, R-068)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest

from dcc.contracts.care.acts import acts_of
from dcc.contracts.care.days import day_of, first_day, last_day, partial, written
from dcc.contracts.care.syntheses import is_done, others_line, rows, syntheses
from dcc.contracts.care.tests.rows import CHEMOTHERAPY, CONSULTATION, DIET, HORMONES, IMAGING, SURGERY, row, treatment

TODAY = date(2026, 3, 10)
YESTERDAY, TOMORROW = "2026-03-09", "2026-03-11"
SAME = TODAY.isoformat()


@pytest.mark.parametrize(
    ("code", "columns", "done"),
    [
        # the end, by day
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": YESTERDAY}, True),
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": SAME}, False),
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": TOMORROW}, False),
        (CHEMOTHERAPY, {"fin": YESTERDAY}, True),
        # unknown day, unknown month: done once the last day it may be is over
        (CHEMOTHERAPY, {"fin": "2026-02"}, True),
        (CHEMOTHERAPY, {"fin": "2026-03"}, False),
        (CHEMOTHERAPY, {"fin": "2025"}, True),
        (CHEMOTHERAPY, {"fin": "2026"}, False),
        # a start alone: the end too for what is one day's by nature, nothing for what lasts
        (SURGERY, {"debut": YESTERDAY}, True),
        (SURGERY, {"debut": SAME}, False),
        (SURGERY, {"debut": TOMORROW}, False),
        (SURGERY, {"debut": "2026-02"}, True),
        (SURGERY, {"debut": "2026-03"}, False),
        (SURGERY, {"debut": "2025"}, True),
        (CHEMOTHERAPY, {"debut": "2025-01-05"}, False),
        (HORMONES, {"debut": "2019"}, False),
        # one sitting of anything is one day's; several are not, and neither is what has a rhythm or a later forecast end
        (CHEMOTHERAPY, {"debut": YESTERDAY, "cures": 1}, True),
        (CHEMOTHERAPY, {"debut": YESTERDAY, "cures": 1, "rythme": "IV en 1 h"}, True),
        (SURGERY, {"debut": YESTERDAY, "cures": 3, "intervalle": 21}, False),
        (SURGERY, {"debut": YESTERDAY, "intervalle": 21}, False),
        (SURGERY, {"debut": YESTERDAY, "rythme": "tous les mois"}, False),
        (SURGERY, {"debut": YESTERDAY, "fin_prevue": TOMORROW}, False),
        (SURGERY, {"debut": "2026-03-01", "fin_prevue": "2026-03-02"}, False),
        (SURGERY, {"debut": YESTERDAY, "fin_prevue": YESTERDAY}, True),
        (SURGERY, {"debut": YESTERDAY, "fin_prevue": "2026-02"}, True),
        (SURGERY, {"debut": "2026-01-01", "fin_prevue": "2026-01"}, False),
        (CHEMOTHERAPY, {"debut": "2025-11-03", "cures": 3, "intervalle": 21, "fin": YESTERDAY}, True),
        # forecast dates never count
        (SURGERY, {"debut_prevu": "2025-01-05", "fin_prevue": "2025-01-06"}, False),
        (CHEMOTHERAPY, {"debut": "2025-01-05", "fin_prevue": "2025-06-01"}, False),
        # nothing said, null flavours, words that are no dates
        (SURGERY, {}, False),
        (SURGERY, {"debut": {"null": "UNK"}}, False),
        (SURGERY, {"debut": "hier"}, False),
        (SURGERY, {"debut": "2026-02-30"}, False),
        # an end before the start confirms nothing
        (CHEMOTHERAPY, {"debut": "2026-03-01", "fin": "2026-02-01"}, False),
        (CHEMOTHERAPY, {"debut": "2026-02-15", "fin": "2026-02"}, True),
        (CHEMOTHERAPY, {"debut": TOMORROW, "fin": YESTERDAY}, False),
        # what did not take place, what was broken off
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": YESTERDAY, "statut": "cancelled"}, False),
        (SURGERY, {"debut": YESTERDAY, "statut": "cancelled"}, False),
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": YESTERDAY, "statut": "aborted"}, True),
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": SAME, "statut": "aborted"}, False),
        (CHEMOTHERAPY, {"debut": "2026-01-05", "statut": "aborted"}, False),
    ],
)
def test_what_is_done(code: str, columns: dict[str, Any], done: bool) -> None:
    (act,) = acts_of({"pps.traitements": [treatment(code, **columns)]})
    assert is_done(act, TODAY) is done


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-09T22:59:59+00:00", date(2026, 3, 9)),
        ("2026-03-09T23:00:00+00:00", date(2026, 3, 10)),
        ("2026-03-09T23:30:00+00:00", date(2026, 3, 10)),
        ("2026-07-09T21:59:59+00:00", date(2026, 7, 9)),
        ("2026-07-09T22:30:00+00:00", date(2026, 7, 10)),
        ("2026-07-09T23:30:00+00:00", date(2026, 7, 10)),
        ("2026-03-29T00:30:00+00:00", date(2026, 3, 29)),
        ("2026-10-25T23:30:00+00:00", date(2026, 10, 26)),
        ("2026-03-10T01:00:00+14:00", date(2026, 3, 9)),
        ("2026-03-09T20:00:00-10:00", date(2026, 3, 10)),
    ],
)
def test_the_day_it_is_in_paris(moment: str, day: date) -> None:
    assert day_of(datetime.fromisoformat(moment)) == day


def test_a_moment_without_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        day_of(datetime(2026, 3, 9, 23, 30))


@pytest.mark.parametrize(
    ("value", "first", "last", "words"),
    [
        ("2026-03-09", date(2026, 3, 9), date(2026, 3, 9), "09/03/2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "02/2024"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026-03-09T10:00+01:00", date(2026, 3, 9), date(2026, 3, 9), "09/03/2026"),
    ],
)
def test_partial_dates(value: str, first: date, last: date, words: str) -> None:
    found = partial(value)
    assert (first_day(found), last_day(found), written(found)) == (first, last, words)


def answers() -> dict[str, Any]:
    """A small PPS with acts of every kind."""
    return {
        "pps.traitements": [
            treatment(CHEMOTHERAPY, "c", debut="2026-01-05", fin="2026-03-02", statut="aborted", effets="neuropathie"),
            treatment(SURGERY, "s", debut="2025-12-01", commentaire="marges saines"),
            treatment(HORMONES, "h", debut_prevu="2026-04"),
        ],
        "pps.prevention": [row("pps.prevention", "C20427", debut="2026-01-06", fin="2026-01-10", notable=False)],
        "pps.mesures": [row("pps.mesures", "ORG-001", complement="gériatre")],
        "pps.suivis": [
            row("pps.suivis", IMAGING, "i", debut="2025-11"),
            row("pps.suivis", CONSULTATION, "o", debut="2026-03-09", notable=False, complement="oncologue"),
        ],
        "pps.soins": [row("pps.soins", DIET, debut="2026-01-05", fin="2026-03-10")],
        "pps.accompagnements": [row("pps.accompagnements", "PAT-024", fin="2026-02", domicile=True)],
    }


@pytest.mark.parametrize(
    ("on", "treatments", "support", "others"),
    [
        (date(2025, 12, 1), ["MED-092"], [], []),
        (date(2026, 3, 10), ["MED-092", SURGERY, CHEMOTHERAPY], ["PAT-024"], ["C20427", CONSULTATION]),
        (date(2026, 3, 11), ["MED-092", SURGERY, CHEMOTHERAPY], [DIET, "PAT-024"], ["C20427", CONSULTATION]),
    ],
)
def test_the_syntheses_follow_the_clock(on: date, treatments: list[str], support: list[str], others: list[str]) -> None:
    """The same answers on three days: three syntheses, and the answers stay as they were."""
    given = answers()
    found = syntheses(given, on)
    assert [act.code for act in found.treatments] == treatments
    assert [act.code for act in found.support] == support
    assert [act.code for act in found.other_treatments] == others
    assert found.other_support == ()
    assert given == deepcopy(answers())


def test_the_words_of_a_synthesis() -> None:
    found = syntheses(answers(), TODAY)
    assert [(line.start, line.end, line.label, line.remarks) for line in rows(found.treatments)] == [
        ("11/2025", "11/2025", "Examen d'imagerie médicale", ()),
        ("01/12/2025", "01/12/2025", "Intervention chirurgicale", (("Commentaire", "marges saines"),)),
        ("05/01/2026", "02/03/2026", "Chimiothérapie (soin interrompu)", (("Effets secondaires notables", "neuropathie"),)),
    ]
    assert others_line(found.other_treatments) == "Autres\u00a0: C20427, 10/01/2026\u00a0; Consultation (oncologue), 09/03/2026."
    assert others_line(found.other_support) == ""


def test_a_row_keeps_what_its_answers_say() -> None:
    place = {"name": "CHU de Rennes"}
    person = {"suffix": "Dr", "given": "Anne", "family": "MARTIN"}
    (act,) = acts_of(
        {
            "pps.soins": [
                row("pps.soins", DIET, cures=6, intervalle=14, rythme="le matin", lieu=place, intervenant=person, domicile=True)
            ]
        }
    )
    assert (act.kind.code, act.column("debut"), act.pace) == ("MED-572", "pps.soins.debut", "6 fois, tous les 14 jours, le matin")
    assert act.where == "Dr Anne MARTIN, CHU de Rennes, à domicile"


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"pps.traitements": None},
        {"pps.traitements": {"null": "NA"}},
        {"pps.traitements": [{"id": "1", "values": {}}]},
        {"pps.traitements": [None]},
    ],
)
def test_strange_answers_hold_no_act(strange: dict[str, Any]) -> None:
    assert acts_of(strange) == ()


def test_strange_columns_do_not_raise() -> None:
    columns: dict[str, Any] = {
        "debut": 7,
        "cures": "trois",
        "intervalle": True,
        "lieu": {"null": "UNK"},
        "notable": {"null": "UNK"},
    }
    (act,) = acts_of({"pps.traitements": [treatment(SURGERY, **columns)]})
    assert (act.start, act.cures, act.interval, act.place, act.notable) == (None, None, None, None, True)
