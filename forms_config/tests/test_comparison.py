"""Comparing versions and drafts: words from the lists."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from forms_config import api as forms
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.comparison import compare, draft_side, version_side
from forms_config.legal import api as legal
from forms_config.models import FormDefinition
from forms_config.schema.model import schema_to_json

pytestmark = pytest.mark.django_db
DRAFT: dict[str, Any] = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
Edit = Callable[[dict[str, Any]], None]


def question(draft: dict[str, Any], key: str) -> dict[str, Any]:
    """The question of a draft under a key."""
    found: dict[str, Any] = next(q for s in draft["sections"] for q in s["questions"] if q["key"] == key)
    return found


def save(*edits: Edit) -> FormDefinition:
    draft = copy.deepcopy(DRAFT)
    for edit in edits:
        edit(draft)
    return forms.save_draft(actor=None, key="frcp_sein", document_type="frcp", title="FRCP du sein", draft=draft)


def relabel(draft: dict[str, Any]) -> None:
    question(draft, "frcp.motif.nature")["label"] = "Pourquoi cette RCP"


def narrow(draft: dict[str, Any]) -> None:
    question(draft, "frcp.motif.nature")["choices"] = [{"code": CODES[0].code}, {"code": CODES[1].code}]


def depend(draft: dict[str, Any]) -> None:
    question(draft, "frcp.rcp.session_identifiant")["condition"] = {
        "question": "frcp.motif.nature",
        "operator": "equals",
        "value": CODES[0].code,
    }


def add_question(draft: dict[str, Any]) -> None:
    draft["sections"][1]["questions"].append({"key": "regional.transport", "label": "Transport", "datatype": "string"})


@pytest.fixture(autouse=True)
def _codes() -> None:
    from forms_config.terminology import api as terminology

    values = question(DRAFT, "frcp.motif.nature")["values"]
    CODES[:] = terminology.concepts(values)


CODES: list[Any] = []


@pytest.fixture
def sein() -> FormDefinition:
    """A form with three versions and a draft."""
    legal.ensure_national_texts()
    for edits in ((), (relabel,), (relabel, narrow)):
        save(*edits)
        forms.publish_form(actor=None, key="frcp_sein")
    return save(relabel, narrow, depend, add_question)


def test_words_come_from_the_lists(sein: FormDefinition) -> None:
    third, second, first = sein.versions.order_by("-number")
    assert [line.words for line in compare(version_side(first), version_side(second))] == [
        f"« {question(DRAFT, 'frcp.motif.nature')['label']} » : devient « Pourquoi cette RCP »"
    ]
    (line,) = compare(version_side(second), version_side(third))
    assert f"la liste est réduite à 2 valeurs : {CODES[0].label}, {CODES[1].label}" in line.words
    lines = compare(version_side(third), draft_side(sein))
    assert f"posée « toujours » devient « si Pourquoi cette RCP\u00a0: {CODES[0].label} »" in lines[0].words
    assert lines[1].words == "« Transport » : question ajoutée"


def test_what_never_changes_is_compared_once(sein: FormDefinition) -> None:
    third, second, _first = sein.versions.order_by("-number")
    found = forms.version_differences(second.pk, third.pk)
    assert [line.kind for line in found] == ["question.choices_removed"]
    assert forms.version_differences(second.pk, third.pk) is found


def test_a_version_keeps_the_texts_of_its_publication(sein: FormDefinition) -> None:
    third = sein.versions.get(number=3)
    assert third.legal_texts == {"Texte 1": "national-1", "Texte 2": "national-1"}
    legal.adapt_text(actor=None, facility_id=None, body="Notre région vous informe.")
    told = [line.words for line in compare(version_side(third), draft_side(sein)) if line.kind == "text.version"]
    assert told == ["Texte 1 : version national-1 → region-1"]


def test_a_new_version_of_a_list_is_told_with_its_codes(sein: FormDefinition) -> None:
    from forms_config.terminology.concept import ValueSetData
    from forms_config.terminology.files import read_shipped
    from forms_config.terminology.services import store

    name = question(DRAFT, "frcp.motif.nature")["values"]
    kept = read_shipped(name)
    revision = kept.revision.replace(year=kept.revision.year + 1)
    store(ValueSetData(name, kept.title, kept.oid, revision, "essai", kept.concepts[:-1]))
    told = [
        line.words for line in compare(version_side(sein.versions.get(number=3)), draft_side(sein)) if line.kind == "list.version"
    ]
    assert len(told) == 1
    assert f"1 code retiré : {kept.concepts[-1].label}" in told[0]
