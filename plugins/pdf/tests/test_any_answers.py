"""Whatever people write, it is on the page: generated answers of the standard form, and a form of another type."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.tests.strategies import values_of
from plugins.pdf.content import content_of
from plugins.pdf.glyphs import printable
from plugins.pdf.printing import html_of, print_document
from plugins.pdf.tests import samples
from plugins.pdf.tests.printed import squeezed


def always(question: Question) -> Question:
    """The question and its columns, asked whatever is answered."""
    return replace(question, condition=None, columns=tuple(map(always, question.columns)))


QUESTIONS = [always(question) for question in samples.SCHEMA.questions()]
"""Every question of the standard form, always asked."""
ANSWERS = st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=8, unique_by=lambda question: question.key).flatmap(
    lambda questions: st.fixed_dictionaries({question.key: values_of(question) for question in questions})
)
SCHEMA = FormSchema("all", "Tout", "frcp", "frcp", "2025.01", (Section("s", "Rubrique", tuple(QUESTIONS)),))
UNPRINTED = {"root", "system", "use", "id", "code", "prefix"}
"""Parts of a value that say nothing to a reader: OIDs, codes beside their label, civility."""


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_word_reaches_the_page(question: Question, data: st.DataObject) -> None:
    answer = data.draw(values_of(question))
    snapshot = samples.snapshot_of({question.key: answer}, schema=SCHEMA)
    page, _ = html_of(content_of(snapshot, samples.AS_OF), None)
    text = squeezed(html.unescape(re.sub(r"<[^>]*>", " ", page)))
    words = list(words_of(snapshot.answers))
    assert [word for word in words if squeezed(printable(word)[0]) not in text] == []


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_every_page_is_drawn(answers: dict[str, Any]) -> None:
    content, facts = print_document(samples.snapshot_of(answers, schema=SCHEMA), samples.AS_OF)
    assert content.startswith(b"%PDF-1.4")
    assert facts["pages"] >= 1


def words_of(value: Any) -> Iterator[str]:
    """Texts that a reader must find; of a coded value, its words rather than the label of its code."""
    if isinstance(value, list):
        for item in value:
            yield from words_of(item)
    elif isinstance(value, Mapping):
        unprinted = UNPRINTED | ({"label"} if "text" in value else set()) | ({"null"} if "null" in value else set())
        for key, item in value.items():
            if key not in unprinted and not (key == "value" and isinstance(item, str)):
                yield from words_of(item)
    elif isinstance(value, str) and not re.match(r"\d{4}(-\d\d)*", value):
        yield value


def test_a_form_of_another_type_with_regional_questions() -> None:
    regional = Question("region.question", "Question de la région", "text", required="validate")
    other = Question("region.autre", "Autre question", "coded", multiple=True)
    section = Section("r", "Rubrique régionale", (regional, other))
    schema = FormSchema("pps_region", "PPS régional", "pps", "pps", "2025.01", (section,))
    answers = {"region.autre": [{"text": "Une réponse"}, {"text": "Une autre"}]}
    snapshot = samples.snapshot_of(answers, schema=schema, document_type="pps", title="Programme personnalisé de soins")
    page, _ = html_of(content_of(snapshot, samples.AS_OF), None)
    for text in ("Programme personnalisé de soins", "Rubrique régionale", "Non renseigné", "Une réponse, Une autre"):
        assert text in page
    assert "formulaire pps_region" in page
