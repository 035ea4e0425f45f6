"""An answer that a condition hides: kept, not exported, listed before validation, there again when the condition holds again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.exchange import api as exchange
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import Question
from tests.fixtures import publish_with, sign_in

SMOKES = Question("region.fume", "Fume", "boolean")
WHEN = condition_from_json({"question": "region.fume", "operator": "equals", "value": "true"})
PACKS = Question("region.paquets", "Paquets par jour", "string", condition=WHEN)
SINCE = Question(
    "region.detail", "Détail", "string", condition=condition_from_json({"question": "region.paquets", "operator": "filled"})
)
TRIES = Question("region.arrets", "Arrêts", "group", multiple=True, columns=(
    Question("region.arrets.aide", "Aidé", "boolean"),
    Question("region.arrets.par", "Par", "string",
             condition=condition_from_json({"question": "region.arrets.aide", "operator": "equals", "value": "true"})),
))  # fmt: skip


@pytest.fixture
def document_id(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> uuid.UUID:
    """An FRCP in which everything was answered while it was shown."""
    publish_with(SMOKES, PACKS, SINCE, TRIES)
    made = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    documents.add_row(
        actor=alice,
        document_id=made,
        group_key="region.arrets",
        values={"region.arrets.aide": True, "region.arrets.par": "Tabacologue de Segré"},
    )
    save(alice, made, {"region.fume": True, "region.paquets": "Vingt-deux cigarettes", "region.detail": "Depuis 1998"})
    return made


def save(actor: User, document_id: uuid.UUID, values: dict[str, Any]) -> None:
    base = documents.open_document(actor, document_id).revision
    result = documents.save_answers(
        actor=actor, document_id=document_id, changes=[Change(path, value, base) for path, value in values.items()]
    )
    assert result.refused == {}


def outputs(actor: User, document_id: uuid.UUID) -> str:
    """The CDA N3 that would be made now, its narrative included."""
    now = timezone.now()
    snapshot = documents.preview_snapshot(actor, document_id, as_of=now)
    return exchange.render_unsaved(snapshot, "cda-n3", as_of=now).content.decode()


TEXTS = ("Vingt-deux cigarettes", "Depuis 1998", "Tabacologue de Segré")


def test_hidden_is_kept_not_exported_and_listed(alice: User, document_id: uuid.UUID, client: Client) -> None:
    shown = outputs(alice, document_id)
    assert all(text in shown for text in TEXTS)
    view = documents.open_document(alice, document_id)
    row = view.answers["region.arrets"][0]["id"]
    save(alice, document_id, {"region.fume": False, f"region.arrets/{row}/region.arrets.aide": False})

    kept = documents.open_document(alice, document_id).answers
    assert (kept["region.paquets"], kept["region.detail"]) == TEXTS[:2], "hidden is not erased"
    assert kept["region.arrets"][0]["values"]["region.arrets.par"] == TEXTS[2]
    xml = outputs(alice, document_id)
    assert not [text for text in TEXTS if text in xml], "hidden is not exported"
    assert [found.label for found in documents.hidden_answers(alice, document_id)] == [
        "Paquets par jour", "Détail", "Arrêts : Par",
    ]  # fmt: skip
    sign_in(client, alice)
    page = client.get(reverse("web:validation", args=[document_id])).content.decode()
    assert all(f"<li>{label}</li>" in page for label in ("Paquets par jour", "Détail", "Arrêts : Par")), "listed"

    save(alice, document_id, {"region.fume": True, f"region.arrets/{row}/region.arrets.aide": True})
    again = outputs(alice, document_id)
    assert all(text in again for text in TEXTS)
    assert documents.hidden_answers(alice, document_id) == []
