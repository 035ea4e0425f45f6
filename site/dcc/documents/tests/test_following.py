"""Whether a document follows its form, kind by kind, and what becomes of its answers: pure, then by generated edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcc.documents.edits import read, write
from dcc.documents.following import Outcome, Verdict, judge
from forms_config.schema.answers import missing, visible_answers
from forms_config.schema.calculations import Calculation
from forms_config.schema.choices import Choice
from forms_config.schema.conditions import condition_from_json, is_filled
from forms_config.schema.difference import form_differences
from forms_config.schema.effects import RULES, Migration
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.tests.strategies import values_of
from forms_config.schema.tests.test_difference import ATTRIBUTES
from forms_config.schema.values import check_value

TEXT = Question("f.texte", "Texte", "text", element="f.texte")
CODED = Question("f.code", "Code", "coded", element="f.code", values="liste", nulls=("NA",), free=True)
REGIONAL = Question("r.a", "Régionale", "string")
GROUP = Question(
    "f.groupe",
    "Groupe",
    "group",
    element="f.groupe",
    multiple=True,
    columns=(Question("f.groupe.a", "A", "string", element="f.groupe.a"), Question("f.groupe.b", "B", "string")),
)
FORM = FormSchema(
    "f",
    "Forme",
    "frcp",
    "frcp",
    "2025.01",
    (Section("s1", "Une", (TEXT, CODED, REGIONAL), element="s1"), Section("s2", "Deux", (GROUP,), element="s2")),
    {"liste": "1"},
)
LISTS: Mapping[str, Mapping[str, frozenset[str]]] = {"liste": {"1": frozenset("XY"), "2": frozenset("Y")}, "autre": {}}
X = {"code": "X", "system": "1.2", "label": "Ix"}
ROWS = [{"id": "r1", "values": {"f.groupe.a": "un", "f.groupe.b": "deux"}}]
ALL = {"f.texte": "Dit", "f.code": X, "r.a": "ici", "f.groupe": ROWS}


def fits(question: Question, value: Any, pins: Mapping[str, str]) -> bool:
    """As the platform's own control, with the two lists of this page."""
    try:
        if check_value(question, value) is None:
            return False
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    if isinstance(value, Mapping) and "code" in value and question.datatype == "coded":
        offered = {c.code for c in question.choices} or LISTS.get(question.values, {}).get(
            pins.get(question.values, ""), frozenset("X")
        )
        return value["code"] in offered
    return True


def changed(key: str, **changes: Any) -> FormSchema:
    def change(question: Question) -> Question:
        columns = tuple(change(column) for column in question.columns)
        return replace(question, **{"columns": columns, **(changes if question.key == key else {})})

    return replace(FORM, sections=tuple(replace(s, questions=tuple(change(q) for q in s.questions)) for s in FORM.sections))


def section(number: int, **changes: Any) -> FormSchema:
    parts = list(FORM.sections)
    parts[number] = replace(parts[number], **changes)
    return replace(FORM, sections=tuple(parts))


def verdict(after: FormSchema, answers: Mapping[str, Any], before: FormSchema = FORM) -> Verdict:
    return judge(form_differences(before, after), before, after, answers, fits)


