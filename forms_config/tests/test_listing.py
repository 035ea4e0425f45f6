"""What a form keeps of a list: offered in its order with its words, refused outside, stored with the official label."""

from __future__ import annotations

from typing import Any

import pytest

from forms_config.listing import listing_of
from forms_config.rendering import check_answer, parse_posted
from forms_config.rendering.sayings import condition_words
from forms_config.schema.choices import REGIONAL_SYSTEM, Choice
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.samples import sample_answers
from forms_config.terminology import api as terminology

pytestmark = pytest.mark.django_db
TUMOURS = "jdv-tumeur-cisis"
ICD = "2.16.840.1.113883.6.3"
BREAST = (Choice("C50.4", "Sein, supéro-externe"), Choice("C50.2"), Choice("C50.9", "Sein, sans précision"))
KEPT = Question("q", "Siège", "coded", values=TUMOURS, choices=BREAST)
PLACES = (Choice("amb", "Ambulatoire"), Choice("hc", "Hospitalisation complète"))
REGIONAL = Question("r", "Lieu", "coded", choices=PLACES)
OPEN = Question("q", "T", "coded", values="tnm-t", choices=(Choice("T1"),), open=True)
DAY_CARE = {"code": "amb", "system": REGIONAL_SYSTEM, "label": "Ambulatoire"}


def official(code: str) -> dict[str, str]:
    concept = terminology.lookup(TUMOURS, code)
    assert concept is not None
    return concept.value


def test_the_order_and_the_words_are_those_of_the_form() -> None:
    listing = listing_of(KEPT, {})
    assert [c.code for c in listing.concepts()] == ["C50.4", "C50.2", "C50.9"]
    assert [listing.shown(c) for c in listing.concepts()] == [
        "Sein, supéro-externe", official("C50.2")["label"], "Sein, sans précision",
    ]  # fmt: skip
    assert next(c.value for c in listing_of(REGIONAL, {}).concepts()) == DAY_CARE


@pytest.mark.parametrize(("text", "codes"), [
    ("supero externe", ["C50.4"]),
    ("sein", ["C50.4", "C50.9", "C50.2"]),
    ("c502", ["C50.2"]),
    ("C56", []),
    ("", ["C50.4", "C50.2", "C50.9"]),
])  # fmt: skip
def test_search_stays_among_them(text: str, codes: list[str]) -> None:
    assert sorted(c.code for c in listing_of(KEPT, {}).search(text)) == sorted(codes)


@pytest.mark.parametrize(("question", "raw", "code"), [
    (KEPT, {"": ["C50.4"]}, "C50.4"),
    (KEPT, {"": [f"C50.4|{ICD}"], "search": ["Sein, supéro-externe"]}, "C50.4"),
    (KEPT, {"search": ["sein supero externe"]}, "C50.4"),
    (KEPT, {"search": ["C50.2"]}, "C50.2"),
])  # fmt: skip
def test_the_official_label_is_stored(question: Question, raw: dict[str, Any], code: str) -> None:
    assert parse_posted(question, raw) == official(code)


@pytest.mark.parametrize("raw", [{"": ["amb"]}, {"": [f"amb|{REGIONAL_SYSTEM}"]}, {"search": ["ambulatoire"]}])
def test_a_choice_of_the_region(raw: dict[str, Any]) -> None:
    assert parse_posted(REGIONAL, raw) == DAY_CARE
    assert check_answer(REGIONAL, DAY_CARE) == DAY_CARE


@pytest.mark.parametrize(("question", "raw", "words"), [
    (KEPT, {"": ["C56"]}, "n'est pas proposé par ce formulaire"),
    (KEPT, {"": ["C99.9"]}, "« C99.9 » ne fait pas partie de la liste"),
    (KEPT, {"search": ["ovaire"]}, "« ovaire » ne fait pas partie de la liste"),
    (KEPT, {"search": ["sein"]}, "Choisir une valeur de la liste, par exemple «"),
    (REGIONAL, {"": ["ailleurs"]}, "ne fait pas partie de la liste"),
    (REGIONAL, {"search": ["ailleurs"]}, "ne fait pas partie de la liste"),
    (OPEN, {"search": ["T2"]}, "n'est pas proposé"),
])  # fmt: skip
def test_what_is_not_offered_is_refused(question: Question, raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        parse_posted(question, raw)
    assert words in str(caught.value)


def test_an_answer_that_was_there_stays() -> None:
    ovary = official("C56")
    assert parse_posted(KEPT, {"": [f"C56|{ICD}"]}, current=ovary) == ovary
    assert check_answer(KEPT, ovary, current=ovary) == ovary
    with pytest.raises(ValueError, match="n'est pas proposé"):
        check_answer(KEPT, ovary)


def test_conditions_speak_with_the_words_of_the_form() -> None:
    schema = FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", (KEPT, REGIONAL)),))
    said = [
        condition_words(condition_from_json({"question": key, "operator": "equals", "value": value}), schema)
        for key, value in (("q", "C50.4"), ("r", "hc"))
    ]
    assert said == ["Siège\u00a0: Sein, supéro-externe", "Lieu\u00a0: Hospitalisation complète"]


def test_test_documents_stay_among_the_choices() -> None:
    rows = Question("g", "Lignes", "group", multiple=True, columns=(KEPT, REGIONAL))
    schema = FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", (rows,)),))
    answers = sample_answers(schema, "maximal", lambda name: [c.value for c in terminology.concepts(name)])
    assert [row["values"]["q"]["code"] for row in answers["g"]] == ["C50.4", "C50.2", "C50.9"]
    assert [row["values"]["r"]["code"] for row in answers["g"]] == ["amb", "hc", "amb"]
