"""A PPS written then read gives the same answers, the same header and the FRCP it follows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from forms_config.schema.samples import Kind
from plugins.cda.tests.documents import FOLLOWED, make_pps, pps_answers_of, read, written_pps
from plugins.cda.tests.strategies import PPS_ANSWERS
from plugins.cda.tests.test_round_trip import CALM, KINDS, assert_read_back, campaign
from tests.proofs.recorder import Proof


def assert_same(answers: dict[str, Any]) -> None:
    assert_read_back(answers, written_pps(answers))


@pytest.mark.parametrize("kind", KINDS)
def test_samples_come_back_as_they_were(kind: Kind) -> None:
    assert_same(pps_answers_of(kind))


@given(PPS_ANSWERS)
@settings(max_examples=25, deadline=None, suppress_health_check=CALM)
def test_generated_answers_come_back_as_they_were(answers: dict[str, Any]) -> None:
    assert_same(answers)


@pytest.mark.prove
def test_two_thousand_generated_answers_come_back_as_they_were(proof: Proof) -> None:
    figures = campaign(PPS_ANSWERS, assert_same)
    proof.record(issue=4, title="Aller-retour sémantique du PPS : réponses, CDA N3, réponses", figures=figures)


def test_the_header_comes_back_and_names_the_frcp() -> None:
    document = make_pps(pps_answers_of("typical"))
    header = read(written_pps(pps_answers_of("typical"))).header
    assert (header.document_type, header.volet_version, header.status) == ("pps", "2025.01", "valide")
    assert (header.set_id, header.version_number, header.title) == (document.set_id, 2, document.title)
    assert header.legal_authenticator == document.legal_authenticator
    assert header.reference is not None
    assert (header.reference.document_type, header.reference.identifier) == ("frcp", FOLLOWED.identifier)