FILLED = condition_from_json({"question": "f.code", "operator": "filled"})
EMPTY = condition_from_json({"question": "f.code", "operator": "empty"})
NEW = Question("r.n", "Nouvelle", "string")
C, A, K = Migration.CARRY, Migration.ASK, Migration.KEEP
CASES: dict[str, tuple[FormSchema, Mapping[str, Any], Migration, Migration]] = {
    # kind: the newer form, what the document answered, the verdict on it, the verdict on an empty document
    "form.key": (replace(FORM, key="g"), ALL, K, K),
    "form.document_type": (replace(FORM, document_type="pps"), ALL, K, K),
    "form.title": (replace(FORM, title="Autre"), ALL, C, C),
    "form.volet": (replace(FORM, volet_version="2026.01"), ALL, A, A),
    "list.version": (replace(FORM, value_sets={"liste": "2"}), ALL, A, C),
    "section.added": (replace(FORM, sections=(*FORM.sections, Section("s3", "Trois", ()))), ALL, C, C),
    "section.removed": (replace(FORM, sections=FORM.sections[:1]), {"f.texte": "Dit"}, C, C),
    "section.order": (replace(FORM, sections=FORM.sections[::-1]), ALL, C, C),
    "section.title": (section(0, title="Première"), ALL, C, C),
    "section.help": (section(0, help="Aide"), ALL, C, C),
    "section.element": (section(0, element="s9"), ALL, C, C),
    "section.block": (section(0, block="bloc@2"), ALL, C, C),
    "question.added": (section(1, questions=(GROUP, NEW)), ALL, C, C),
    "question.added_required": (section(1, questions=(GROUP, replace(NEW, required="validate"))), ALL, A, A),
    "question.removed": (section(0, questions=(TEXT, CODED)), ALL, A, C),
    "question.order": (section(0, questions=(CODED, TEXT, REGIONAL)), ALL, C, C),
    "question.order_regional": (section(0, questions=(REGIONAL, TEXT, CODED)), ALL, C, C),
    "question.section": (
        replace(
            FORM,
            sections=(replace(FORM.sections[0], questions=(CODED, REGIONAL)), replace(FORM.sections[1], questions=(GROUP, TEXT))),
        ),
        ALL,
        C,
        C,
    ),
    "question.section_regional": (
        replace(
            FORM,
            sections=(replace(FORM.sections[0], questions=(TEXT, CODED)), replace(FORM.sections[1], questions=(GROUP, REGIONAL))),
        ),
        ALL,
        C,
        C,
    ),
    "question.label": (changed("f.texte", label="Autre"), ALL, C, C),
    "question.label_regional": (changed("r.a", label="Autre"), ALL, C, C),
    "question.help": (changed("f.texte", help="Aide"), ALL, C, C),
    "question.placeholder": (changed("f.texte", placeholder="ex."), ALL, C, C),
    "question.width": (changed("f.texte", width="half"), ALL, C, C),
    "question.required_stricter": (changed("f.texte", required="validate"), ALL, A, A),
    "question.required_if": (changed("f.texte", required_if=FILLED), ALL, A, A),
    "question.condition": (changed("f.texte", condition=EMPTY), ALL, A, C),
    "question.datatype": (changed("f.texte", datatype="date"), ALL, A, A),
    "question.multiple": (changed("f.code", multiple=True), ALL, A, A),
    "question.values": (changed("f.code", values="autre"), ALL, A, A),
    "question.element": (changed("f.texte", element="f.x"), ALL, A, A),
    "question.same_as": (changed("f.texte", same_as="r.a"), ALL, A, A),
    "question.unit": (changed("r.a", unit="kg"), ALL, A, C),
    "question.omits": (changed("f.code", omits=("text",)), ALL, C, C),
    "question.nulls_added": (changed("f.texte", nulls=("NA",)), ALL, C, C),
    "question.nulls_removed": (changed("f.code", nulls=()), {"f.code": {"null": "NA"}}, A, C),
    "question.answers_widened": (changed("f.code", open=True), ALL, C, C),
    "question.answers_narrowed": (changed("f.code", free=False), {"f.code": {"text": "autre chose"}}, A, C),
    "question.choices_removed": (changed("f.code", choices=(Choice("Y"),)), ALL, A, C),
    "question.default": (changed("f.texte", default="Bilan"), ALL, C, C),
    "question.origin": (changed("f.texte", origin="reprise"), ALL, C, C),
    "question.calculation": (changed("r.a", calculation=Calculation("delai", ("f.texte", "r.a"))), ALL, A, C),
    "question.favourites": (changed("f.groupe", favourites=True), ALL, C, C),
    "question.sources": (changed("f.texte", sources=("dmp",)), ALL, C, C),
    "question.retention": (changed("r.a", retention=12), ALL, A, C),
}
ELSEWHERE = {
    "text.version", "section.title_regional", "section.other", "question.other", "question.required_relaxed",
    "question.choices_added", "question.choices_order", "question.choices_label", "question.choices_label_regional",
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_every_kind(kind: str) -> None:
    after, answers, used, unused = CASES[kind]
    assert kind in {line.kind for line in form_differences(FORM, after)}
    assert verdict(after, answers).rule is used
    assert verdict(after, {}).rule is unused


def test_every_kind_is_here() -> None:
    assert set(RULES) == set(CASES) | ELSEWHERE


SUBSET = changed("f.code", choices=(Choice("X"), Choice("Y", "Grec")), required="validate")
BACK: dict[str, FormSchema] = {
    "question.required_relaxed": changed("f.code", choices=SUBSET.by_key["f.code"].choices),
    "question.choices_added": changed("f.code", required="validate"),
    "question.choices_order": changed("f.code", choices=(Choice("Y", "Grec"), Choice("X")), required="validate"),
    "question.choices_label": changed("f.code", choices=(Choice("X", "Ix"), Choice("Y", "Grec")), required="validate"),
}


@pytest.mark.parametrize("kind", BACK)
def test_kinds_that_need_another_start(kind: str) -> None:
    assert [line.kind for line in form_differences(SUBSET, BACK[kind])] == [kind]
    assert verdict(BACK[kind], ALL, SUBSET).rule is C


def outcomes(found: Verdict) -> list[tuple[str, Outcome]]:
    return [(consequence.answer, consequence.outcome) for consequence in found.consequences]


@pytest.mark.parametrize(
    ("after", "answers", "expected", "rewritten"),
    [
        (section(0, questions=(TEXT, CODED)), ALL, [("ici", Outcome.ASIDE)], {"r.a": None}),
        (changed("f.groupe", columns=GROUP.columns[:1]), ALL, [("deux", Outcome.ASIDE)], {"f.groupe/r1/f.groupe.b": None}),
        (section(1, questions=()), ALL, [("A : un, B : deux", Outcome.ASIDE)], {"f.groupe": None}),
        (changed("f.texte", datatype="date"), ALL, [("Dit", Outcome.ASIDE)], {"f.texte": None}),
        (changed("f.texte", datatype="string"), ALL, [("Dit", Outcome.KEPT)], {}),
        (changed("f.texte", datatype="date"), {}, [("", Outcome.NOTHING)], {}),
        (changed("f.code", multiple=True), ALL, [("Ix", Outcome.CHANGED)], {"f.code": [X]}),
        (changed("f.groupe", datatype="text", columns=()), ALL, [("A : un, B : deux", Outcome.ASIDE)], {"f.groupe": None}),
        (changed("f.texte", datatype="group", columns=(NEW,)), ALL, [("Dit", Outcome.ASIDE)], {"f.texte": None}),
        (changed("f.texte", required="validate"), ALL, [("Dit", Outcome.KEPT)], {}),
        (changed("f.texte", required="validate"), {}, [("", Outcome.TO_FILL)], {}),
        (changed("f.texte", condition=EMPTY), ALL, [("Dit", Outcome.HIDDEN)], {}),
        (replace(FORM, value_sets={"liste": "2"}), ALL, [("Ix", Outcome.ASIDE)], {"f.code": None}),
        (changed("f.code", choices=(Choice("Y"),)), ALL, [("Ix", Outcome.ASIDE)], {"f.code": None}),
    ],
)  # fmt: skip
def test_what_becomes_of_an_answer(
    after: FormSchema, answers: Mapping[str, Any], expected: list[tuple[str, Outcome]], rewritten: Mapping[str, Any]
) -> None:
    found = verdict(after, answers)
    assert [pair for pair in outcomes(found) if pair[0] or len(expected) == 1][: len(expected)] == expected
    assert {rewrite.path: rewrite.after for rewrite in found.rewrites} == rewritten


def test_a_whole_number_becomes_a_decimal_one() -> None:
    before, after = changed("r.a", datatype="integer"), changed("r.a", datatype="decimal")
    found = verdict(after, {"r.a": 4}, before)
    assert [(r.path, r.after) for r in found.rewrites] == [("r.a", "4")]


def test_an_imported_answer_that_never_fitted_is_left_alone() -> None:
    odd = {"code": "Z", "system": "1.2", "label": "Zed"}
    assert verdict(replace(FORM, value_sets={"liste": "2"}), {"f.code": odd}).rule is C


def test_a_question_that_appears_and_must_be_answered_asks() -> None:
    before = changed("f.texte", required="validate", condition=EMPTY)
    after = changed("f.texte", required="validate")
    assert verdict(after, {"f.code": X}, before).rule is A
    assert outcomes(verdict(after, {"f.code": X}, before)) == [("", Outcome.TO_FILL)]
    assert verdict(after, {"f.code": X, "f.texte": "Dit"}, before).rule is C


def _edit(draw: st.DrawFn, question: Question) -> Question:
    name = draw(st.sampled_from(sorted(set(ATTRIBUTES) - {"datatype", "default", "element"})))
    return replace(question, **{name: draw(ATTRIBUTES[name])})


@st.composite
def situations(draw: st.DrawFn) -> tuple[FormSchema, dict[str, Any]]:
    """A newer form after some edits, and the answers of a document."""
    questions = {q.key: q for q in FORM.questions()}
    answers = draw(st.fixed_dictionaries({}, optional={key: values_of(q) for key, q in questions.items()}))
    parts = [list(s.questions) for s in FORM.sections]
    for _ in range(draw(st.integers(1, 3))):
        part = parts[draw(st.integers(0, 1))]
        if not part:
            continue
        n = draw(st.integers(0, len(part) - 1))
        what = draw(st.sampled_from(["edit", "edit", "type", "remove", "column"]))
        if what == "edit":
            part[n] = _edit(draw, part[n])
        elif what == "type":
            part[n] = replace(part[n], datatype=draw(st.sampled_from(["string", "date", "decimal"])), columns=())
        elif what == "column" and part[n].columns:
            part[n] = replace(part[n], columns=(_edit(draw, part[n].columns[0]), *part[n].columns[1 : draw(st.integers(1, 2))]))
        elif what == "remove":
            del part[n]
    sections = tuple(replace(s, questions=tuple(part)) for s, part in zip(FORM.sections, parts, strict=True))
    return replace(FORM, sections=sections), answers


@settings(max_examples=200)
@given(situations())
def test_no_answer_is_ever_lost(situation: tuple[FormSchema, dict[str, Any]]) -> None:
    after, answers = situation
    found = verdict(after, answers)
    followed: dict[str, Any] = dict(answers)
    for rewrite in found.rewrites:
        assert is_filled(rewrite.before)
        assert read(answers, rewrite.path) == rewrite.before
        followed = write(followed, rewrite.path, rewrite.after)
    if found.rule is C:
        assert followed == answers
        assert _shown(FORM, answers) == _shown(after, answers)
        assert {gap.path for gap in missing(after, answers, "validate")} <= {
            gap.path for gap in missing(FORM, answers, "validate")
        }
    else:
        assert found.consequences
    for question in after.questions():
        value = followed.get(question.key)
        changed_type = FORM.by_key[question.key].datatype != question.datatype
        assert not changed_type or value is None or fits(question, value, after.value_sets)


def _shown(schema: FormSchema, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in visible_answers(schema, answers).items() if is_filled(value)}
