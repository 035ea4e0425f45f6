"""Differences of two forms: every kind by an example, and properties over generated edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.attributes import Names
from forms_config.schema.calculations import Calculation
from forms_config.schema.choices import Choice
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.difference import Line, form_differences
from forms_config.schema.effects import EFFECT_LABELS, MIGRATION_LABELS, RULES, Effect, Migration
from forms_config.schema.model import FormSchema, Question, Section

NATIONAL = Question("f.motif", "Motif", "text", element="f.motif")
CODED = Question("f.nature", "Nature", "coded", element="f.nature", values="natures", nulls=("NA",), free=True)
REGIONAL = Question("regional.a", "Transport", "coded", choices=(Choice("1", "Assis"), Choice("2", "Couché")))
GROUP = Question(
    "f.tumeurs",
    "Tumeurs",
    "group",
    element="f.tumeurs",
    multiple=True,
    columns=(Question("f.tumeurs.siege", "Siège", "string", element="f.tumeurs.siege"), Question("regional.b", "Côté", "string")),
)
BEFORE = FormSchema(
    "f",
    "Sein",
    "frcp",
    "frcp",
    "2025.01",
    (
        Section("s1", "Motif", (NATIONAL, CODED, REGIONAL), element="s1"),
        Section("s2", "Tumeur", (GROUP,), element="s2"),
        Section("s3", "Région", (Question("regional.c", "Poids", "decimal", unit="kg"),)),
    ),
    {"natures": "2024-1"},
)
FILLED = condition_from_json({"question": "f.motif", "operator": "filled"})
ABSENT = condition_from_json({"question": "absent", "operator": "empty"})


def with_question(key: str, **changes: Any) -> FormSchema:
    """``BEFORE`` with one question (or column) changed."""

    def changed(question: Question) -> Question:
        columns = tuple(changed(column) for column in question.columns)
        return replace(question, **{"columns": columns, **(changes if question.key == key else {})})

    return with_sections(lambda s: replace(s, questions=tuple(changed(q) for q in s.questions)))


def with_sections(change: Callable[[Section], Section]) -> FormSchema:
    return replace(BEFORE, sections=tuple(change(s) for s in BEFORE.sections))


def with_section(key: str, **changes: Any) -> FormSchema:
    return with_sections(lambda s: replace(s, **changes) if s.key == key else s)


ADDED = Question("regional.n", "Nouvelle", "string")
CASES: dict[str, tuple[FormSchema, str]] = {
    "form.key": (replace(BEFORE, key="g"), "Formulaire : autre formulaire, « f » devient « g »"),
    "form.document_type": (replace(BEFORE, document_type="pps"), "type de document, « frcp » devient « pps »"),
    "form.title": (replace(BEFORE, title="Sein (2)"), "titre, « Sein » devient « Sein (2) »"),
    "form.volet": (replace(BEFORE, volet_version="2026.01"), "« frcp 2025.01 » devient « frcp 2026.01 »"),
    "list.version": (
        replace(BEFORE, value_sets={"natures": "2025-2"}),
        "Liste « natures » : version 2024-1 → 2025-2 (un retrait)",
    ),
    "section.added": (replace(BEFORE, sections=(*BEFORE.sections, Section("s4", "Suite", ()))), "Rubrique « Suite » ajoutée"),
    "section.removed": (replace(BEFORE, sections=BEFORE.sections[:2]), "Rubrique « Région » retirée"),
    "section.order": (
        replace(BEFORE, sections=(BEFORE.sections[2], *BEFORE.sections[:2])),
        "Rubrique « Région » : déplacée dans le formulaire",
    ),
    "section.title": (with_section("s1", title="Raison"), "Rubrique « Motif » : devient « Raison »"),
    "section.title_regional": (with_section("s3", title="Local"), "Rubrique « Région » : devient « Local »"),
    "section.help": (with_section("s1", help="Aide"), "Rubrique « Motif » : aide modifiée"),
    "section.block": (with_section("s1", block="bloc_a@1"), "Rubrique « Motif » : montre un bloc partagé"),
    "section.element": (with_section("s1", element="s9"), "section nationale « s1 » devient « s9 »"),
    "question.added": (with_section("s3", questions=(*BEFORE.sections[2].questions, ADDED)), "« Nouvelle » : question ajoutée"),
    "question.added_required": (
        with_section("s3", questions=(*BEFORE.sections[2].questions, replace(ADDED, required="validate"))),
        "« Nouvelle » : question ajoutée, obligatoire",
    ),
    "question.removed": (with_section("s1", questions=(NATIONAL, CODED)), "« Transport » : question retirée"),
    "question.order": (with_section("s1", questions=(CODED, REGIONAL, NATIONAL)), "« Motif » : déplacée dans la rubrique"),
    "question.order_regional": (with_section("s1", questions=(REGIONAL, NATIONAL, CODED)), "« Transport » : déplacée"),
    "question.section": (
        with_sections(
            lambda s: replace(
                s, questions=tuple(q for q in s.questions if q != NATIONAL) + ((NATIONAL,) if s.key == "s2" else ())
            )
        ),
        "« Motif » : déplacée de « Motif » à « Tumeur »",
    ),
    "question.section_regional": (
        with_sections(
            lambda s: replace(
                s, questions=tuple(q for q in s.questions if q != REGIONAL) + ((REGIONAL,) if s.key == "s2" else ())
            )
        ),
        "« Transport » : déplacée de « Motif » à « Tumeur »",
    ),
    "question.label": (with_question("f.motif", label="Raison"), "« Motif » : devient « Raison »"),
    "question.label_regional": (with_question("regional.b", label="Bord"), "« Côté » : devient « Tumeurs › Bord »"),
    "question.help": (with_question("f.motif", help="Dire pourquoi"), "« Motif » : aide ajoutée"),
    "question.placeholder": (with_question("f.motif", placeholder="ex."), "exemple dans le champ, « - » devient « ex. »"),
    "question.width": (with_question("f.motif", width="half"), "largeur, « toute la ligne » devient « une demi-ligne »"),
    "question.required_stricter": (
        with_question("f.motif", required="validate"),
        "« Motif » : jamais obligatoire devient obligatoire pour valider",
    ),
    "question.required_if": (with_question("f.nature", required_if=FILLED), "exigée « toujours » devient « si f.motif rempli »"),
    "question.condition": (with_question("f.nature", condition=FILLED), "posée « toujours » devient « si f.motif rempli »"),
    "question.datatype": (with_question("f.motif", datatype="string"), "« texte long » devient « texte court »"),
    "question.multiple": (with_question("f.nature", multiple=True), "plusieurs réponses sont admises"),
    "question.values": (with_question("f.nature", values="autres"), "liste de codes, « natures » devient « autres »"),
    "question.element": (with_question("f.motif", element="f.autre"), "donnée nationale, « f.motif » devient « f.autre »"),
    "question.same_as": (with_question("regional.a", same_as="f.nature"), "à défaut de réponse, « - » devient « Nature »"),
    "question.unit": (with_question("regional.c", unit="g"), "unité, « kg » devient « g »"),
    "question.omits": (with_question("f.nature", omits=("text",)), "parties non écrites, « aucune » devient « text »"),
    "question.nulls_added": (with_question("f.motif", nulls=("UNK",)), "réponse « Inconnu » ajoutée"),
    "question.nulls_removed": (with_question("f.nature", nulls=()), "réponse « Sans objet » retirée"),
    "question.answers_widened": (with_question("f.nature", open=True), "un code hors liste est admis"),
    "question.answers_narrowed": (with_question("f.nature", free=False), "un texte libre n’est plus admis"),
    "question.choices_added": (
        with_question("regional.a", choices=(*REGIONAL.choices, Choice("3", "Debout"))),
        "« Transport » : valeurs ajoutées : Debout",
    ),
    "question.choices_removed": (
        with_question("f.nature", choices=(Choice("X"),)),
        "la liste est réduite à une valeur : x de natures",
    ),
    "question.choices_order": (with_question("regional.a", choices=REGIONAL.choices[::-1]), "valeurs dans un autre ordre"),
    "question.choices_label_regional": (
        with_question("regional.a", choices=(Choice("1", "Assise"), Choice("2", "Couché"))),
        "valeur « Assis » devient « Assise »",
    ),
    "question.default": (with_question("f.motif", default="Bilan"), "valeur par défaut, « - » devient « Bilan »"),
    "question.origin": (with_question("f.motif", origin="reprise"), "origine, « saisie » devient « reprise d'une autre source »"),
    "question.calculation": (
        with_question("regional.c", calculation=Calculation("somme", ("f.motif", "f.nature"))),
        "calcul, « saisie » devient « Somme de scores : Motif, Nature »",
    ),
    "question.favourites": (with_question("f.tumeurs", favourites=True), "« Tumeurs » : les favoris sont proposés"),
    "question.sources": (with_question("f.motif", sources=("dmp",)), "reprises admises, « toutes » devient « dmp »"),
    "question.retention": (with_question("regional.a", retention=24), "conservation, « avec le document » devient « 24 mois »"),
}
NAMES = Names(
    code=lambda name, code, version: f"{code.lower()} de {name}",
    condition=lambda condition, schema: "f.motif rempli",
    list_change=lambda name, before, after: "un retrait",
)


@pytest.mark.parametrize("kind", CASES)
def test_every_kind_in_words(kind: str) -> None:
    after, words = CASES[kind]
    found = form_differences(BEFORE, after, names=NAMES)
    assert [line.kind for line in found if not line.kind.startswith("section.") or kind.startswith("section.")].count(kind) == 1
    assert words in next(line.words for line in found if line.kind == kind)


@pytest.mark.parametrize(
    ("before", "after", "kind", "words"),
    [
        (with_question("f.motif", required="complete"), BEFORE, "question.required_relaxed", "devient jamais obligatoire"),
        (
            with_question("f.nature", choices=(Choice("X", "Ix"),)),
            with_question("f.nature", choices=(Choice("X", "Iks"),)),
            "question.choices_label",
            "valeur « Ix » devient « Iks »",
        ),
        (with_question("f.nature", choices=(Choice("X"),)), BEFORE, "question.choices_added", "toute la liste est proposée"),
        (
            BEFORE,
            with_question("f.tumeurs", columns=GROUP.columns[:1]),
            "question.removed",
            "« Tumeurs › Côté » : colonne retirée",
        ),
        (with_question("f.tumeurs", columns=GROUP.columns[:1]), BEFORE, "question.added", "« Tumeurs › Côté » : colonne ajoutée"),
        (BEFORE, with_question("f.tumeurs", columns=GROUP.columns[::-1]), "question.order", "déplacée dans le groupe"),
    ],
)
def test_the_other_direction(before: FormSchema, after: FormSchema, kind: str, words: str) -> None:
    (line,) = [line for line in form_differences(before, after, names=NAMES) if line.kind == kind or kind == "question.order"]
    assert line.kind.startswith(kind)
    assert words in line.words


def test_legal_texts_are_told_when_given() -> None:
    (line,) = form_differences(BEFORE, BEFORE, texts=({"Texte 1": "region-1"}, {"Texte 1": "region-2"}))
    assert (line.kind, line.words) == ("text.version", "Texte 1 : version region-1 → region-2")


def test_a_block_is_followed_and_left() -> None:
    shown = with_section("s1", block="bloc_a@1")
    told = [form_differences(shown, with_section("s1", block=block))[0].words for block in ("bloc_a@3", "")]
    assert told == [
        "Rubrique « Motif » : version 3 de son bloc partagé, au lieu de 1",
        "Rubrique « Motif » : détachée de son bloc partagé",
    ]


def test_every_kind_of_the_table_is_shown_by_a_case() -> None:
    told = {*CASES, "question.required_relaxed", "question.choices_label", "text.version", "section.other", "question.other"}
    assert set(RULES) == told


TABLE = """
form.key                         en_cours  reste
form.document_type               cda       reste
form.title                       aucun     suit
form.volet                       cda       accord
list.version                     cda       suit_sauf_usage
text.version                     cda       suit
section.added                    aucun     suit
section.removed                  aucun     suit
section.order                    aucun     suit
section.title                    aucun     suit
section.title_regional           cda       suit
section.help                     aucun     suit
section.element                  cda       suit
section.block                    aucun     suit
section.other                    aucun     suit
question.added                   cda       suit
question.added_required          cda       accord
question.removed                 cda       suit_sauf_usage
question.order                   aucun     suit
question.order_regional          cda       suit
question.section                 aucun     suit
question.section_regional        cda       suit
question.label                   aucun     suit
question.label_regional          cda       suit
question.help                    aucun     suit
question.placeholder             aucun     suit
question.width                   aucun     suit
question.required_stricter       en_cours  accord
question.required_relaxed        en_cours  suit
question.required_if             en_cours  accord
question.condition               cda       suit_sauf_usage
question.datatype                cda       accord
question.multiple                cda       accord
question.values                  cda       accord
question.element                 cda       accord
question.same_as                 cda       accord
question.unit                    cda       suit_sauf_usage
question.omits                   cda       suit
question.nulls_added             en_cours  suit
question.nulls_removed           en_cours  suit_sauf_usage
question.answers_widened         en_cours  suit
question.answers_narrowed        en_cours  suit_sauf_usage
question.choices_added           en_cours  suit
question.choices_removed         en_cours  suit_sauf_usage
question.choices_order           aucun     suit
question.choices_label           aucun     suit
question.choices_label_regional  cda       suit
question.default                 aucun     suit
question.origin                  en_cours  suit
question.calculation             cda       suit_sauf_usage
question.favourites              aucun     suit
question.sources                 aucun     suit
question.retention               en_cours  suit_sauf_usage
question.other                   cda       accord
"""
"""What the house decided (docs/decisions/0130), written a second time so that a slip in the product's table is seen."""


