"""The renderer of documents: whatever an answer holds, the page shows it, sends it back unchanged, and runs nothing of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcc.web.formpage.compiled import CompiledForm, compile_form
from dcc.web.formpage.fragments import field_html, group_html
from dcc.web.formpage.page import Clash, Filling, fill_page
from dcc.web.formpage.pieces import cut, slot
from dcc.web.formpage.posted import question_at, read_page, read_value
from dcc.web.formpage.reading import reading_page
from dcc.web.tests.browsing import parsed, sent
from dcc.web.tests.filled import SURGEON, filled_answers
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.rendering import collect
from forms_config.schema.answers import missing
from forms_config.schema.choices import Choice
from forms_config.schema.model import DATATYPES, FormSchema, Question, Section
from forms_config.schema.tests.strategies import values_of
from forms_config.terminology.files import read_shipped

pytestmark = pytest.mark.django_db

HOSTILE = "\"><script>alert(1)</script>'&lt;{path}%s%(x)s{{ 7*7 }}{% now %}\ue000main\ue001"
AT = "2026-11-03T09:30:00+00:00"
TUMOURS = tuple(
    Choice(concept.code, f"Tumeur n° {n}" if n % 2 else "")
    for n, concept in enumerate(read_shipped("jdv-tumeur-cisis").concepts[:60])
)
PLACES = (Choice("a", "Ambulatoire"), Choice("b", "Hospitalisation complète"))
NATIVE = [
    Question("q.string", "Ligne", "string"),
    Question("q.string_unit", "Ligne", "string", unit="mm", nulls=("NA", "UNK")),
    Question("q.text", "Texte", "text"),
    Question("q.texts", "Textes", "text", multiple=True),
    Question("q.dates", "Dates", "date", multiple=True),
    Question("q.boolean", "Oui ou non", "boolean", nulls=("ASKU",)),
    Question("q.integer", "Nombre", "integer", unit="ans", nulls=("UNK",)),
    Question("q.decimal", "Mesure", "decimal", unit="cm"),
    Question("q.date", "Date", "date", nulls=("UNK", "NA")),
    Question("q.datetime", "Heure", "datetime"),
    Question("q.radios", "Boutons", "coded", values="jdv-nature-discussion-cisis"),
    Question("q.select", "Liste", "coded", values="jdv-rcp-appareil-cisis", nulls=("NA",)),
    Question("q.combo", "Longue liste", "coded", values="jdv-tumeur-cisis"),
    Question("q.free", "Libre", "coded", values="jdv-morphologie-cisis", free=True, nulls=("UNK",)),
    Question("q.open", "Ouverte", "coded", values="tnm-t", open=True, nulls=("NA",)),
    Question("q.several", "Plusieurs codes", "coded", values="jdv-rcp-organe-cisis", multiple=True),
    Question(
        "q.several_free", "Plusieurs, libres", "coded", values="jdv-morphologie-cisis", multiple=True, free=True, nulls=("UNK",)
    ),
    Question("q.kept", "Quelques valeurs", "coded", values="jdv-tumeur-cisis", choices=TUMOURS[:3]),
    Question("q.kept_many", "Beaucoup de valeurs", "coded", values="jdv-tumeur-cisis", choices=TUMOURS, nulls=("UNK",)),
    Question("q.kept_several", "Plusieurs, choisies", "coded", values="jdv-tumeur-cisis", choices=TUMOURS, multiple=True),
    Question("q.regional", "Choix de la région", "coded", choices=PLACES),
    Question("q.regional_free", "Choix ou texte", "coded", choices=PLACES, free=True),
    Question("q.unlisted", "Sans liste", "coded", open=True),
    Question("q.professional", "Professionnel", "professional", nulls=("NA",)),
    Question("q.organisation", "Structure", "organisation"),
]


def a_schema(*questions: Question) -> FormSchema:
    """A form of one section."""
    return FormSchema("f", "Formulaire", "frcp", "frcp", "2025.01", (Section("s", "Rubrique", questions),))


@cache
def frcp() -> CompiledForm:
    """The national FRCP, compiled."""
    return compile_form(default_schema(load_catalogue("frcp", "2025.01")))


def read_back(form: CompiledForm, answers: Mapping[str, Any], parts: str) -> dict[str, Any]:
    """The answers that a page sent back without a change means, by path."""
    found = {}
    for path, raw in collect(sent(parsed(parts)).items()).items():
        question = question_at(form.schema, path)
        assert question is not None, path
        current = answers.get(path) if "/" not in path else cell(answers, path)
        found[path] = read_value(question, raw, form.schema, current)
    return found


def cell(answers: Mapping[str, Any], path: str) -> Any:
    """The value of a path in a group."""
    group, row_id, key = path.split("/")
    return next(row["values"].get(key) for row in answers[group] if row["id"] == row_id)


def test_every_datatype_and_every_way_of_asking_is_tried() -> None:
    # No form may ask for a file yet: the page has no way of choosing a joined file.
    assert {q.datatype for q in NATIVE} | {"group", "file"} == set(DATATYPES)
    names = {field.control.name for field in compile_form(a_schema(*NATIVE)).fields.values()}
    assert names == {
        "line", "area", "several", "yes_no", "number", "date", "radios", "select", "combo", "boxes", "person",
    }  # fmt: skip


@pytest.mark.parametrize("question", NATIVE, ids=lambda q: q.key)
def test_no_answer_comes_back_as_no_answer(question: Question) -> None:
    form = compile_form(a_schema(question))
    page = fill_page(form, Filling({}))
    assert read_back(form, {}, page.parts) == {question.key: None}


@pytest.mark.parametrize("question", NATIVE, ids=lambda q: q.key)
@settings(max_examples=25)
@given(data=st.data())
def test_any_answer_comes_back_as_it_was(question: Question, data: st.DataObject) -> None:
    """Also codes that the list does not have: they came from outside and are kept until somebody changes them."""
    value = data.draw(values_of(question))
    if question.multiple and question.datatype == "coded" and isinstance(value, list):
        value = list({(v.get("code"), v.get("system"), v.get("text") if "code" not in v else ""): v for v in value}.values())
    form = compile_form(a_schema(question))
    page = fill_page(form, Filling({question.key: value}))
    assert read_back(form, {question.key: value}, page.parts) == {question.key: value}


def test_a_filled_frcp_comes_back_whole_and_shows_no_change() -> None:
    answers = filled_answers(frcp().schema)
    page = fill_page(frcp(), Filling(answers))
    reading = read_page(frcp().schema, sent(parsed(page.parts)).items(), answers, 7)
    assert reading.problems == {}
    assert reading.changes == []
    paths = read_back(frcp(), answers, page.parts)
    typed = [q for q in frcp().schema.questions() if q.datatype != "group" and q.origin == "saisie"]
    assert all(paths[q.key] == answers[q.key] for q in typed)
    assert len(paths) > 190, "rows included"


def hostile(question: Question) -> Any:
    """An answer made of what breaks pages."""
    coded = {"code": "X", "system": "1.2.3", "label": HOSTILE, "text": HOSTILE + "!"}
    person = {"family": HOSTILE, "given": HOSTILE, "comment": HOSTILE, "suffix": HOSTILE, "profession": {"text": HOSTILE}}
    values: dict[str, Any] = {
        "string": HOSTILE,
        "text": f"{HOSTILE}\n</textarea>{HOSTILE}",
        "coded": coded,
        "professional": {**person, "organisation": {"name": HOSTILE, "address": {"lines": [HOSTILE]}}},
        "organisation": {"name": HOSTILE, "telecoms": [{"value": f"tel:{HOSTILE}"}], "address": {"city": HOSTILE}},
    }
    value = values.get(question.datatype, "2020")
    if question.datatype in ("boolean", "integer"):
        value = 1
    return [value] if question.multiple else value


@pytest.mark.parametrize("question", NATIVE, ids=lambda q: q.key)
def test_hostile_answers_are_only_text(question: Question) -> None:
    named = replace(question, label=HOSTILE, help=HOSTILE, unit=HOSTILE)
    form = compile_form(a_schema(named))
    value = hostile(question)
    origin = {question.key: {"origin": HOSTILE, "at": HOSTILE}}
    clash = Clash(question.key, HOSTILE, HOSTILE, HOSTILE, datetime(2026, 11, 3, tzinfo=UTC))
    filling = Filling({question.key: value}, origin, problems={question.key: HOSTILE}, clashes={question.key: clash})
    for text in (fill_page(form, filling).parts, reading_page(form.schema, {question.key: value}, origin).parts):
        tree = parsed(text)
        assert tree.xpath("//script") == []
        assert not [a for e in tree.iter() for a in e.attrib if a.startswith("on")]
        assert "alert(1)" in tree.text_content()


def test_hostile_rows_are_only_text() -> None:
    columns = tuple(replace(q, key=f"g.{q.key}", label=HOSTILE) for q in NATIVE)
    form = compile_form(a_schema(Question("g", HOSTILE, "group", multiple=True, help=HOSTILE, columns=columns)))
    rows = [{"id": '"><script>', "values": {c.key: hostile(c) for c in columns}}]
    assert parsed(fill_page(form, Filling({"g": rows})).parts).xpath("//script") == []


class TestStates:
    """What the page says of each question beside its value."""

    def test_what_is_missing_is_that_which_validation_misses(self) -> None:
        page = fill_page(frcp(), Filling({}))
        tree = parsed(page.parts)
        marked = {e.get("data-path") or e.get("data-group") for e in tree.xpath("//*[@data-missing]")}
        assert marked == {gap.path for gap in missing(frcp().schema, {}, "validate")}
        assert page.missing_count == len(marked) > 20

    def test_the_index_counts_what_is_missing_by_section(self) -> None:
        index = parsed(fill_page(frcp(), Filling({})).index)
        first = index.xpath("//li[@data-for='frcp.rcp']")[0]
        assert first.get("data-state") == "missing"
        assert first.xpath(".//*[@class='n']")[0].text == "9"
        assert "9 réponses manquent" in first.text_content()
        assert index.xpath("//li[@data-for='frcp.patient']")[0].get("data-state") == "empty"

    def test_a_question_whose_condition_does_not_hold_is_concealed(self) -> None:
        def concealed(answers: dict[str, Any]) -> set[str]:
            tree = parsed(fill_page(frcp(), Filling(answers)).parts)
            return {e.get("data-path") or e.get("data-group") for e in tree.xpath("//*[contains(@class, 'concealed')]")}

        organs = {"frcp.motif.nature": {"code": "ORG-117", "system": "1.2.250.1.213.1.1.4.322", "label": "Organe"}}
        assert {"frcp.motif.appareil", "frcp.motif.organes"} <= concealed({})
        assert {"frcp.motif.appareil", "frcp.motif.organes"}.isdisjoint(concealed(organs))
        assert "frcp.motif.traitement_soins" in concealed(organs)

    def test_what_is_needed_on_a_condition_is_shown_and_says_which(self) -> None:
        tree = parsed(fill_page(frcp(), Filling({})).parts)
        group = tree.xpath("//*[@data-group='frcp.referentiels']")[0]
        assert "concealed" not in group.get("class")
        assert group.get("data-missing") is None
        assert json.loads(group.get("data-required-if"))["value"] == "ORG-128"
        assert "obligatoire pour valider si" in group.xpath(".//*[@class='req']")[0].get("title")

    def test_a_condition_in_a_row_looks_at_the_row(self) -> None:
        rows = [
            {"id": "r1", "values": {"frcp.tumeurs.statut": {"code": "completed", "system": "1.2", "label": "Terminé"}}},
            {"id": "r2", "values": {}},
        ]
        tree = parsed(fill_page(frcp(), Filling({"frcp.tumeurs": rows})).parts)
        ends = {e.get("data-path"): "concealed" in e.get("class") for e in tree.xpath("//*[contains(@data-path, 'tumeurs.fin')]")}
        assert ends == {"frcp.tumeurs/r1/frcp.tumeurs.fin": False, "frcp.tumeurs/r2/frcp.tumeurs.fin": True}

    def test_without_scripts_the_condition_is_said_in_french(self) -> None:
        tree = parsed(fill_page(frcp(), Filling({})).parts)
        said = tree.get_element_by_id("f-frcp.motif.appareil").find_class("when")[0].text
        assert said == "si Nature de la discussion\u00a0: RCP Appareil - Organes"

    def test_where_a_value_comes_from_is_said(self) -> None:
        origin = {"frcp.rcp.denomination": {"origin": "annuaire", "at": AT}}
        tree = parsed(fill_page(frcp(), Filling({"frcp.rcp.denomination": "Sein"}, origin)).parts)
        badge = tree.get_element_by_id("f-frcp.rcp.denomination").find_class("badge")[0]
        assert badge.text_content().strip() == "annuaire"
        assert "03/11/2026" in badge.get("title")

    def test_a_refused_text_stays_in_its_field_with_the_reason(self) -> None:
        filling = Filling(
            {}, raw={"frcp.decouverte.date": {"": ["31/02/2026"]}}, problems={"frcp.decouverte.date": "Cette date n'existe pas"}
        )
        page = fill_page(frcp(), filling)
        field = parsed(page.parts).get_element_by_id("f-frcp.decouverte.date")
        control = field.xpath(".//input")[0]
        assert (control.get("value"), control.get("aria-invalid")) == ("31/02/2026", "true")
        problem = field.find_class("problem")[0]
        assert problem.text_content().strip() == "Cette date n'existe pas"
        assert problem.getparent().get("id") in control.get("aria-describedby").split()
        assert parsed(page.index).xpath("//li[@data-for='frcp.decouverte']")[0].get("data-state") == "problem"

    def test_a_conflict_shows_both_values_and_who(self) -> None:
        clash = Clash(
            "frcp.synthese.question", "Ma question", "Sa question", "Bob BERNARD", datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
        )
        page = fill_page(frcp(), Filling({"frcp.synthese.question": "Sa question"}, clashes={clash.path: clash}))
        block = parsed(page.parts).find_class("conflict")[0]
        text = " ".join(block.text_content().split())
        assert "Modifié aussi par Bob BERNARD" in text
        assert [e.text for e in block.xpath(".//dd")] == ["Ma question", "Sa question"]
        assert [e.text for e in block.xpath(".//dt")] == ["Votre valeur", "Enregistré le 03/11/2026 à 10:30"]
        assert [b.get("value") for b in block.xpath(".//button")] == [f"mine:{clash.path}", f"theirs:{clash.path}"]

    def test_what_only_reprise_fills_is_not_asked(self) -> None:
        assert "frcp.cro.repris_par" not in frcp().fields
        assert "frcp.cro.conclusion" in frcp().fields


class TestPeople:
    """Professionals and structures: nothing of a value is lost by showing it in sub-fields."""

    def field(self, value: Any) -> Any:
        form = compile_form(a_schema(Question("q", "Médecin", "professional")))
        return form, parsed(fill_page(form, Filling({"q": value})).parts)

    def test_a_telephone_is_shown_for_reading_and_stays_what_it_is(self) -> None:
        form, tree = self.field(SURGEON)
        assert tree.xpath("//input[@name='q:telecoms']")[0].get("value") == "02 41 00 00 01"
        assert read_back(form, {"q": SURGEON}, fill_page(form, Filling({"q": SURGEON})).parts) == {"q": SURGEON}

    def test_a_changed_telephone_is_a_new_one(self) -> None:
        form, tree = self.field(SURGEON)
        raw = collect(sent(tree).items())["q"]
        raw["telecoms"][0] = "02 99 00 00 00"
        value = read_value(form.schema.by_key["q"], raw, form.schema, SURGEON)
        assert value["telecoms"] == [{"value": "tel:0299000000"}, {"value": "mailto:m.zenberger@ch-demo.example"}]

    def test_an_emptied_person_is_no_answer(self) -> None:
        form, _tree = self.field({"family": "MULLER", "suffix": "DR"})
        raw = {"family": [""], "suffix": [""], "given": [""]}
        assert read_value(form.schema.by_key["q"], raw, form.schema, {"family": "MULLER", "suffix": "DR"}) is None


def test_a_code_goes_when_its_text_is_emptied() -> None:
    question = Question("q", "Code", "coded", values="jdv-tumeur-cisis")
    known = {"code": "C50.4", "system": "2.16.840.1.113883.6.3", "label": "Sein"}
    raw = {"": ["C50.4|2.16.840.1.113883.6.3"], "label": ["Sein"], "search": [""]}
    assert read_value(question, raw, a_schema(question), known) is None


def test_a_typed_code_is_found_in_the_list() -> None:
    question = Question("q", "Code", "coded", values="jdv-tumeur-cisis")
    assert read_value(question, {"": [""], "search": ["c50.4"]}, a_schema(question), None)["code"] == "C50.4"


def test_a_fragment_is_the_same_field_as_in_the_page() -> None:
    answers = filled_answers(frcp().schema)
    row = answers["frcp.tumeurs"][1]
    path = f"frcp.tumeurs/{row['id']}/frcp.tumeurs.topographie"
    whole = fill_page(frcp(), Filling(answers)).parts
    assert field_html(frcp(), path, row["values"]["frcp.tumeurs.topographie"]) in whole
    assert group_html(frcp(), Filling(answers), "frcp.tumeurs") in whole
    assert field_html(frcp(), "frcp.inconnue", "x") == ""
    assert group_html(frcp(), Filling(answers), "frcp.motif.nature") == ""


def test_a_piece_is_a_text_with_slots() -> None:
    piece = cut(f"100 % <a href='{slot('url')}'>{slot('name')}</a>")
    assert piece.fill({"url": "/x", "name": "%s"}) == "100 % <a href='/x'>%s</a>"
    assert piece.fill({}) == "100 % <a href=''></a>"
    assert cut("rien").fill({"name": "x"}) == "rien"


def test_an_unknown_path_of_a_page_is_no_change() -> None:
    posted = [("csrfmiddlewaretoken", ["x"]), ("frcp.inconnue", ["x"]), ("frcp.tumeurs", ["x"]), ("frcp.cro.repris_le", ["2020"])]
    reading = read_page(frcp().schema, posted, {}, 0)
    assert (reading.changes, reading.problems) == ([], {})
