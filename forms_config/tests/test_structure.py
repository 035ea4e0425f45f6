"""The structure of a form against the catalogue: what the editor may arrange, and what is refused in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.conditions import AllOf, Condition, condition_from_json
from forms_config.schema.model import FormSchema, Question
from forms_config.structure import problems

CATALOGUE = load_catalogue("frcp", "2025.01")
STANDARD = default_schema(CATALOGUE)
Change = Callable[[Question], Question | None]


def when(question: str, operator: str, value: Any = None) -> Condition:
    return condition_from_json({"question": question, "operator": operator, **({} if value is None else {"value": value})})


def changed(key: str, change: Change, schema: FormSchema = STANDARD) -> FormSchema:
    """The form with one question (or column) changed, or taken away."""

    def walk(questions: tuple[Question, ...]) -> tuple[Question, ...]:
        found = []
        for question in questions:
            new = change(question) if question.key == key else replace(question, columns=walk(question.columns))
            if new is not None:
                found.append(new)
        return tuple(found)

    return replace(schema, sections=tuple(replace(s, questions=walk(s.questions)) for s in schema.sections))


def added(*questions: Question) -> FormSchema:
    """The form with questions added to its last section."""
    *sections, last = STANDARD.sections
    return replace(STANDARD, sections=(*sections, replace(last, questions=(*last.questions, *questions))))


def said(schema: FormSchema) -> list[tuple[str, str | None]]:
    return [(f.code, f.question_key) for f in problems(schema, CATALOGUE)]


def test_the_standard_form_is_right() -> None:
    assert problems(STANDARD, CATALOGUE) == []


MANDATORY = sorted(e.key for e in CATALOGUE.elements() if e.minimum > 0 or (e.conformance in ("K", "M") and not e.same_as))
OPTIONAL_GROUPS = {e.key for e in CATALOGUE.elements() if e.columns and e.minimum == 0 and e.conformance == "O"}


def test_how_much_is_mandatory() -> None:
    assert len(MANDATORY) > 60


@pytest.mark.parametrize("key", MANDATORY)
def test_nothing_mandatory_can_be_taken_away(key: str) -> None:
    found = problems(changed(key, lambda q: None), CATALOGUE)
    absent = [f for f in found if f.code == "form.absent" and f.question_key == key]
    assert len(absent) == 1
    label = next(e.label for e in CATALOGUE.elements() if e.key == key)
    assert absent[0].message.startswith(f"« {label} » : donnée obligatoire absente")


@pytest.mark.parametrize("key", [e.key for e in CATALOGUE.elements() if e.minimum > 0])
def test_what_is_mandatory_must_be_required(key: str) -> None:
    assert ("form.required", key) in said(changed(key, lambda q: replace(q, required="never")))
    assert said(changed(key, lambda q: replace(q, required="complete"))) == []


@pytest.mark.parametrize("key", sorted(OPTIONAL_GROUPS))
def test_an_optional_group_may_go_whole(key: str) -> None:
    assert said(changed(key, lambda q: None)) == []


MORE = when("frcp.motif.recours", "equals", "true")


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("frcp.souhaits.texte", lambda q: replace(q, label="Ce que souhaite le patient", help="Aide", width="half")),
        ("frcp.souhaits.texte", lambda q: replace(q, required="complete")),
        ("frcp.souhaits.texte", lambda q: replace(q, condition=MORE)),
        ("frcp.tumeurs.tnm_t", lambda q: replace(q, nulls=(), open=False)),
        ("frcp.tumeurs.topographie", lambda q: replace(q, free=False)),
        ("frcp.souhaits.date", lambda q: replace(q, condition=AllOf((q.condition, MORE)))),
        ("frcp.rcp.debut", lambda q: None),
        ("frcp.decouverte.date", lambda q: None),
    ],
)
def test_what_the_editor_may_do(key: str, change: Change) -> None:
    assert said(changed(key, change)) == []


def test_sections_and_questions_may_move() -> None:
    assert said(replace(STANDARD, sections=tuple(reversed(STANDARD.sections)))) == []


@pytest.mark.parametrize(
    ("key", "change", "code"),
    [
        ("frcp.souhaits.texte", lambda q: replace(q, datatype="string"), "form.standard"),
        ("frcp.motif.nature", lambda q: replace(q, values="tnm-t"), "form.standard"),
        ("frcp.motif.nature", lambda q: replace(q, free=True), "form.standard"),
        ("frcp.motif.nature", lambda q: replace(q, open=True), "form.standard"),
        ("frcp.motif.nature", lambda q: replace(q, nulls=("NA",)), "form.standard"),
        ("frcp.motif.nature", lambda q: replace(q, multiple=True), "form.standard"),
        ("frcp.rcp.debut", lambda q: replace(q, same_as=""), "form.standard"),
        ("frcp.cro.repris_le", lambda q: replace(q, origin="saisie"), "form.standard"),
        ("frcp.motif.nature", lambda q: replace(q, condition=MORE), "form.condition"),
        ("frcp.motif.appareil", lambda q: replace(q, condition=None), "form.condition"),
        ("frcp.motif.appareil", lambda q: replace(q, condition=AllOf((q.condition, MORE))), "form.condition"),
        ("frcp.souhaits.date", lambda q: replace(q, condition=None), "form.condition"),
        ("frcp.souhaits.texte", lambda q: replace(q, key="souhaits"), "form.element"),
        ("frcp.souhaits.texte", lambda q: replace(q, element=""), "form.element"),
        ("frcp.souhaits.texte", lambda q: replace(q, element="frcp.inconnu"), "form.element"),
        ("frcp.souhaits.texte", lambda q: replace(q, condition=when("frcp.nulle_part", "filled")), "form.condition_unknown"),
        ("frcp.souhaits.texte", lambda q: replace(q, condition=when("frcp.tumeurs.date", "filled")), "form.condition_unknown"),
        ("frcp.souhaits.texte", lambda q: replace(q, condition=when("frcp.rcp.debut", "filled")), "form.condition_same_as"),
        ("frcp.souhaits.texte", lambda q: replace(q, condition=when("frcp.souhaits.texte", "filled")), "form.cycle"),
        ("frcp.souhaits.texte", lambda q: replace(q, condition=when("frcp.souhaits.date", "filled")), "form.cycle"),
        ("frcp.antecedents", lambda q: replace(q, columns=()), "form.group"),
        ("frcp.tumeurs.date", lambda q: replace(q, element="frcp.souhaits.texte"), "form.element"),
    ],
)
def test_what_is_refused(key: str, change: Change, code: str) -> None:
    assert code in [c for c, _ in said(changed(key, change))]


REGIONAL = Question(key="region.projet", label="Projet", datatype="string")


def test_regional_questions() -> None:
    assert said(added(REGIONAL)) == []
    assert said(added(REGIONAL, REGIONAL)) == [("form.twice", "region.projet")] * 2
    assert said(added(replace(REGIONAL, key="Région"))) == [("form.key", "Région")]
    assert said(added(replace(REGIONAL, datatype="coded"))) == [("form.no_values", "region.projet")]
    assert said(added(replace(REGIONAL, datatype="group"))) == [("form.group", "region.projet")]
    assert said(added(replace(REGIONAL, same_as="region.ailleurs"))) == [("form.same_as", "region.projet")]
    assert said(added(replace(REGIONAL, same_as="frcp.souhaits.texte"))) == [("form.same_as", "region.projet")]
    assert said(added(replace(REGIONAL, same_as="frcp.rcp.denomination"))) == []


def test_a_cycle_through_a_table() -> None:
    group = Question(
        key="region.table",
        label="Table",
        datatype="group",
        multiple=True,
        columns=(replace(REGIONAL, key="region.table.a", condition=when("region.projet", "filled")),),
    )
    assert said(added(REGIONAL, group)) == []
    looks_back = replace(REGIONAL, condition=when("region.table", "filled"))
    assert said(added(looks_back, group)) == [("form.cycle", "region.projet"), ("form.cycle", "region.table.a")]


def test_sections() -> None:
    first, *rest = STANDARD.sections
    twice = replace(STANDARD, sections=(first, replace(rest[0], key=first.key), *rest[1:]))
    assert [(f.code, f.section_key) for f in problems(twice, CATALOGUE)] == [("form.section_twice", first.key)]
    elsewhere = replace(STANDARD, sections=(replace(first, element="frcp.ailleurs"), *rest))
    assert [(f.code, f.section_key) for f in problems(elsewhere, CATALOGUE)] == [("form.section", first.key)]


def test_what_makes_an_answer_mandatory_is_fixed() -> None:
    loosened = changed("frcp.referentiels", lambda q: replace(q, required_if=None))
    assert said(loosened) == [("form.standard", "frcp.referentiels")]
    assert "la condition qui rend la réponse obligatoire est fixé" in problems(loosened, CATALOGUE)[0].message
    dangling = changed("frcp.motif.statut_cas", lambda q: None)
    assert ("form.condition_unknown", "frcp.referentiels") in said(dangling)
