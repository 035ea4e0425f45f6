"""Calculated values of a document: they follow what is saved, nobody types them, they are frozen with it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import AnswerChange, Contributor, DocumentVersion
from dcc.patients.models import Patient
from forms_config.schema.calculations import BIRTH_DATE, Calculation
from forms_config.schema.model import Question
from tests.fixtures import fill_document, publish_with

DAY = Question("region.jour", "Jour du traitement", "date")
AGE = Question(
    "region.age", "Âge au traitement", "integer", unit="ans", calculation=Calculation("age", (BIRTH_DATE, "region.jour"))
)
WEIGHT, HEIGHT = (
    Question("region.poids", "Poids", "decimal", unit="kg"),
    Question("region.taille", "Taille", "integer", unit="cm"),
)
BMI = Question("region.imc", "IMC", "decimal", calculation=Calculation("imc", ("region.poids", "region.taille")))
CYCLES = Question("region.cures", "Cures", "group", multiple=True, columns=(
    Question("region.cures.du", "Du", "date"),
    Question("region.cures.au", "Au", "date"),
    Question("region.cures.duree", "Durée", "integer", unit="jours",
             calculation=Calculation("delai", ("region.cures.du", "region.cures.au"))),
))  # fmt: skip


@pytest.fixture
def document_id(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> uuid.UUID:
    """An FRCP on a form that calculates."""
    publish_with(DAY, AGE, WEIGHT, HEIGHT, BMI, CYCLES)
    return documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def current(document_id: uuid.UUID) -> DocumentVersion:
    return DocumentVersion.objects.get(document_id=document_id, is_current=True)


def save(actor: User, document_id: uuid.UUID, **values: Any) -> documents.SaveResult:
    base = current(document_id).revision
    changes = [Change(f"region.{key}", value, base) for key, value in values.items()]
    return documents.save_answers(actor=actor, document_id=document_id, changes=changes, editor="page")


def test_values_follow_what_is_saved(alice: User, document_id: uuid.UUID) -> None:
    result = save(alice, document_id, jour="2026-03-27", poids="70", taille=175)
    assert result.calculated == {"region.age": 46, "region.imc": "22.9"}
    assert result.revision == current(document_id).revision == 5
    again = save(alice, document_id, taille=180)
    assert again.calculated == {"region.imc": "21.6"}
    gone = save(alice, document_id, poids=None)
    assert gone.calculated == {"region.imc": None}
    version = current(document_id)
    assert "region.imc" not in version.answers
    assert version.provenance["region.age"]["origin"] == "calcul"
    assert "region.imc" not in version.provenance


def test_nobody_types_them(alice: User, document_id: uuid.UUID) -> None:
    result = save(alice, document_id, age=12)
    assert result.refused == {"region.age": "Cette valeur est calculée : elle suit les réponses dont elle dépend"}
    assert not AnswerChange.objects.filter(version__document_id=document_id).exists()


def test_in_rows_too(alice: User, document_id: uuid.UUID) -> None:
    values = {"region.cures.du": "2026-01-01", "region.cures.au": "2026-01-22", "region.cures.duree": 99}
    added = documents.add_row(actor=alice, document_id=document_id, group_key="region.cures", values=values)
    path = f"region.cures/{added.added_rows['region.cures']}/region.cures.duree"
    assert added.refused == {}
    assert added.calculated == {path: 21}
    documents.remove_row(
        actor=alice, document_id=document_id, group_key="region.cures", row_id=path.split("/")[1], base=added.revision
    )
    assert path not in current(document_id).provenance


def test_two_people_never_conflict_on_them(alice: User, bob: User, document_id: uuid.UUID) -> None:
    save(alice, document_id, poids="70", taille=175)
    base = current(document_id).revision
    theirs = documents.save_answers(actor=bob, document_id=document_id, changes=[Change("region.taille", 180, base)], editor="b")
    mine = documents.save_answers(actor=alice, document_id=document_id, changes=[Change("region.poids", "80", base)], editor="a")
    assert (theirs.conflicts, mine.conflicts) == ([], [])
    assert current(document_id).answers["region.imc"] == "24.7"


def test_the_history_says_that_they_are_calculated(alice: User, document_id: uuid.UUID) -> None:
    save(alice, document_id, jour="2026-03-28")
    assert ("Âge au traitement (valeur calculée)", "47\u00a0ans") in [
        (line.label, line.after) for line in documents.document_history(alice, document_id)
    ]


def test_a_corrected_identity_is_read_again_before_validation(
    alice: User, bob: User, document_id: uuid.UUID, patient_id: uuid.UUID, legal_texts: None
) -> None:
    save(alice, document_id, jour="2026-03-28")
    fill_document(alice, document_id)
    revision = current(document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    Patient.objects.filter(pk=patient_id).update(birth_date="1969-03-28")
    with pytest.raises(documents.Stale):
        documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision)
    version = current(document_id)
    assert version.answers["region.age"] == 57
    assert not Contributor.objects.filter(version=version, user=bob).exists(), "who only read is no author"
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=version.revision)
    Patient.objects.filter(pk=patient_id).update(birth_date="1979-03-28")
    assert current(document_id).answers["region.age"] == 57


def test_a_stranger_changes_nothing(charlie: User, document_id: uuid.UUID) -> None:
    with pytest.raises(documents.DocumentNotFound):
        documents.validate_document(actor=charlie, document_id=document_id, expected_revision=0)


def test_defaults_calculate_from_the_start(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> None:
    publish_with(
        Question("region.a", "A", "integer", default=2),
        Question("region.b", "B", "integer", default=3),
        Question("region.c", "C", "integer", calculation=Calculation("somme", ("region.a", "region.b"))),
    )
    made = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    version = current(made)
    assert version.answers["region.c"] == 5
    assert version.provenance["region.c"]["origin"] == "calcul"


def test_they_leave_with_the_narrative(alice: User, document_id: uuid.UUID) -> None:
    save(alice, document_id, jour="2026-03-28", poids="70", taille=175)
    snapshot = documents.preview_snapshot(alice, document_id, as_of=timezone.now())
    assert {key: snapshot.answers[key] for key in ("region.age", "region.imc")} == {"region.age": 47, "region.imc": "22.9"}