def test_class_and_migration_of_every_kind() -> None:
    rows = {kind: (effect, rule) for kind, effect, rule in (line.split() for line in TABLE.strip().splitlines())}
    assert {kind: (rule.effect.value, rule.migration.value) for kind, rule in RULES.items()} == rows
    assert all(rule.cda and rule.running for rule in RULES.values())
    assert set(EFFECT_LABELS) == set(Effect)
    assert set(MIGRATION_LABELS) == set(Migration)


def test_one_move_is_one_line() -> None:
    many = tuple(Question(f"q{n}", f"Q{n}", "string", element=f"q{n}") for n in range(9))
    old = replace(BEFORE, sections=(Section("s", "S", many, element="s"),))
    new = replace(BEFORE, sections=(Section("s", "S", (*many[1:], many[0]), element="s"),))
    assert [(line.kind, line.question_key) for line in form_differences(old, new)] == [("question.order", "q0")]


FRCP = default_schema(load_catalogue("frcp", "2025.01"), {})
ATTRIBUTES: dict[str, st.SearchStrategy[Any]] = {
    "label": st.text(min_size=1, max_size=9),
    "datatype": st.sampled_from(["string", "text", "date", "coded", "group"]),
    "element": st.text(max_size=3),
    "help": st.text(max_size=9),
    "required": st.sampled_from(["never", "complete", "validate"]),
    "required_if": st.sampled_from([None, FILLED]),
    "multiple": st.booleans(),
    "values": st.sampled_from(["", "a", "b"]),
    "free": st.booleans(),
    "open": st.booleans(),
    "nulls": st.lists(st.sampled_from(["NA", "UNK", "ASKU"]), unique=True, max_size=3).map(tuple),
    "condition": st.sampled_from([None, FILLED, ABSENT]),
    "default": st.one_of(st.none(), st.booleans(), st.text(max_size=4), st.just({"code": "x"}), st.just([1, {}])),
    "same_as": st.sampled_from(["", "absent"]),
    "origin": st.sampled_from(["saisie", "reprise"]),
    "width": st.sampled_from(["full", "half", "third"]),
    "unit": st.text(max_size=3),
    "placeholder": st.text(max_size=3),
    "choices": st.lists(
        st.builds(Choice, st.sampled_from("abc"), st.text(max_size=3)), max_size=3, unique_by=lambda c: c.code
    ).map(tuple),
    "calculation": st.sampled_from([None, Calculation("delai", ("absent", "x"))]),
    "favourites": st.booleans(),
    "sources": st.lists(st.sampled_from(["dmp", "rcp"]), unique=True).map(tuple),
    "retention": st.integers(0, 36),
    "omits": st.lists(st.sampled_from(["text", "telecoms"]), unique=True).map(tuple),
}


