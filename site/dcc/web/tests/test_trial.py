"""The test drive of a form: who may, what it shows, what it never does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.models import Entry
from dcc.documents.models import Document
from dcc.exchange.models import Rendition
from dcc.web import trials
from dcc.web.models import Trial
from dcc.web.tests.browsing import parsed
from dcc.web.tests.test_access import cells
from forms_config import api as forms
from forms_config.models import FormDefinition
from forms_config.schema.calculations import BIRTH_DATE, Calculation
from forms_config.schema.model import Question, Section, schema_to_json
from tests.fixtures import Visit, publish_with

pytestmark = pytest.mark.django_db

PROJECT = Question("region.projet", "Projet de soins", "text", required="validate")
DAY = Question("region.jour", "Jour", "date")
AGE = Question("region.age", "Âge", "integer", unit="ans", calculation=Calculation("age", (BIRTH_DATE, "region.jour")))
CYCLES = Question("region.cures", "Cures", "group", multiple=True, columns=(Question("region.cures.nom", "Nom", "string"),))


@pytest.fixture
def definition(configuration: None) -> FormDefinition:
    """The standard form, with a draft that adds a section of the region's own."""
    definition = FormDefinition.objects.get(key="frcp_standard")
    schema = forms.published_form("frcp_standard").schema
    edited = schema_to_json(schema)
    edited["sections"] += schema_to_json(_only(PROJECT, DAY, AGE, CYCLES))["sections"]
    draft = {name: part for name, part in edited.items() if name != "value_sets"}
    return forms.save_draft(actor=None, key="frcp_standard", document_type="frcp", title=definition.title, draft=draft)


def _only(*questions: Question) -> Any:
    from dataclasses import replace

    return replace(forms.published_form("frcp_standard").schema, sections=(Section("region", "Région", questions),))


def opened(client: Client, definition: FormDefinition) -> Trial:
    """The trial that « Essayer » leads to."""
    response = client.get(reverse("web:trial", args=[definition.pk]))
    assert response.status_code == 302
    return Trial.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])


def saved(client: Client, trial: Trial, **raw: Any) -> dict[str, Any]:
    changes = [{"path": f"region.{key}", "base": 0, "raw": texts} for key, texts in raw.items()]
    body = json.dumps({"editor": "e", "changes": changes})
    answer: dict[str, Any] = client.post(reverse("web:trial_save", args=[trial.pk]), body, content_type="application/json").json()
    return answer


