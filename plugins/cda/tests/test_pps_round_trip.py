"""A PPS written then read gives the same answers, the same header and the FRCP it follows."""

from __future__ import annotations

from typing import Any

import pytest

from forms_config.schema.answers import without_row_ids
from forms_config.schema.samples import Kind
from plugins.cda.tests.documents import FOLLOWED, make_pps, pps_answers_of, read, written_pps
from plugins.cda.tests.test_round_trip import KINDS


def assert_same(answers: dict[str, Any]) -> None:
    result = read(written_pps(answers))
    expected, found = without_row_ids(answers), without_row_ids(result.answers)
    assert {key: found.get(key) for key in expected} == expected
    assert set(found) == set(expected)
    assert not [finding.message for finding in result.findings]
    assert not [part.title for part in result.unknown_parts]


@pytest.mark.parametrize("kind", KINDS)
def test_samples_come_back_as_they_were(kind: Kind) -> None:
    assert_same(pps_answers_of(kind))


def test_the_header_comes_back_and_names_the_frcp() -> None:
    document = make_pps(pps_answers_of("typical"))
    header = read(written_pps(pps_answers_of("typical"))).header
    assert (header.document_type, header.volet_version, header.status) == ("pps", "2025.01", "valide")
    assert (header.set_id, header.version_number, header.title) == (document.set_id, 2, document.title)
    assert header.legal_authenticator == document.legal_authenticator
    assert header.reference is not None
    assert (header.reference.document_type, header.reference.identifier) == ("frcp", FOLLOWED.identifier)
