"""Writing then reading gives the same answers, the same header and the same identity."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

from dcc.contracts.snapshots import PatientSnapshot
from forms_config.schema.answers import without_row_ids
from forms_config.schema.samples import Kind
from plugins.cda.tests.documents import ALICE, MOMENT, PDF, PROVISIONAL, QUALIFIED, answers_of, make_document, read, written
from plugins.cda.tests.strategies import ANSWERS
from tests.proofs.recorder import Proof

KINDS: tuple[Kind, ...] = get_args(Kind)
SEED = 20260105
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]


def assert_same(answers: dict[str, Any]) -> None:
    assert_read_back(answers, written(answers))


def assert_read_back(answers: dict[str, Any], content: bytes) -> None:
    """The document says these answers and nothing else, and nothing in it is strange to us."""
    result = read(content)
    expected, found = without_row_ids(answers), without_row_ids(result.answers)
    assert {key: found.get(key) for key in expected} == expected
    assert set(found) == set(expected)
    assert not [finding.message for finding in result.findings]
    assert not [part.title for part in result.unknown_parts]


def campaign(answers: SearchStrategy[dict[str, Any]], check: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """2000 generated sets of answers, checked; the figures of the proof."""
    tried: list[int] = []

    @seed(SEED)
    @given(answers)
    @settings(max_examples=2000, deadline=None, suppress_health_check=CALM)
    def run(generated: dict[str, Any]) -> None:
        check(generated)
        tried.append(len(generated))

    run()
    assert len(tried) >= 2000
    return {
        "graine": SEED,
        "jeux de réponses engendrés, écrits, relus, égaux": len(tried),
        "questions répondues par jeu (médiane, maximum)": f"{median(tried):.0f}, {max(tried)}",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_samples_come_back_as_they_were(kind: Kind) -> None:
    assert_same(answers_of(kind))


@given(ANSWERS)
@settings(max_examples=40, deadline=None, suppress_health_check=CALM)
def test_generated_answers_come_back_as_they_were(answers: dict[str, Any]) -> None:
    assert_same(answers)


@pytest.mark.prove
def test_two_thousand_generated_answers_come_back_as_they_were(proof: Proof) -> None:
    proof.record(issue=2, title="Aller-retour sémantique : réponses, CDA N3, réponses", figures=campaign(ANSWERS, assert_same))


@pytest.mark.parametrize("patient", [QUALIFIED, PROVISIONAL], ids=["qualified", "provisional"])
def test_the_identity_comes_back(patient: PatientSnapshot) -> None:
    assert read(written(answers_of("typical"), patient=patient)).identity == patient


@pytest.mark.parametrize("status", ["en_cours", "complete", "valide", "cloture"])
def test_the_header_comes_back(status: str) -> None:
    document = make_document(answers_of("typical"), status=status)
    header = read(written(answers_of("typical"), status=status)).header
    assert (header.document_type, header.volet_version, header.status) == ("frcp", "2025.01", status)
    assert (header.set_id, header.version_number, header.title) == (document.set_id, 2, document.title)
    assert header.effective_time == MOMENT
    assert list(header.authors) == list(document.authors)
    assert header.legal_authenticator == document.legal_authenticator
    assert header.custodian == document.custodian


def test_files_come_back() -> None:
    copy, *joined = sorted(read(written(answers_of("minimal"))).files, key=lambda file: not file.is_copy)
    assert (copy.content, copy.media_type, copy.is_copy) == (PDF, "application/pdf", True)
    assert [(file.title, file.content, file.is_copy) for file in joined] == [("Compte rendu d'imagerie", PDF, False)]


def test_row_ids_are_those_of_the_file() -> None:
    content = written(answers_of("maximal"))
    assert read(content).answers == read(content).answers
    ids = [row["id"] for value in read(content).answers.values() if isinstance(value, list) for row in value if "id" in row]
    assert len(ids) == len(set(ids)) > 20


def test_a_conclusion_taken_over_by_the_author_keeps_its_own_date() -> None:
    answers = {"frcp.cro.conclusion": "Exérèse complète.", "frcp.cro.repris_par": ALICE, "frcp.cro.repris_le": "2026-01-05"}
    assert_same(answers)
    typed_in = {"frcp.cro.conclusion": "Exérèse complète."}
    assert_same(typed_in)
