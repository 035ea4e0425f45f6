"""Minimal, typical and maximal PPS, and parts of them, against the official rules and our own: zero means zero."""

from __future__ import annotations

import random
from typing import Any

import pytest

from forms_config.schema.samples import Kind
from plugins.cda.api import PPS_N1, PPS_N3, encode
from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.conformance.checker import Checker, Report, check_content, checker_of
from plugins.cda.conformance.kit import Kit
from plugins.cda.tests.documents import PDF, PROVISIONAL, make_pps, pps_answers_of
from plugins.cda.tests.test_round_trip import KINDS
from tests.fixtures import kit_dir

pytestmark = pytest.mark.kit


@pytest.fixture(scope="module")
def checker() -> Checker:
    """The rules of the kit, compiled once."""
    return checker_of(Kit(kit_dir(), "kit"))


def checked(tree: DocumentTree, answers: dict[str, Any], checker: Checker, **changes: Any) -> Report:
    """What the rules say of these answers, written."""
    return check_content(encode(tree, make_pps(answers, **changes), PDF), checker, strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_level_three_has_no_finding(kind: Kind, checker: Checker) -> None:
    report = checked(PPS_N3, pps_answers_of(kind), checker)
    assert report.volet == "PPS 2025.01"
    assert len(report.schemas) == 6
    assert [finding.message for finding in report.findings] == []


@pytest.mark.parametrize("kind", KINDS)
def test_level_one_has_no_finding(kind: Kind, checker: Checker) -> None:
    report = checked(PPS_N1, pps_answers_of(kind), checker)
    assert len(report.schemas) == 5
    assert [finding.message for finding in report.findings] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_unqualified_identity_and_no_validation_have_no_finding(kind: Kind, checker: Checker) -> None:
    report = checked(PPS_N3, pps_answers_of(kind), checker, patient=PROVISIONAL, legal_authenticator=None, status="en_cours")
    assert [finding.message for finding in report.findings] == []


@pytest.mark.parametrize("number", range(5))
def test_documents_with_answers_missing_have_no_finding(number: int, checker: Checker) -> None:
    """A PPS « en cours » travels before it is validated: what is not answered is written as unknown, or left out."""
    chance = random.Random(number)  # noqa: S311  (repeatable, not secret)
    answers = {key: value for key, value in pps_answers_of("maximal").items() if chance.random() < 0.5}
    for value in answers.values():
        for row in value if isinstance(value, list) else ():
            kept = {key: item for key, item in row["values"].items() if key.endswith(".type") or chance.random() < 0.6}
            row["values"] = kept or row["values"]
    report = checked(PPS_N3, answers, checker, status="en_cours")
    assert [finding.message for finding in report.findings] == []


def test_an_empty_draft_has_no_finding(checker: Checker) -> None:
    report = checked(PPS_N3, {}, checker, status="en_cours")
    assert [finding.message for finding in report.findings] == []