def test_generated_edits_reach_every_attribute() -> None:
    missing = {f.name for f in fields(Question)} - set(ATTRIBUTES) - {"key", "columns"}
    assert not missing, "add a strategy here and a reader in forms_config/schema/attributes.py"


@st.composite
def edits(draw: st.DrawFn) -> tuple[FormSchema, str]:
    """The standard FRCP with one question edited, moved, removed or added; the key of that question."""
    sections = [list(s.questions) for s in FRCP.sections]
    s = draw(st.sampled_from([n for n, found in enumerate(sections) if found]))
    q = draw(st.integers(0, len(sections[s]) - 1))
    question = sections[s][q]
    what = draw(st.sampled_from(["edit", "column", "move", "remove", "add"]))
    if what == "edit" or (what == "column" and not question.columns):
        sections[s][q] = _edited(draw, question)
    elif what == "column":
        n = draw(st.integers(0, len(question.columns) - 1))
        column = _edited(draw, question.columns[n])
        sections[s][q] = replace(question, columns=(*question.columns[:n], column, *question.columns[n + 1 :]))
        question = question.columns[n]
    elif what == "add":
        question = Question("regional.x", "X", "string")
        sections[s].insert(q, question)
    else:
        del sections[s][q]
        if what == "move":
            there = sections[draw(st.integers(0, len(sections) - 1))]
            there.insert(draw(st.integers(0, len(there))), question)
    parts = tuple(replace(old, questions=tuple(new)) for old, new in zip(FRCP.sections, sections, strict=True))
    return replace(FRCP, sections=parts), question.key