def test_the_draft_is_tried_as_a_physician_would_see_it(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    page = parsed(client.get(reverse("web:trial_page", args=[trial.pk])).content.decode())
    assert page.xpath("//*[@data-path='region.projet']//textarea")
    assert "ESSAI" in page.xpath("//*[@class='trial-mark']")[0].text_content()
    assert "PAT-TROIS" in page.xpath("//*[contains(@class, 'identity')]")[0].text_content()
    assert not page.xpath("//*[@data-favourites]")
    assert forms.published_form("frcp_standard").schema.find("region.projet") is None, "nothing is published"


def test_answers_are_kept_apart_calculated_and_missed(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    answer = saved(client, trial, jour={"": ["28/03/2026"]}, age={"": ["3"]}, inconnu={"": ["x"]})
    assert (answer["saved"], set(answer["refused"])) == (["region.jour"], {"region.age", "region.inconnu"})
    assert "47" in parsed(answer["fields"]["region.age"]).text_content()
    missing = client.get(reverse("web:trial_missing", args=[trial.pk])).content.decode()
    assert "Projet de soins" in missing
    saved(client, trial, projet={"": ["Chirurgie"]})
    assert "#f-region.projet" not in client.get(reverse("web:trial_missing", args=[trial.pk])).content.decode()
    assert not Document.objects.exists()
    assert not Entry.objects.filter(patient_id__isnull=False).exists()


def test_rows(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    url = reverse("web:trial_rows", args=[trial.pk])

    def order(name: str, target: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.post(url, {"order": name, "target": target}, content_type="application/json").json()
        return answer

    first, second = (order("add", "region.cures")["focus"] for _ in range(2))
    assert order("up", second)["focus"] == second
    assert [f"region.cures/{row['id']}" for row in trials.trial_of(edith, trial.pk).answers["region.cures"]] == [second, first]
    assert order("remove", first)["focus"] == "region.cures"
    assert order("add", "region.jour")["problem"]
    answer = saved(client, trial, **{f"cures/{second.split('/')[1]}/region.cures.nom": {"": ["FEC"]}})
    assert answer["refused"] == {}
    gone = saved(client, trial, **{f"cures/{first.split('/')[1]}/region.cures.nom": {"": ["FEC"]}})
    assert list(gone["refused"].values()) == ["Cette ligne a été supprimée"]


def test_a_plain_post_saves_too(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    url = reverse("web:trial_page", args=[trial.pk])
    assert client.post(url, {"region.projet": "Chirurgie", "region.jour": "2026"}).status_code == 302
    assert client.post(url, {"region.jour": "hier"}).status_code == 422
    assert client.post(url, {"do": "add:region.cures"})["Location"].startswith(f"{url}#f-region.cures/")
    assert trials.trial_of(edith, trial.pk).answers["region.projet"] == "Chirurgie"


def test_a_changed_draft_keeps_what_still_fits(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    saved(client, trial, projet={"": ["Chirurgie"]}, jour={"": ["28/03/2026"]})
    draft = json.loads(
        json.dumps(definition.draft).replace('"label": "Jour", "datatype": "date"', '"label": "Jour", "datatype": "boolean"')
    )
    forms.save_draft(actor=None, key="frcp_standard", document_type="frcp", title="Autre titre", draft=draft)
    again = client.get(reverse("web:trial", args=[definition.pk]), follow=True)
    assert "Le brouillon a changé" in again.content.decode()
    kept = trials.trial_of(edith, trial.pk)
    assert (kept.title, kept.answers.get("region.projet"), kept.answers.get("region.jour")) == ("Autre titre", "Chirurgie", None)


@pytest.mark.parametrize("kind", ["minimal", "typique", "maximal", "vide"])
def test_examples(kind: str, visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    client.post(reverse("web:trial_fill", args=[trial.pk]), {"exemple": kind})
    answers = trials.trial_of(edith, trial.pk).answers
    assert ("region.projet" in answers) == (kind != "vide")
    assert client.get(reverse("web:trial_page", args=[trial.pk])).status_code == 200
    assert client.post(reverse("web:trial_fill", args=[trial.pk]), {"exemple": "autre"}).status_code == 404


def test_outputs_say_that_they_are_trials(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    client.post(reverse("web:trial_fill", args=[trial.pk]), {"exemple": "minimal"})
    pdf = client.get(reverse("web:trial_output", args=[trial.pk, "pdf-a1"]))
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    text = client.get(reverse("web:trial_output", args=[trial.pk, "cda-n3"])).content.decode()
    assert "trial-mark" in text
    assert "Projet de soins" in text
    xml = client.get(reverse("web:trial_output", args=[trial.pk, "cda-n1"]) + "?brut").content.decode()
    assert "ESSAI" in xml
    assert not Rendition.objects.exists()


def test_a_published_version_may_be_tried(visit: Visit, edith: User, configuration: None) -> None:
    form = publish_with(PROJECT)
    response = visit(edith).get(reverse("web:trial_version", args=[form.version_id]), follow=True)
    assert f"version {form.number}" in response.content.decode()


def test_type_ahead_and_people_of_a_trial(visit: Visit, edith: User, definition: FormDefinition) -> None:
    client = visit(edith)
    trial = opened(client, definition)
    codes = client.get(reverse("web:trial_codes", args=[trial.pk]), {"liste": "jdv-tumeur-cisis", "q": "c50.4"}).json()
    assert [option["code"] for option in codes["options"]][:1] == ["C50.4"]
    people = client.get(reverse("web:trial_people", args=[trial.pk]), {"q": "martin"}).json()
    assert ["FICTIF" in option["label"] for option in people["options"]] == [True]


# The author of the trial is edith. An administrator approves forms: he tries them too, but not in hers.
ACCESS = """
                    alice bob  charlie sonia lea  edith adrien
trial               403   403  403     403   403  302   302
trial_page          403   403  403     403   403  200   404
trial_missing       403   403  403     403   403  200   404
trial_outputs       403   403  403     403   403  200   404
trial_codes         403   403  403     403   403  200   404
trial_save          403   403  403     403   403  200   404
trial_rows          403   403  403     403   403  200   404
trial_fill          403   403  403     403   403  302   404
"""


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "sonia", "lea", "edith", "adrien"])
def test_who_may(who: str, people: dict[str, User], visit: Visit, definition: FormDefinition) -> None:
    trial = opened(visit(people["edith"]), definition)
    client = visit(people[who])
    bodies = {"trial_save": {"changes": []}, "trial_rows": {"order": "add", "target": "region.cures"}}
    for name, _who, status in (cell for cell in cells(ACCESS) if cell[1] == who):
        url = reverse(f"web:{name}", args=[definition.pk if name == "trial" else trial.pk])
        if name in bodies:
            response = client.post(url, bodies[name], content_type="application/json")
        elif name == "trial_fill":
            response = client.post(url, {"exemple": "vide"})
        else:
            response = client.get(url, {"liste": "jdv-tumeur-cisis"} if name == "trial_codes" else {})
        assert response.status_code == status, name


def test_what_does_not_exist(visit: Visit, edith: User) -> None:
    for name, at in (("trial", 999_999), ("trial_version", uuid4()), ("trial_page", uuid4())):
        assert visit(edith).get(reverse(f"web:{name}", args=[at])).status_code == 404


def test_old_trials_are_emptied(visit: Visit, edith: User, definition: FormDefinition) -> None:
    trial = opened(visit(edith), definition)
    trials.purge()
    assert Trial.objects.count() == 1
    Trial.objects.filter(pk=trial.pk).update(changed_at=timezone.now() - trials.KEPT - timedelta(hours=1))
    trials.purge()
    assert not Trial.objects.exists()
