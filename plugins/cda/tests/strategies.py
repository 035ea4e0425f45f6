"""Generated answers of the whole FRCP and PPS: every datatype, real codes, nulls, missing answers, conditions of ``exportable``.

What the volet has no place for is not generated: a profession or a sector in words only, the separator of the names of a meeting
in the first two, a lone dash (which the official narratives write for « nothing »).
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from forms_config.schema.answers import exportable
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.tests import strategies as shapes
from plugins.cda.codecs.narrative import EMPTY, UNSAID
from plugins.cda.tests.documents import PPS_SCHEMA, SCHEMA, options


def _said(text: str) -> bool:
    return text not in EMPTY and text != UNSAID


STRINGS = shapes.STRINGS.filter(_said)
TEXTS = shapes.TEXTS.filter(_said)
NAMES = STRINGS.filter(lambda text: " / " not in text)


def _choice(name: str) -> st.SearchStrategy[dict[str, str]]:
    values = options(name)
    return st.integers(0, len(values) - 1).map(lambda number: dict(values[number]))


def _with_words(value: dict[str, str], words: str | None) -> dict[str, str]:
    return {**value, "text": words} if words and words != value["label"] else value


def coded(name: str, *, words: bool = True) -> st.SearchStrategy[dict[str, str]]:
    """A code of a value set, sometimes in other words than its label."""
    return st.builds(_with_words, _choice(name), st.one_of(st.none(), STRINGS) if words else st.none())


PROFESSIONS = coded("JDV_J01_XdsAuthorSpecialty_CISIS")
SECTORS = coded("JDV_J04_XdsPracticeSettingCode_CISIS")
ORGANISATIONS = st.fixed_dictionaries(
    {"name": STRINGS},
    optional={"id": shapes.IDS, "address": shapes.ADDRESSES, "telecoms": shapes.TELECOMS, "sector": SECTORS},
)
PROFESSIONALS = st.fixed_dictionaries(
    {"family": STRINGS},
    optional={
        "given": STRINGS,
        "prefix": st.sampled_from(["M", "MME"]),
        "suffix": st.sampled_from(["DR", "PR"]),
        "id": shapes.IDS,
        "profession": PROFESSIONS,
        "address": shapes.ADDRESSES,
        "telecoms": shapes.TELECOMS,
        "organisation": ORGANISATIONS,
        "comment": STRINGS,
    },
)
_NAMED = {"frcp.rcp.rrc_nom", "frcp.rcp.gestionnaire_nom"}


def value_of(question: Question) -> st.SearchStrategy[Any]:
    """One value of a question, lists and nulls included."""
    if question.datatype == "coded":
        value: st.SearchStrategy[Any] = coded(question.values, words="text" not in question.omits)
        value = st.one_of(value, STRINGS.map(lambda text: {"text": text})) if question.free else value
    elif question.datatype == "string":
        value = NAMES if question.key in _NAMED else STRINGS
    else:
        value = {**shapes.SIMPLE, "text": TEXTS, "professional": PROFESSIONALS, "organisation": ORGANISATIONS}[question.datatype]
    if question.multiple:
        value = st.lists(value, min_size=1, max_size=3)
    if question.nulls:
        value = st.one_of(value, st.sampled_from([{"null": null} for null in question.nulls]))
    return value


def _rows(group: Question) -> st.SearchStrategy[list[dict[str, Any]]]:
    columns = st.fixed_dictionaries({}, optional={c.key: value_of(c) for c in group.columns})
    return st.lists(columns.filter(bool), min_size=1, max_size=3).map(
        lambda rows: [{"id": f"r{number}", "values": row} for number, row in enumerate(rows)]
    )


def _answered(question: Question) -> st.SearchStrategy[Any]:
    return _rows(question) if question.is_rows else value_of(question)


def answers_to(schema: FormSchema) -> st.SearchStrategy[dict[str, Any]]:
    """Exportable answers to a form; nothing is required, so that drafts are written too."""
    questions = {q.key: _answered(q) for q in schema.questions()}
    return st.fixed_dictionaries({}, optional=questions).map(lambda answers: exportable(schema, answers))


ANSWERS = answers_to(SCHEMA)
PPS_ANSWERS = answers_to(PPS_SCHEMA)


def shuffled(items: list[Any], seed: int) -> list[Any]:
    """The same items in another order, the same for the same seed."""
    copy = list(items)
    random.Random(seed).shuffle(copy)  # noqa: S311  (repeatable, not secret)
    return copy
