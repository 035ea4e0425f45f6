"""What the editor gives a question beyond the standard: what may be given, and what is refused in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forms_config.gate import findings
from forms_config.schema.calculations import BIRTH_DATE, Calculation
from forms_config.schema.choices import Choice
from forms_config.schema.model import FormSchema, Question
from forms_config.structure import problems
from forms_config.tests.test_structure import CATALOGUE, STANDARD, added, changed, said, when

TEXT = Question(key="region.texte", label="Projet", datatype="string")
DAY = replace(TEXT, key="region.jour", label="Jour", datatype="date")
DAYS = replace(DAY, key="region.jours", label="Jours", multiple=True)
SCORE = replace(TEXT, key="region.score", label="Score", datatype="integer")
FLAG = replace(TEXT, key="region.fume", label="Fume", datatype="boolean")
KINDS = (Choice("a", "Ambulatoire"), Choice("b", "Hospitalisation"))
PLACE = replace(TEXT, key="region.lieu", label="Lieu", datatype="coded", choices=KINDS)
DELAY = Calculation("delai", ("region.jour", "frcp.decouverte.date"))
WAIT = replace(TEXT, key="region.delai", label="Délai", datatype="integer", calculation=DELAY)
AGE = replace(
    TEXT, key="region.age", label="Âge", datatype="integer", calculation=Calculation("age", (BIRTH_DATE, "region.jour"))
)
TABLE = Question(
    key="region.table",
    label="Table",
    datatype="group",
    multiple=True,
    columns=(
        replace(DAY, key="region.table.debut", label="Début"),
        replace(DAY, key="region.table.fin", label="Fin"),
        replace(WAIT, key="region.table.duree", calculation=Calculation("delai", ("region.table.debut", "region.table.fin"))),
    ),
)


def column(number: int, **given: Any) -> Question:
    columns = list(TABLE.columns)
    columns[number] = replace(columns[number], **given)
    return replace(TABLE, columns=tuple(columns))


@pytest.mark.parametrize("questions", [
    (PLACE,),
    (replace(PLACE, default="b"),),
    (replace(PLACE, multiple=True, default=["a", "b"]),),
    (replace(PLACE, free=True, default={"text": "ailleurs"}),),
    (DAY, WAIT),
    (DAY, AGE),
    (TABLE,),
    (replace(TABLE, favourites=True, retention=6),),
    (DAY, replace(WAIT, condition=when("region.jour", "filled"))),
    (DAY, WAIT, replace(TEXT, condition=when("region.delai", "greater", 30))),
    (PLACE, replace(TEXT, condition=when("region.lieu", "in", ["a", "b"]))),
    (FLAG, replace(TEXT, condition=when("region.fume", "equals", "true"))),
    (replace(TEXT, retention=12),),
    (replace(TEXT, datatype="file"),),
    (replace(TEXT, nulls=("UNK",), multiple=True),),
], ids=lambda questions: ",".join(q.key for q in questions))  # fmt: skip
def test_what_the_editor_may_give(questions: tuple[Question, ...]) -> None:
    assert said(added(*questions)) == []


def loop(first: str, second: str) -> tuple[Question, Question]:
    """Two sums that look at each other."""
    return (
        replace(SCORE, key=first, calculation=Calculation("somme", (second, "region.score"))),
        replace(SCORE, key=second, calculation=Calculation("somme", (first, "region.score"))),
    )


@pytest.mark.parametrize(("questions", "code", "words"), [
    ((replace(TEXT, choices=KINDS),), "form.choices", "« Projet » : seule une question codée"),
    ((replace(PLACE, choices=()),), "form.no_values", "« Lieu » : une question codée a un jeu de valeurs ou des choix"),
    ((replace(PLACE, choices=(Choice("a"),)),), "form.choice_label", "« a » n'a pas de libellé"),
    ((replace(PLACE, choices=(Choice("a", "Oui"), Choice("b", "oui"))),), "form.choice_label", "le même libellé"),
    ((replace(PLACE, default="c"),), "form.default", "« c », n'est pas parmi les choix"),
    ((replace(PLACE, default={"code": "c", "system": "regional", "label": "C"}),), "form.default", "« c »"),
    ((replace(PLACE, open=True),), "form.open", "demande un jeu de valeurs"),
    ((replace(FLAG, multiple=True),), "form.multiple", "n'admet qu'une réponse"),
    ((replace(TEXT, nulls=("XXX",)),), "form.nulls", "motif d'absence inconnu, XXX"),
    ((replace(TEXT, origin="reprise"),), "form.origin", "remplie par une personne"),
    ((DAY, replace(WAIT, datatype="decimal")), "form.calculation", "donne un nombre entier"),
    ((DAY, replace(WAIT, multiple=True)), "form.calculation", "donne un nombre entier"),
    ((DAY, replace(WAIT, required="validate")), "form.calculation", "ni exigence"),
    ((DAY, replace(WAIT, default=3)), "form.calculation", "ni défaut"),
    ((WAIT,), "form.argument", "une question absente, region.jour"),
    ((replace(DAY, datatype="string"), WAIT), "form.argument", "« Jour » ne convient pas pour « du »"),
    ((replace(DAY, multiple=True), WAIT), "form.argument", "« Jour » ne convient pas"),
    ((SCORE, replace(WAIT, calculation=Calculation("somme", (BIRTH_DATE, "region.score")))), "form.argument", "naissance"),
    ((TABLE, replace(WAIT, calculation=Calculation("delai", ("region.table.debut", "region.table.fin")))), "form.argument",
     "absente, region.table.debut"),
    ((SCORE, *loop("region.a", "region.b")), "form.cycle", "son calcul dépend de lui-même"),
    ((DAY, WAIT, replace(DAY, key="region.autre")), "", ""),
    ((replace(DAY, condition=when("region.delai", "filled")), WAIT), "form.cycle", "« Délai » : son calcul"),
    ((column(0, retention=6),), "form.retention", "se donne au tableau entier, « Table »"),
    ((replace(TEXT, favourites=True),), "form.favourites", "seul un tableau"),
    ((column(0, favourites=True),), "form.favourites", "seul un tableau"),
    ((PLACE, replace(TEXT, condition=when("region.lieu", "equals", "z"))), "form.condition_value", "« Lieu » ne vaut jamais"),
    ((PLACE, replace(TEXT, condition=when("region.lieu", "in", ["a", "z"]))), "form.condition_value", "« z »"),
    ((FLAG, replace(TEXT, condition=when("region.fume", "equals", "oui"))), "form.condition_value", "« Fume » ne vaut jamais"),
])  # fmt: skip
def test_what_is_refused(questions: tuple[Question, ...], code: str, words: str) -> None:
    found = problems(added(*questions), CATALOGUE)
    assert [f.code for f in found if f.code == code] if code else found == []
    assert all(f.question_key for f in found)
    assert words in " ".join(f.message for f in found)


@pytest.mark.parametrize(("key", "given", "code"), [
    ("frcp.decouverte.date", {"calculation": DELAY}, "form.calculation"),
    ("frcp.souhaits.texte", {"retention": 6}, "form.retention"),
    ("frcp.antecedents", {"favourites": True}, "form.favourites"),
    ("frcp.propositions", {"favourites": False}, ""),
    ("frcp.motif.nature", {"choices": (Choice("ORG-117", "Organe"),)}, ""),
])  # fmt: skip
def test_national_elements(key: str, given: dict[str, Any], code: str) -> None:
    found = [c for c, asked in said(changed(key, lambda q: replace(q, **given))) if asked == key]
    assert (code in found) if code else found == []


def test_a_national_condition_stays_when_what_it_looks_at_is_no_longer_offered() -> None:
    kept = changed("frcp.motif.nature", lambda q: replace(q, choices=(Choice("ORG-132"),)))
    assert said(kept) == []


def with_choices(*codes: str, key: str = "frcp.motif.nature") -> FormSchema:
    return changed(key, lambda q: replace(q, default=None, choices=tuple(Choice(code) for code in codes)), STANDARD)


@pytest.mark.django_db
@pytest.mark.parametrize(("schema", "code", "words"), [
    (with_choices("ORG-117"), "", ""),
    (with_choices("ORG-117", "C50"), "form.choice", "« C50 » n'est pas une valeur de la liste"),
    (with_choices("C50.2", "C99.9", key="frcp.tumeurs.topographie"), "form.choice", "« C99.9 »"),
])  # fmt: skip
def test_choices_are_held_against_the_list(schema: FormSchema, code: str, words: str) -> None:
    found = [f for f in findings(schema) if f.code.startswith("form.choice")]
    assert [f.code for f in found] == ([code] if code else [])
    assert words in " ".join(f.message for f in found)


@pytest.mark.django_db
def test_a_retired_choice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    from forms_config.terminology import queries

    table = queries.table("jdv-nature-discussion-cisis")
    gone = replace(table.concepts[0], valid_to=date(2020, 1, 1))
    version = queries.current_version("jdv-nature-discussion-cisis")
    retired = type(table)([gone, *table.concepts[1:]])
    key = ("jdv-nature-discussion-cisis", version)
    monkeypatch.setitem(queries._tables, key, (queries._tables[key][0], retired))
    found = [f for f in findings(with_choices(gone.code)) if f.code == "form.choice_retired"]
    assert [(f.question_key, gone.label in f.message) for f in found] == [("frcp.motif.nature", True)]
