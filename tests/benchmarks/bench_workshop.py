"""The workshop on a form of 250 questions: the page, a gesture, a save, as the server spends them.

The reference is the same work for the standard form, which every editor opens: what 250 questions add is seen beside it.
"""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.cms.api import set_up_configuration
from forms_config.api import save_draft
from forms_config.models import FormDefinition
from forms_config.schema.model import schema_from_json
from forms_config.workshop.operations import apply
from forms_config.workshop.places import everything
from forms_config.workshop.views import draft_of
from tests.benchmarks.protocol import Bench
from tests.fixtures import make_user, sign_in

QUESTIONS = 250
LARGE, STANDARD = "frcp_bench_large", "frcp_standard"
_client = Client()


def prepare() -> None:
    """The set-up of an installation, an editor signed in, and a form of 250 questions, a fifth of them under a condition."""
    list(set_up_configuration())
    editor = User.objects.filter(username="edith").first()
    editor = editor or make_user("edith", "editeur", None, family="EYMARD", given="Édith")
    sign_in(_client, editor)
    definition = FormDefinition.objects.get(key=STANDARD)
    schema = schema_from_json(definition.draft)
    kinds = ("string", "boolean", "choice", "date", "integer")
    while (count := len(list(everything(schema)))) < QUESTIONS:
        made = apply(
            schema, "question.regional", {"kind": kinds[count % 5], "label": f"Question {count}", "section": "frcp.motif"}
        )
        schema, key = made.schema, made.selected.removeprefix("question:")
        if count % 5 == 0:
            asked = {"question": key, "asked": "frcp.motif.nature", "operator": "in", "values": ["ORG-117"]}
            schema = apply(schema, "condition.add", asked).schema
        if kinds[count % 5] == "choice":
            schema = apply(schema, "choices.add", {"question": key, "labels": "Oui\nNon\nNe sait pas"}).schema
    save_draft(actor=editor, key=LARGE, document_type="frcp", title="Grand formulaire", draft=draft_of(schema))


def _definition(key: str) -> Any:
    return FormDefinition.objects.get(key=key).get_latest_revision_as_object()


def _edit_url(key: str) -> str:
    return reverse(FormDefinition.snippet_viewset.get_url_name("edit"), args=[_definition(key).pk])


def _open(key: str) -> None:
    answer = _client.get(_edit_url(key))
    assert answer.status_code == 200, answer.status_code


def _gesture(key: str) -> None:
    body = {"draft": _definition(key).draft, "operation": "section.move", "arguments": {"section": "frcp.motif", "by": 1}}
    answer = _client.post(reverse("workshop:operate"), json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.status_code


def _save(key: str) -> None:
    form = _definition(key)
    first, *others = form.draft["sections"]
    draft = json.dumps({**form.draft, "sections": [*others, first]})
    answer = _client.post(_edit_url(key), {"title": form.title, "organ": "", "draft": draft})
    assert answer.status_code == 302, answer.status_code


BENCHES = [
    Bench(
        "Ouvrir un formulaire de 250 questions dans l'atelier (temps serveur)",
        lambda: _open(LARGE),
        target="au plus 2 s",
        at_most=2000.0,
        reference=lambda: _open(STANDARD),
        reference_name="le formulaire standard",
        reference_runs=10,
        runs=10,
        prepare=prepare,
    ),
    Bench(
        "Un geste dans un formulaire de 250 questions (temps serveur)",
        lambda: _gesture(LARGE),
        target="au plus 1 s",
        at_most=1000.0,
        reference=lambda: _gesture(STANDARD),
        reference_name="le formulaire standard",
        reference_runs=10,
        runs=10,
        prepare=prepare,
    ),
    Bench(
        "Enregistrer un formulaire de 250 questions (temps serveur)",
        lambda: _save(LARGE),
        target="au plus 1 s",
        at_most=1000.0,
        reference=lambda: _save(STANDARD),
        reference_name="le formulaire standard",
        reference_runs=10,
        runs=10,
        prepare=prepare,
    ),
]
