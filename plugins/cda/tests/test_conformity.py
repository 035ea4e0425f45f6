"""Minimal, typical and maximal documents, and parts of them, against the official rules and our own: zero means zero."""

from __future__ import annotations

import random
from typing import Any

import pytest

from forms_config.schema.samples import Kind
from plugins.cda.api import N1, N3, encode
from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.conformance.checker import Checker, Report, check_content, checker_of
from plugins.cda.conformance.kit import Kit
from plugins.cda.tests.documents import PDF, PROVISIONAL, answers_of, make_document
from plugins.cda.tests.test_round_trip import KINDS
from tests.fixtures import kit_dir

pytestmark = pytest.mark.kit


@pytest.fixture(scope="module")
def checker() -> Checker:
    """The rules of the kit, compiled once."""
    return checker_of(Kit(kit_dir(), "kit"))


def checked(tree: DocumentTree, answers: dict[str, Any], checker: Checker, **changes: Any) -> Report:
    """What the rules say of these answers, written."""
    return check_content(encode(tree, make_document(answers, **changes), PDF), checker, strict=True)


@pytest.mark.parametrize("status", ["complete", "valide"])
@pytest.mark.parametrize("kind", KINDS)
def test_level_three_has_no_finding(kind: Kind, status: str, checker: Checker) -> None:
    report = checked(N3, answers_of(kind), checker, status=status)
    assert report.volet == "FRCP 2025.01"
    assert len(report.schemas) == 6
    assert [finding.message for finding in report.findings] == []


@pytest.mark.parametrize("kind", KINDS)
def test_level_one_has_no_finding(kind: Kind, checker: Checker) -> None:
    report = checked(N1, answers_of(kind), checker)
    assert len(report.schemas) == 5
    assert [finding.message for finding in report.findings] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_unqualified_identity_and_no_validation_have_no_finding(kind: Kind, checker: Checker) -> None:
    report = checked(N3, answers_of(kind), checker, patient=PROVISIONAL, legal_authenticator=None, status="en_cours")
    assert [finding.message for finding in report.findings] == []


HEADER = ("frcp.rcp.", "frcp.participants.coordonnateur")
"""What the rules want in the header and cannot be said to be unknown: the identifiers, sector and date of the meeting."""


@pytest.mark.parametrize("seed", range(6))
def test_documents_with_answers_missing_have_no_finding(seed: int, checker: Checker) -> None:
    """A document « complété » travels before it is validated: what is not answered is written as unknown, not left out."""
    chance = random.Random(seed)  # noqa: S311  (repeatable, not secret)
    answers = {key: value for key, value in answers_of("maximal").items() if key.startswith(HEADER) or chance.random() < 0.5}
    for value in answers.values():
        for row in value if isinstance(value, list) else ():
            if "values" in row:
                row["values"] = {key: item for key, item in row["values"].items() if chance.random() < 0.6} or row["values"]
    report = checked(N3, answers, checker, status="complete")
    assert [finding.message for finding in report.findings] == []


def test_an_empty_draft_lacks_only_what_the_directory_gives(checker: Checker) -> None:
    report = checked(N3, {}, checker, status="en_cours")
    assert {finding.code for finding in report.findings} <= {
        "schematron.Entete_FRCP",
        "schematron.template-1.2.250.1.213.1.1.1.1-2017-12-13T103531",
        "schematron.template-1.2.250.1.213.1.1.1.1-2017-12-13T103531-closed",
    }
    assert not [finding for finding in report.findings if finding.source == "XSD"]