def _edited(draw: st.DrawFn, question: Question) -> Question:
    names = draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), min_size=1, max_size=3, unique=True))
    return replace(question, **{name: draw(ATTRIBUTES[name]) for name in names})


@settings(max_examples=150)
@given(edits())
def test_every_edit_is_told_and_nothing_else(edit: tuple[FormSchema, str]) -> None:
    after, key = edit
    for old, new in ((FRCP, after), (after, FRCP)):
        found = form_differences(old, new)
        if old == new:
            assert found == []
            continue
        assert found
        assert all(line.words and line.section_key for line in found)
        # A move within a section may be told of the neighbour that it passes: both say the same.
        moved = {line.question_key for line in found if line.kind.startswith("question.order")}
        assert {line.question_key for line in found} - moved <= {key}
    assert form_differences(after, after) == []


@settings(max_examples=40)
@given(st.permutations(FRCP.sections), st.integers(0, 10))
def test_sections_in_another_order(sections: list[Section], kept: int) -> None:
    after = replace(FRCP, sections=tuple(sections[: max(kept, 1)]))
    found = form_differences(FRCP, after)
    assert {line.kind for line in found} <= {"section.order", "section.removed", "question.removed"}
    gone = {s.key for s in FRCP.sections} - {s.key for s in after.sections}
    assert {line.section_key for line in found if line.kind == "section.removed"} == gone
    assert Line("section.removed", "x").migration is Migration.CARRY
