"""The calendar: sittings counted one by one, states on a day, months; and what the clinician is advised to look at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dcc.contracts.care.acts import acts_of
from dcc.contracts.care.advice import RULES, advice
from dcc.contracts.care.chronology import MOST_SITTINGS, chronology, period, sittings_of
from dcc.contracts.care.tests.rows import CHEMOTHERAPY, CONSULTATION, HORMONES, SURGERY, row, treatment

TODAY = date(2026, 3, 10)
SOON, LATER = "2026-03-16", "2026-04-06"


def events(code: str, **columns: Any) -> list[tuple[str, str, int]]:
    """The events of a treatment today: when, state, number."""
    found = chronology({"pps.traitements": [treatment(code, **columns)]}, TODAY)
    return [(event.when, event.words, event.number) for event in found.events]


@pytest.mark.parametrize(
    ("code", "columns", "expected"),
    [
        (SURGERY, {"debut": "2026-03-09"}, [("le 09/03/2026", "réalisé", 0)]),
        (SURGERY, {"debut": "2026-03-10"}, [("le 10/03/2026", "en cours", 0)]),
        (SURGERY, {"debut": SOON}, [("le 16/03/2026", "à venir", 0)]),
        (SURGERY, {"debut_prevu": SOON}, [("le 16/03/2026", "à venir, date prévisionnelle", 0)]),
        (SURGERY, {"debut_prevu": "2026-03-09"}, [("le 09/03/2026", "à confirmer", 0)]),
        (SURGERY, {"debut_prevu": "2026-03"}, [("en 03/2026", "à venir, date prévisionnelle", 0)]),
        (SURGERY, {"debut_prevu": "2026"}, [("en 2026", "à venir, date prévisionnelle", 0)]),
        (HORMONES, {"debut": "2026-01-05"}, [("à partir du 05/01/2026", "en cours", 0)]),
        (HORMONES, {"debut": "2026-01-05", "fin_prevue": "2031"}, [("du 05/01/2026 à 2031", "en cours", 0)]),
        (CHEMOTHERAPY, {"debut": "2026-01-05", "fin": "2026-02-16"}, [("du 05/01/2026 au 16/02/2026", "réalisé", 0)]),
        (CHEMOTHERAPY, {"fin": "2026-02-16"}, [("le 16/02/2026", "réalisé", 0)]),
        # sittings: from the confirmed start, else from the forecast one; a month gives one event
        (
            CHEMOTHERAPY,
            {"debut": "2026-02-16", "debut_prevu": "2026-02-01", "cures": 3, "intervalle": 21},
            [
                ("le 16/02/2026", "réalisé", 1),
                ("le 09/03/2026", "date passée", 2),
                ("le 30/03/2026", "à venir, date prévisionnelle", 3),
            ],
        ),
        (
            CHEMOTHERAPY,
            {"debut_prevu": "2026-03-01", "cures": 2, "intervalle": 21},
            [("le 01/03/2026", "à confirmer", 1), ("le 22/03/2026", "à venir, date prévisionnelle", 2)],
        ),
        (
            CHEMOTHERAPY,
            {"debut": "2026-01-05", "cures": 2, "intervalle": 21, "fin": "2026-01-26"},
            [("le 05/01/2026", "réalisé", 1), ("le 26/01/2026", "réalisé", 2)],
        ),
        (
            CHEMOTHERAPY,
            {"debut": "2026-01-05", "cures": 6, "intervalle": 21, "fin": "2026-01-26", "statut": "aborted"},
            [("le 05/01/2026", "réalisé", 1), ("le 26/01/2026", "réalisé", 2)],
        ),
        (
            CHEMOTHERAPY,
            {"debut_prevu": "2026-04", "cures": 3, "intervalle": 21},
            [("à partir de 04/2026", "à venir, date prévisionnelle", 0)],
        ),
        (
            CHEMOTHERAPY,
            {"debut_prevu": SOON, "cures": 1, "intervalle": 21},
            [("le 16/03/2026", "à venir, date prévisionnelle", 0)],
        ),
        (CHEMOTHERAPY, {"debut_prevu": SOON, "cures": 3}, [("à partir du 16/03/2026", "à venir, date prévisionnelle", 0)]),
        # a confirmed end before the first sitting that is counted, or between two: none after it
        (
            CHEMOTHERAPY,
            {"debut_prevu": SOON, "cures": 3, "intervalle": 21, "fin": "2026-03-09"},
            [("le 09/03/2026", "réalisé", 0)],
        ),
        (
            CHEMOTHERAPY,
            {"debut_prevu": "2026-02-10", "cures": 3, "intervalle": 21, "fin": "2026-03-09"},
            [("le 10/02/2026", "réalisé", 1), ("le 03/03/2026", "réalisé", 2)],
        ),
        # broken off on a day nobody said: nothing more of it is to come
        (
            CHEMOTHERAPY,
            {"debut": "2026-02-16", "cures": 6, "intervalle": 21, "fin_prevue": "2026-06", "statut": "aborted"},
            [("à partir du 16/02/2026", "à confirmer", 0)],
        ),
        # an end before its start is not drawn backwards; what is cancelled is not drawn at all
        (CHEMOTHERAPY, {"debut": "2026-03-01", "fin": "2026-02-01"}, [("à partir du 01/03/2026", "en cours", 0)]),
        (SURGERY, {"debut": SOON, "statut": "cancelled"}, []),
        (SURGERY, {}, []),
    ],
)
def test_events(code: str, columns: dict[str, Any], expected: list[tuple[str, str, int]]) -> None:
    assert events(code, **columns) == expected


@pytest.mark.parametrize(
    ("columns", "count"),
    [
        ({"cures": 201, "intervalle": 1}, MOST_SITTINGS),
        ({"cures": 2_000_000_000, "intervalle": 1}, MOST_SITTINGS),
        ({"cures": 5, "intervalle": 2_000_000_000}, 1),
        ({"cures": -3, "intervalle": 21}, 0),
        ({"cures": 3, "intervalle": 0}, 0),
    ],
)
def test_sittings_are_bounded(columns: dict[str, Any], count: int) -> None:
    (act,) = acts_of({"pps.traitements": [treatment(CHEMOTHERAPY, debut="2026-01-05", **columns)]})
    assert len(sittings_of(act)) == count


def test_months_are_those_in_which_something_changes() -> None:
    answers = {
        "pps.traitements": [
            treatment(HORMONES, "h", debut="2025-10-20"),
            treatment(CHEMOTHERAPY, "c", debut="2026-02-16", cures=3, intervalle=21),
            treatment(SURGERY, "s", debut_prevu="2026-06"),
            treatment(SURGERY, "y", debut_prevu="2027"),
            treatment(SURGERY, "u"),
        ]
    }
    found = chronology(answers, TODAY)
    drawn = [
        (
            month.title,
            month.after_gap,
            [(bar.event.act.code, bar.from_day, bar.to_day, bar.begins, bar.ends, bar.exact) for bar in month.bars],
        )
        for month in found.months
    ]
    h, c, s = HORMONES, CHEMOTHERAPY, SURGERY
    assert drawn == [
        ("octobre 2025", False, [(h, 20, 31, True, False, True)]),
        ("février 2026", True, [(h, 1, 28, False, False, True), (c, 16, 16, True, True, True)]),
        ("mars 2026", False, [(h, 1, 10, False, False, True), (c, 9, 9, True, True, True), (c, 30, 30, True, True, True)]),
        ("juin 2026", True, [(s, 1, 30, True, True, False)]),
    ]
    assert [event.when for event in found.yearly] == ["en 2027"]
    assert [act.row for act in found.undated] == [answers["pps.traitements"][4]["id"]]
    assert chronology({}, TODAY).months == ()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        ("2026-03-09", None, "à partir du 09/03/2026"),
        ("2026-03", None, "à partir de 03/2026"),
        (None, "2026-03-09", "jusqu'au 09/03/2026"),
        (None, "2026", "jusqu'en 2026"),
        ("2026-03", "2026-03", "en 03/2026"),
        ("2026-03-09", "2026-05", "du 09/03/2026 à 05/2026"),
        ("2026-03", "2026-05-01", "de 03/2026 au 01/05/2026"),
    ],
)
def test_periods(start: str | None, end: str | None, words: str) -> None:
    assert period(start, end) == words


CHU, CLINIC = {"name": "CHU"}, {"name": "Clinique"}
FOLLOWED = {"pps.suivis": [row("pps.suivis", CONSULTATION)]}


@pytest.mark.parametrize(
    ("treatments", "more", "codes"),
    [
        ([], {}, []),
        ([treatment(CHEMOTHERAPY, debut="2026-03-01", fin="2026-02-01")], FOLLOWED, ["fin_avant_debut"]),
        ([treatment(CHEMOTHERAPY, debut_prevu="2026-05-01", fin_prevue="2026-04-01")], FOLLOWED, ["fin_prevue_avant_debut"]),
        ([treatment(CHEMOTHERAPY, debut="2026-03-01", fin="2026-02-01", statut="cancelled")], {}, []),
        # two places on a day: told once, only from today, and only of two known places
        (
            [treatment(SURGERY, "a", debut=SOON, lieu=CHU), treatment(SURGERY, "b", debut_prevu=SOON, lieu=CLINIC)],
            FOLLOWED,
            ["deux_lieux"],
        ),
        ([treatment(SURGERY, "a", debut=SOON, lieu=CHU), treatment(SURGERY, "b", debut=SOON, lieu=CHU)], FOLLOWED, []),
        ([treatment(SURGERY, "a", debut=SOON, lieu=CHU), treatment(SURGERY, "b", debut=SOON)], FOLLOWED, []),
        (
            [treatment(SURGERY, "a", debut="2026-03-02", lieu=CHU), treatment(SURGERY, "b", debut="2026-03-02", lieu=CLINIC)],
            FOLLOWED,
            [],
        ),
        (
            [
                treatment(CHEMOTHERAPY, "a", debut_prevu=SOON, cures=3, intervalle=21, lieu=CHU),
                treatment("C15313", "b", debut_prevu=SOON, cures=3, intervalle=21, lieu=CLINIC),
            ],
            FOLLOWED,
            ["deux_lieux"],
        ),
        # a surgery inside a chemotherapy, not on its edges, not once done
        (
            [treatment(CHEMOTHERAPY, "c", debut_prevu=SOON, fin_prevue="2026-06-01"), treatment(SURGERY, "s", debut_prevu=LATER)],
            FOLLOWED,
            ["chirurgie_pendant_chimio"],
        ),
        (
            [
                treatment(CHEMOTHERAPY, "c", debut_prevu=SOON, cures=3, intervalle=21),
                treatment(SURGERY, "s", debut_prevu="2026-04-20"),
            ],
            FOLLOWED,
            ["chirurgie_pendant_chimio"],
        ),
        (
            [treatment(CHEMOTHERAPY, "c", debut_prevu=SOON, fin_prevue=LATER), treatment(SURGERY, "s", debut_prevu=LATER)],
            FOLLOWED,
            [],
        ),
        (
            [treatment(CHEMOTHERAPY, "c", debut="2026-01-05", fin_prevue=LATER), treatment(SURGERY, "s", debut="2026-02-01")],
            FOLLOWED,
            [],
        ),
        # sittings that go beyond the end
        (
            [treatment(CHEMOTHERAPY, debut_prevu=SOON, cures=3, intervalle=21, fin_prevue="2026-04-26")],
            FOLLOWED,
            ["cures_apres_fin"],
        ),
        ([treatment(CHEMOTHERAPY, debut_prevu=SOON, cures=3, intervalle=21, fin_prevue="2026-04-27")], FOLLOWED, []),
        ([treatment(CHEMOTHERAPY, debut_prevu=SOON, cures=3, intervalle=21, fin_prevue="2026-04")], FOLLOWED, []),
        # active treatments after they were stopped
        (
            [treatment(CHEMOTHERAPY, debut_prevu=SOON)],
            {**FOLLOWED, "pps.programme.arret": True, "pps.programme.arret_date": "2026-03-01"},
            ["apres_arret"],
        ),
        (
            [treatment("424313000", debut_prevu=SOON)],
            {"pps.programme.arret": True, "pps.programme.arret_date": "2026-03-01"},
            [],
        ),
        (
            [treatment(CHEMOTHERAPY, debut_prevu=SOON)],
            {**FOLLOWED, "pps.programme.arret": False, "pps.programme.arret_date": "2026-03-01"},
            [],
        ),
        (
            [treatment(CHEMOTHERAPY, debut_prevu=SOON)],
            {"pps.programme.arret": True, "pps.programme.arret_date": {"null": "UNK"}},
            [],
        ),
        # forecast and never confirmed; a month only once it is over
        ([treatment(SURGERY, debut_prevu="2026-03-09")], FOLLOWED, ["a_confirmer"]),
        ([treatment(SURGERY, debut_prevu="2026-03-10")], FOLLOWED, []),
        ([treatment(SURGERY, debut_prevu="2026-02")], FOLLOWED, ["a_confirmer"]),
        ([treatment(SURGERY, debut_prevu="2026-03")], FOLLOWED, []),
        ([treatment(CHEMOTHERAPY, debut="2026-01-05", fin_prevue="2026-03-09")], FOLLOWED, ["fin_a_confirmer"]),
        ([treatment(CHEMOTHERAPY, debut="2026-01-05", fin_prevue="2026-03-10")], FOLLOWED, []),
        ([treatment(CHEMOTHERAPY, debut="2026-01-05", statut="aborted")], FOLLOWED, ["interrompu_sans_fin"]),
        # begun long ago, and no end
        ([treatment(HORMONES, debut="2025-09-07")], FOLLOWED, ["sans_fin"]),
        ([treatment(HORMONES, debut="2025-09-08")], FOLLOWED, []),
        ([treatment(HORMONES, debut="2025-09-07", fin_prevue="2031")], FOLLOWED, []),
        ([treatment(SURGERY, debut="2025-09-07")], FOLLOWED, []),
        # no follow-up after the last treatment: none at all, or only before it; one without a date is planned
        ([treatment(SURGERY, debut_prevu=SOON)], {}, []),
        ([treatment(CHEMOTHERAPY, debut_prevu=SOON, fin_prevue=LATER)], {}, ["sans_suivi"]),
        (
            [treatment(CHEMOTHERAPY, debut_prevu=SOON, fin_prevue=LATER)],
            {"pps.suivis": [row("pps.suivis", CONSULTATION, debut_prevu=SOON)]},
            ["sans_suivi"],
        ),
        (
            [treatment(CHEMOTHERAPY, debut_prevu=SOON, fin_prevue=LATER)],
            {"pps.suivis": [row("pps.suivis", CONSULTATION, debut_prevu="2026-05")]},
            [],
        ),
        ([treatment(CHEMOTHERAPY, "c", debut_prevu=SOON, fin_prevue=LATER), treatment("MED-226", "w")], {}, []),
    ],
)
def test_advice(treatments: list[dict[str, Any]], more: dict[str, Any], codes: list[str]) -> None:
    found = advice({"pps.traitements": treatments, **more}, TODAY)
    assert [finding.code for finding in found] == [f"pps.{code}" for code in codes]


def test_every_remark_leads_to_its_row_and_contradictions_come_first() -> None:
    late = treatment(SURGERY, "s", debut_prevu="2026-01-05")
    wrong = treatment(CHEMOTHERAPY, "c", debut="2026-03-01", fin="2026-02-01")
    found = advice({"pps.traitements": [late, wrong], **FOLLOWED}, TODAY)
    assert [(f.level, f.location, f.question_key) for f in found] == [
        ("warning", f"pps.traitements/{wrong['id']}/pps.traitements.fin", "pps.traitements.fin"),
        ("info", f"pps.traitements/{late['id']}/pps.traitements.debut", "pps.traitements.debut"),
    ]
    assert found[0].message == "Chimiothérapie\u00a0: la fin confirmée (01/02/2026) est avant le début (01/03/2026)."
    assert found[1].message == "Intervention chirurgicale\u00a0: prévu le 05/01/2026, à confirmer, à reporter ou à annuler."
    assert len(RULES) == 9
