"""Every operation of the workshop, from a table; no database but for the remarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.calculations import BIRTH_DATE
from forms_config.schema.choices import Choice
from forms_config.schema.conditions import AllOf, AnyOf
from forms_config.schema.conditions import Test as Asked
from forms_config.schema.model import FormSchema, Question, schema_from_json, schema_to_json
from forms_config.workshop.operations import OPERATIONS, apply
from forms_config.workshop.places import WorkshopError, fresh_key, question_at

STANDARD = default_schema(load_catalogue("frcp", "2025.01"))
NATURE, ORGAN, REASON = "frcp.motif.nature", "frcp.motif.organes", "frcp.motif.commentaire_motif"
TUMOURS, TOPOGRAPHY, LATERALITY = "frcp.tumeurs", "frcp.tumeurs.topographie", "frcp.tumeurs.lateralite"
INSCRIPTION = "frcp.rcp.inscription_commentaire"


def done(schema: FormSchema, *gestures: tuple[str, dict[str, Any]]) -> FormSchema:
    for operation, arguments in gestures:
        schema = apply(schema, operation, arguments).schema
        assert schema_from_json(schema_to_json(schema)) == schema, "what an operation makes can be kept"
    return schema


def added(kind: str, **where: str) -> tuple[FormSchema, Question]:
    result = apply(STANDARD, "question.regional", {"kind": kind, "label": "Contexte", "section": "frcp.motif", **where})
    return result.schema, question_at(result.schema, result.selected.removeprefix("question:"))


def keys(schema: FormSchema, section: str) -> list[str]:
    return [q.key for q in next(s for s in schema.sections if s.key == section).questions]


def titles(schema: FormSchema) -> list[str]:
    return [s.title for s in schema.sections]


def test_every_operation_is_named_in_a_test() -> None:
    with open(__file__, encoding="utf-8") as source:
        text = source.read()
    assert [name for name in OPERATIONS if f'"{name}"' not in text] == []


def test_sections_move_and_are_worded() -> None:
    first, second = STANDARD.sections[:2]
    changed = done(
        STANDARD,
        ("section.move", {"section": first.key, "by": 1}),
        ("section.word", {"section": first.key, "name": "title", "value": " La réunion "}),
        ("section.word", {"section": first.key, "name": "help", "value": "Rempli depuis l'annuaire."}),
    )
    assert titles(changed)[:2] == [second.title, "La réunion"]
    assert changed.sections[1].help == "Rempli depuis l'annuaire."
    assert done(changed, ("section.move", {"section": first.key, "before": second.key})).sections[0].key == first.key
    assert done(STANDARD, ("section.move", {"section": first.key, "by": -1})) == STANDARD


def test_sections_come_and_go() -> None:
    result = apply(STANDARD, "section.add", {"title": "Contexte social", "after": STANDARD.sections[0].key})
    section = result.schema.sections[1]
    assert (section.title, section.element, result.selected) == ("Contexte social", "", f"section:{section.key}")
    assert done(result.schema, ("section.remove", {"section": section.key})) == STANDARD


def test_questions_move_within_and_across_sections() -> None:
    start = keys(STANDARD, "frcp.motif")
    down = done(STANDARD, ("question.move", {"question": start[0], "by": 1}))
    assert keys(down, "frcp.motif") == [start[1], start[0], *start[2:]]
    over = done(STANDARD, ("question.move", {"question": start[-1], "by": 1}))
    assert keys(over, "frcp.decouverte")[0] == start[-1]
    assert done(over, ("question.move", {"question": start[-1], "by": -1})) == STANDARD
    first = keys(STANDARD, "frcp.rcp")[0]
    assert done(STANDARD, ("question.move", {"question": first, "by": -1})) == STANDARD


def test_questions_are_placed() -> None:
    changed = done(STANDARD, ("question.place", {"question": REASON, "before": NATURE}))
    assert keys(changed, "frcp.motif")[0] == REASON
    changed = done(STANDARD, ("question.place", {"question": REASON, "section": "frcp.decouverte"}))
    assert keys(changed, "frcp.decouverte")[-1] == REASON
    changed = done(STANDARD, ("question.place", {"question": LATERALITY, "before": TOPOGRAPHY}))
    group = question_at(changed, TUMOURS)
    assert [c.key for c in group.columns].index(LATERALITY) == [c.key for c in group.columns].index(TOPOGRAPHY) - 1


def test_an_element_leaves_and_comes_back() -> None:
    changed = done(STANDARD, ("question.remove", {"question": LATERALITY}), ("question.remove", {"question": REASON}))
    assert changed.find(LATERALITY) is None
    back = done(changed, ("question.element", {"element": LATERALITY}), ("question.element", {"element": REASON}))
    assert back.find(LATERALITY) == STANDARD.find(LATERALITY)
    assert keys(back, "frcp.motif")[-1] == REASON
    elsewhere = done(changed, ("question.element", {"element": REASON, "section": "frcp.decouverte"}))
    assert keys(elsewhere, "frcp.decouverte")[-1] == REASON


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("string", {"datatype": "string"}),
        ("text", {"datatype": "text"}),
        ("integer", {"datatype": "integer"}),
        ("decimal", {"datatype": "decimal"}),
        ("date", {"datatype": "date"}),
        ("boolean", {"datatype": "boolean"}),
        ("choice", {"datatype": "coded", "multiple": False}),
        ("choices", {"datatype": "coded", "multiple": True}),
        ("file", {"datatype": "file"}),
        ("group", {"datatype": "group", "multiple": True}),
        ("calculated:age", {"datatype": "integer"}),
        ("calculated:delai", {"datatype": "integer"}),
    ],
)
def test_regional_questions(kind: str, expected: dict[str, Any]) -> None:
    schema, question = added(kind)
    assert {name: getattr(question, name) for name in expected} == expected
    assert (question.label, question.element) == ("Contexte", "")
    assert question.key.startswith("regional.")
    assert "contexte" not in question.key
    assert keys(schema, "frcp.motif")[-1] == question.key
    assert bool(question.columns) is (kind == "group")


def test_a_regional_column_and_a_place_after() -> None:
    schema, column = added("string", group=TUMOURS)
    assert question_at(schema, TUMOURS).columns[-1] == column
    schema, question = added("string", after=NATURE)
    assert keys(schema, "frcp.motif")[1] == question.key


def test_keys_are_drawn_and_never_alike() -> None:
    assert len({fresh_key() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("question", "name", "value", "expected"),
    [
        (NATURE, "label", "  Nature   du cas ", "Nature du cas"),
        (NATURE, "label", "", "Nature de la discussion"),
        (NATURE, "help", "Une ligne.\r\nDeux.", "Une ligne.\nDeux."),
        (NATURE, "placeholder", "Organe", "Organe"),
        (NATURE, "width", "half", "half"),
        (REASON, "required", "complete", "complete"),
        (NATURE, "default", "ORG-117 · Organe", "ORG-117"),
        ("frcp.motif.rcp_recours", "default", "true", True),
        ("frcp.motif.rcp_recours", "default", "", None),
        (REASON, "default", "Sans objet.", "Sans objet."),
        (REASON, "sources", "dmp, frcp\nfrcp", ("dmp", "frcp")),
        (TUMOURS, "favourites", False, False),
    ],
)
def test_giving_an_attribute(question: str, name: str, value: Any, expected: Any) -> None:
    changed = done(STANDARD, ("question.give", {"question": question, "name": name, "value": value}))
    assert getattr(question_at(changed, question), name) == expected


def test_attributes_of_regional_questions() -> None:
    schema, question = added("decimal")
    changed = done(
        schema,
        ("question.give", {"question": question.key, "name": "unit", "value": "kg"}),
        ("question.give", {"question": question.key, "name": "default", "value": "70,5"}),
        ("question.give", {"question": question.key, "name": "retention", "value": "24"}),
    )
    found = question_at(changed, question.key)
    assert (found.unit, found.default, found.retention) == ("kg", "70.5", 24)


def test_a_subset_of_a_list() -> None:
    give = {"question": ORGAN}
    changed = done(
        STANDARD,
        ("choices.add", {**give, "codes": ["ORG-1 · Un", "ORG-2"]}),
        ("choices.add", {**give, "codes": "ORG-2\nORG-3\n"}),
        ("choices.word", {**give, "code": "ORG-3", "value": "Trois"}),
        ("choices.move", {**give, "code": "ORG-3", "by": -1}),
        ("choices.remove", {**give, "code": "ORG-1"}),
    )
    assert question_at(changed, ORGAN).choices == (Choice("ORG-3", "Trois"), Choice("ORG-2"))
    assert done(changed, ("choices.whole", give)) == STANDARD


def test_choices_of_the_region() -> None:
    schema, question = added("choice")
    changed = done(schema, ("choices.add", {"question": question.key, "labels": "Rouge\nVert\n\nRouge"}))
    choices = question_at(changed, question.key).choices
    assert [c.label for c in choices] == ["Rouge", "Vert"]
    assert len({c.code for c in choices} | {"rouge", "vert"}) == 4
    listed = done(changed, ("choices.list", {"question": question.key, "values": "jdv-phase-cancer-cisis"}))
    assert (question_at(listed, question.key).values, question_at(listed, question.key).choices) == ("jdv-phase-cancer-cisis", ())


RECOURSE = Asked("frcp.motif.rcp_recours", "equals", True)
ORGANS = Asked(NATURE, "in", ("ORG-117", "ORG-132"))
BOTH = (
    ("condition.add", {"question": REASON, "asked": "frcp.motif.rcp_recours", "operator": "equals", "value": "true"}),
    ("condition.add", {"question": REASON, "asked": NATURE, "operator": "in", "values": ["ORG-117", "ORG-132"]}),
)


def test_conditions_are_built_by_menus() -> None:
    one = done(STANDARD, BOTH[0])
    assert question_at(one, REASON).condition == RECOURSE
    both = done(STANDARD, *BOTH)
    assert question_at(both, REASON).condition == AllOf((RECOURSE, ORGANS))
    either = done(both, ("condition.mode", {"question": REASON, "value": "any"}))
    assert question_at(either, REASON).condition == AnyOf((RECOURSE, ORGANS))
    assert question_at(done(either, ("condition.remove", {"question": REASON, "index": 0})), REASON).condition == ORGANS
    assert done(either, ("condition.clear", {"question": REASON})) == STANDARD


def test_the_condition_of_the_volet_stays() -> None:
    national = question_at(STANDARD, INSCRIPTION).condition
    assert national is not None
    gestures = [(name, {**arguments, "question": INSCRIPTION}) for name, arguments in BOTH]
    changed = done(STANDARD, *gestures, ("condition.mode", {"question": INSCRIPTION, "value": "any"}))
    assert question_at(changed, INSCRIPTION).condition == AllOf((national, AnyOf((RECOURSE, ORGANS))))
    both = done(changed, ("condition.mode", {"question": INSCRIPTION, "value": "all"}))
    assert question_at(both, INSCRIPTION).condition == AllOf((national, RECOURSE, ORGANS))
    assert done(both, ("condition.clear", {"question": INSCRIPTION})) == STANDARD


def test_a_calculation_looks_at_other_questions() -> None:
    schema, question = added("calculated:age")
    assert question.calculation is not None
    assert question.calculation.arguments[0] == BIRTH_DATE
    arguments = [BIRTH_DATE, "frcp.decouverte.date"]
    changed = done(schema, ("calculation.set", {"question": question.key, "arguments": arguments}))
    calculation = question_at(changed, question.key).calculation
    assert calculation is not None
    assert calculation.arguments == tuple(arguments)


Make = Callable[[], tuple[FormSchema, str, dict[str, Any]]]


def on(schema: FormSchema, operation: str, **arguments: Any) -> Make:
    return lambda: (schema, operation, arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (on(STANDARD, "question.burn"), "Geste inconnu"),
        (on(STANDARD, "section.word", section="frcp.motif", name="title", value=" "), "Une rubrique a un titre"),
        (on(STANDARD, "section.remove", section="frcp.motif"), "retirer d'abord les questions"),
        (on(STANDARD, "section.move", section="frcp.motif", by="x"), "nombre entier"),
        (on(STANDARD, "section.move", section="absente", by=1), "plus dans le formulaire"),
        (on(STANDARD, "question.move", question="absente", by=1), "plus dans le formulaire"),
        (on(STANDARD, "question.place", question=LATERALITY, section="frcp.motif"), "reste dans son tableau"),
        (on(STANDARD, "question.place", question=LATERALITY, before=NATURE), "reste dans son tableau"),
        (on(STANDARD, "question.place", question=NATURE, section="absente"), "plus dans le formulaire"),
        (on(STANDARD, "question.element", element=NATURE), "déjà dans le formulaire"),
        (on(STANDARD, "question.element", element="frcp.inconnu"), "pas dans le catalogue"),
        (on(STANDARD, "question.regional", kind="formule", section="frcp.motif"), "le type de la question"),
        (on(STANDARD, "question.regional", kind="file", group=TUMOURS), "ne peut pas être une colonne"),
        (on(STANDARD, "question.regional", kind="string", group=NATURE), "Seul un tableau"),
        (on(STANDARD, "question.give", question=NATURE, name="datatype", value="text"), "pas ce réglage"),
        (on(STANDARD, "question.give", question=NATURE, name="key", value="autre"), "pas ce réglage"),
        (on(STANDARD, "question.give", question=NATURE, name="retention", value=3), "pas ce réglage"),
        (on(STANDARD, "question.give", question=NATURE, name="width", value="immense"), "n'est pas proposé"),
        (on(STANDARD, "question.give", question=NATURE, name="label", value="\x07"), "non imprimable"),
        (on(STANDARD, "question.give", question="frcp.motif.recours", name="default", value="peut-être"), "Oui ou non"),
        (on(STANDARD, "choices.add", question=REASON, codes=["x"]), "question à choix"),
        (on(STANDARD, "choices.add", question=ORGAN, codes=[]), "rien n'a été choisi"),
        (on(STANDARD, "choices.word", question=ORGAN, code="x", value="X"), "plus dans la liste"),
        (on(STANDARD, "choices.list", question=ORGAN, values="tnm-t"), "fixée par le volet"),
        (on(STANDARD, "condition.add", question=NATURE, asked=ORGAN, operator="filled"), "exactement quand le volet"),
        (on(STANDARD, "condition.add", question=REASON, asked=REASON, operator="filled"), "d'elle-même"),
        (on(STANDARD, "condition.add", question=REASON, asked=NATURE, operator="greater", value="1"), "comparaison"),
        (on(STANDARD, "condition.add", question=REASON, asked=NATURE, operator="in", values=[]), "Choisir la valeur"),
        (on(STANDARD, "condition.mode", question=REASON, value="any"), "au moins deux"),
        (on(STANDARD, "condition.remove", question=REASON, index=0), "n'est plus là"),
        (on(STANDARD, "calculation.set", question=REASON, arguments=[]), "pas calculée"),
        (lambda: (added("choice")[0], "choices.whole", {"question": added("choice")[1].key}), "plus dans le formulaire"),
    ],
)  # fmt: skip
def test_refusals_in_the_words_of_the_editor(make: Make, message: str) -> None:
    schema, operation, arguments = make()
    with pytest.raises(WorkshopError, match=message):
        apply(schema, operation, arguments)
