"""``manage.py forms diff``."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from forms_config import api as forms
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import schema_to_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> None:
    forms.ensure_default_forms("frcp")
    draft = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
    draft["sections"][0]["title"] = "La réunion"
    draft["sections"][0]["questions"][0]["label"] = "Jour de la réunion"
    forms.save_draft(actor=None, key="frcp_standard", document_type="frcp", title="FRCP", draft=draft)


def ran(*arguments: str) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("forms", "diff", *arguments, stdout=out)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, out.getvalue()


def test_in_french(published: None) -> None:
    code, told = ran("frcp_standard", "frcp_standard@brouillon")
    assert code == 1
    assert told.splitlines()[0] == "Le formulaire"
    assert "La réunion\n" in told
    assert "  « Date et heure de la RCP » : devient « Jour de la réunion » (sans effet)" in told
    assert ran("frcp_standard", "frcp_standard@1") == (0, "Aucune différence.\n")


def test_as_json_and_from_a_file(published: None, tmp_path: Path) -> None:
    file = tmp_path / "former.json"
    file.write_text(forms.published_form("frcp_standard").canonical, encoding="utf-8")
    assert ran("frcp_standard@1", str(file))[0] == 0
    code, told = ran(str(file), "frcp_standard@brouillon", "--json")
    lines = json.loads(told)
    assert code == 1
    assert [line["kind"] for line in lines] == ["form.title", "section.title", "question.label"]
    assert lines[2]["effect"] == "aucun"
    assert lines[2]["question_key"] == "frcp.rcp.date"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("inconnu", "Formulaire inconnu : inconnu"),
        ("frcp_standard@9", "version inconnue"),
        ("frcp_standard@x", "version inconnue"),
        ("absent.json", "illisible"),
    ],
)
def test_misuse(name: str, words: str, published: None) -> None:
    with pytest.raises(CommandError, match=words) as error:
        ran("frcp_standard", name)
    assert error.value.returncode == 2
