"""Sections that are kept filled: what they show is always what the answers say now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dcc.web.formpage import kept
from dcc.web.formpage.compiled import CompiledForm, compile_form
from dcc.web.formpage.kept import Shelf
from dcc.web.formpage.page import Filling, FormPage, fill_page
from dcc.web.tests.filled import filled_answers
from forms_config import api as forms
from forms_config.schema.model import FormSchema

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(configuration: None) -> FormSchema:
    """The standard FRCP."""
    return forms.published_form("frcp_standard").schema


@pytest.fixture
def form(schema: FormSchema) -> CompiledForm:
    """Compiled anew: nothing of it is kept yet."""
    return compile_form(schema)


def without_memory(form: CompiledForm, filling: Filling, monkeypatch: pytest.MonkeyPatch) -> FormPage:
    """The page as it is when nothing is kept."""
    with monkeypatch.context() as patch:
        patch.setattr("dcc.web.formpage.page.SECTIONS", Shelf(room=0))
        return fill_page(form, filling)


def test_each_answer_that_changes_is_shown(form: CompiledForm, schema: FormSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question emptied in turn: sections whose conditions see it change too."""
    answers = filled_answers(schema)
    fill_page(form, Filling(answers))
    for question in schema.questions():
        changed = Filling({key: value for key, value in answers.items() if key != question.key})
        page, true = fill_page(form, changed), without_memory(form, changed, monkeypatch)
        assert (page.parts, page.index, page.missing_count) == (true.parts, true.index, true.missing_count), question.key


@pytest.mark.parametrize("path", ["frcp.motif.nature", "frcp.tumeurs"])
def test_origins_are_part_of_what_is_shown(form: CompiledForm, schema: FormSchema, path: str) -> None:
    answers: Mapping[str, Any] = filled_answers(schema)
    if path == "frcp.tumeurs":
        path = f"{path}/{answers[path][0]['id']}/frcp.tumeurs.date"
    typed = fill_page(form, Filling(answers))
    imported = fill_page(form, Filling(answers, {path: {"origin": "import", "at": "2026-11-03T10:00:00+00:00"}}))
    assert typed.parts != imported.parts
    assert fill_page(form, Filling(answers)).parts == typed.parts


def test_what_was_refused_is_never_kept(form: CompiledForm, schema: FormSchema) -> None:
    answers = filled_answers(schema)
    fill_page(form, Filling(answers))
    problem = Filling(answers, raw={"frcp.decouverte.date": {"": ["31/02/2026"]}}, problems={"frcp.decouverte.date": "Non"})
    assert "31/02/2026" in fill_page(form, problem).parts
    assert "31/02/2026" not in fill_page(form, Filling(answers)).parts


def test_a_shelf_is_bounded_and_forgets_the_oldest() -> None:
    shelf = Shelf(room=30)
    made: list[str] = []

    def show(key: str) -> None:
        def build() -> tuple[str, str]:
            made.append(key)
            return "x" * 9, "y"

        shelf.find(key, build)

    for key in ("a", "b", "c", "a", "d", "a", "b"):
        show(key)
    assert made == ["a", "b", "c", "d", "b"]
    assert shelf.used == 30
    assert kept.SECTIONS.used <= kept.SECTIONS.room
