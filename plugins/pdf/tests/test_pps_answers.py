"""Whatever is answered in a PPS is on the page, in the rubric it belongs to; the words of dates and states."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcc.contracts.care.acts import Act, acts_of
from dcc.contracts.care.days import day_of
from dcc.contracts.care.syntheses import is_done
from dcc.contracts.snapshots import DocumentSnapshot
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.tests.strategies import values_of
from plugins.pdf.calendar import calendar_of
from plugins.pdf.content import content_of
from plugins.pdf.glyphs import printable
from plugins.pdf.pps import pps_of
from plugins.pdf.printing import LAYOUTS, html_of
from plugins.pdf.tests import pps_samples
from plugins.pdf.tests.printed import LONG, squeezed
from plugins.pdf.tests.test_any_answers import always, words_of
from plugins.pdf.wording import period_of, state_of

SCHEMA = replace(
    pps_samples.SCHEMA,
    sections=tuple(replace(s, questions=tuple(map(always, s.questions))) for s in pps_samples.SCHEMA.sections),
)
"""The standard form, every question always asked."""
ON = day_of(pps_samples.AS_OF)
NBSP = "\N{NO-BREAK SPACE}"


def page_of(snapshot: DocumentSnapshot) -> str:
    """The text of the page, tags left out."""
    layout = LAYOUTS["pps"]
    more = layout.more(snapshot, pps_samples.AS_OF)
    page, _replaced = html_of(content_of(snapshot, pps_samples.AS_OF), None, layout.template, more)
    return html.unescape(re.sub(r"<[^>]*>", " ", page.partition("<body")[2]))


def seen(text: str) -> str:
    return squeezed(text).casefold()


def told(question: Question, answer: Any) -> list[str]:
    """Words of an answer that the page must say: an act that is done and not notable is only named (R-064)."""
    if question.datatype != "group":
        return list(words_of(answer))
    quiet = {act.row for act in acts_of({question.key: answer}) if is_done(act, ON) and not act.notable}
    rows = [row["values"] for row in answer if row["id"] not in quiet]
    return [word for row in rows for key, value in row.items() if not key.endswith(".statut") for word in words_of(value)]


@pytest.mark.parametrize("question", list(SCHEMA.questions()), ids=lambda question: question.key)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_word_reaches_the_page(question: Question, data: st.DataObject) -> None:
    answer = data.draw(values_of(question))
    snapshot = pps_samples.snapshot_of({question.key: answer}, schema=SCHEMA)
    kept = snapshot.answers.get(question.key)
    text = seen(page_of(snapshot))
    expected = told(question, kept) if kept is not None else []
    assert [word for word in expected if seen(printable(word)[0]) not in text] == []


@pytest.mark.parametrize("snapshot", [pps_samples.maximal(), pps_samples.maximal(rows=2, texts=(LONG,)), pps_samples.updated()])
def test_every_answer_of_a_full_document_is_on_the_page(snapshot: DocumentSnapshot) -> None:
    text = seen(page_of(snapshot))
    missing = [
        word
        for question in pps_samples.SCHEMA.questions()
        if question.key in snapshot.answers
        for word in told(question, snapshot.answers[question.key])
        if seen(word) not in text
    ]
    assert missing == []


def _region(*, first: bool) -> FormSchema:
    """The standard form with questions of the region in five places."""
    advice = Section("region_conseils", "Que faire si…", (Question("region.conseils", "Conseils", "text"),))
    last = Section("region_divers", "Divers de la région", (Question("region.transport", "Transport", "string"),))
    sections: list[Section] = []
    for section in pps_samples.SCHEMA.sections:
        extra: tuple[Question, ...] = ()
        if section.element in ("pps.tumeur", "pps.contacts", "pps.statut", "pps.soins_support"):
            extra = (Question(f"region.{section.element[4:]}", f"Ajout {section.element[4:]}", "string"),)
        questions = tuple(_with_column(question) for question in section.questions)
        sections.append(replace(section, questions=(*questions, *extra)))
    return replace(
        pps_samples.SCHEMA,
        sections=(advice, *sections, last) if first else (sections[0], sections[1], advice, *sections[2:], last),
    )


def _with_column(question: Question) -> Question:
    if question.key != "pps.traitements":
        return question
    return replace(question, columns=(*question.columns, Question("region.protocole", "Protocole", "string")))


@pytest.mark.parametrize("first", [True, False])
def test_what_the_region_asks_stands_where_it_put_it(first: bool) -> None:
    rows = [
        {**row, "values": {**row["values"], "region.protocole": f"Protocole-{row['id']}"}}
        for row in pps_samples.ANSWERS["pps.traitements"]
    ]
    own = {f"region.{name}": f"Réponse-{name}" for name in ("tumeur", "contacts", "statut", "soins_support", "transport")}
    answers = {**pps_samples.ANSWERS, **own, "pps.traitements": rows, "region.conseils": "Conseil de la région"}
    text = page_of(pps_samples.snapshot_of(answers, schema=_region(first=first)))
    order = [
        *(["Que faire si…", "Conseil de la région"] if first else []),
        "PROGRAMME THÉRAPEUTIQUE",
        "Protocole-t1",
        "Protocole-t2",
        "Réponse-soins_support",
        "CONTACTS UTILES",
        "Réponse-contacts",
        *([] if first else ["Que faire si…", "Conseil de la région"]),
        "Divers de la région",
        "Réponse-transport",
        "DIAGNOSTIC",
        "Réponse-tumeur",
        "DOCUMENT",
        "Réponse-statut",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)


def act(kind: str = "pps.traitements", **values: Any) -> Act:
    """One act of a kind, by the short names of its columns."""
    row = {f"{kind}.{name}": value for name, value in values.items()}
    return acts_of({kind: [{"id": "r", "values": {f"{kind}.type": {"code": "C15632", "label": "chimiothérapie"}, **row}}]})[0]


CANCELLED, ABORTED = ({"code": code, "system": "ActStatus", "label": code} for code in ("cancelled", "aborted"))
WORDS: Sequence[tuple[Mapping[str, Any], str, str]] = (
    ({}, "", ""),
    ({"debut": "2025-03-01"}, "Depuis le 1er mars 2025", "En cours"),
    ({"debut": "2025-03"}, "Depuis mars 2025", "En cours"),
    ({"debut": "2025-03-13"}, "À partir du 13 mars 2025", "À venir"),
    ({"debut": "2025-04"}, "À partir d'avril 2025", "À venir"),
    ({"debut": "2025-01-02", "fin": "2025-03-11"}, "Du 2 janvier 2025 au 11 mars 2025", "Réalisé"),
    ({"debut": "2025-01-02", "fin": "2025-03-12"}, "Du 2 janvier 2025 au 12 mars 2025", "En cours"),
    ({"debut": "2025-01-02", "fin": "2025-01-02"}, "Le 2 janvier 2025", "Réalisé"),
    ({"debut": "2025-01", "fin": "2025-02"}, "De janvier 2025 à février 2025", "Réalisé"),
    ({"fin": "2024"}, "Jusqu'en 2024", "Réalisé"),
    ({"fin": "2025-06-01"}, "Jusqu'au 1er juin 2025", "À venir"),
    ({"debut": "2025-01-02", "fin_prevue": "2025-06"}, "Depuis le 2 janvier 2025, fin prévue en juin 2025", "En cours"),
    ({"debut_prevu": "2025-04-02"}, "Début prévu le 2 avril 2025", "À venir"),
    ({"debut_prevu": "2025-04-02", "fin_prevue": "2025-05"}, "Prévu du 2 avril 2025 à mai 2025", "À venir"),
    ({"debut_prevu": "2025-01-02"}, "Début prévu le 2 janvier 2025", "À confirmer"),
    (
        {"debut": "2025-03-03", "debut_prevu": "2025-02-24"},
        "Depuis le 3 mars 2025, prévu au départ le 24 février 2025",
        "En cours",
    ),
    ({"debut": "2025-03-01", "statut": CANCELLED}, "Le 1er mars 2025", "Annulé"),
    ({"debut": "2025-01-02", "fin": "2025-02-03", "statut": ABORTED}, "Du 2 janvier 2025 au 3 février 2025", "Interrompu"),
)


@pytest.mark.parametrize(("values", "period", "state"), WORDS)
def test_dates_and_states_in_words(values: Mapping[str, Any], period: str, state: str) -> None:
    found = act(**values)
    assert (period_of(found, ON).replace(NBSP, " "), state_of(found, ON)) == (period, state)


def test_the_calendar_tells_what_is_ahead_by_month() -> None:
    found = calendar_of(pps_samples.ANSWERS, ON)
    lines = {period.title: [line.what.replace(NBSP, " ") for line in period.appointments] for period in found.periods}
    assert list(lines) == ["En cours", "Mars 2025", "Avril 2025", "Mai 2025", "Juin 2025", "Septembre 2025"]
    assert lines["Mars 2025"] == ["Chimiothérapie – 2 sur 3"]
    assert "Intervention chirurgicale" not in str(found)
    assert found.undated == ""


def test_sittings_of_every_day_make_one_line() -> None:
    values = {"debut_prevu": "2025-06-30", "cures": 25, "intervalle": 1}
    rays = {f"pps.traitements.{key}": value for key, value in values.items()}
    row: dict[str, Any] = {"id": "r", "values": {"pps.traitements.type": {"code": "C15313", "label": "radiothérapie"}, **rays}}
    undated = {"id": "u", "values": {"pps.traitements.type": {"code": "C15632", "label": "chimiothérapie"}}}
    found = calendar_of({"pps.traitements": [row, undated]}, ON)
    (line,) = found.periods[0].appointments
    assert line.when.replace(NBSP, " ") == "Du 30 juin 2025 au 24 juillet 2025"
    assert (line.what, line.remark) == ("Radiothérapie – 25 séances", "à confirmer")
    assert found.undated == "Chimiothérapie"
    row["values"]["pps.traitements.debut"] = "2025-06-30"
    (running,) = calendar_of({"pps.traitements": [row]}, date(2025, 7, 20)).periods[-1].appointments
    assert running.what == "Radiothérapie – 5 séances"


def test_contacts_of_page_one_are_those_that_can_be_called() -> None:
    member = {"family": "SANS", "given": "Téléphone"}
    team = [{"id": "a", "values": {"pps.contacts.equipe.professionnel": member}}, *pps_samples.ANSWERS["pps.contacts.equipe"]]
    answers = {**pps_samples.ANSWERS, "pps.contacts.equipe": team}
    pps = pps_of(pps_samples.snapshot_of(answers), pps_samples.AS_OF)
    assert [contact.name for contact in pps.calls] == [
        "3C du Centre hospitalier de Démonstration",
        "Léa MOREAU",
        "DR Alice MARTIN",
        "DR Linh NGUYEN",
        "DR Hélène DURAND",
    ]
    assert "Téléphone SANS" in [contact.name for contact in pps.contacts]
