"""A PPS written then read gives the same answers, the same header and the FRCP it follows."""

from __future__ import annotations

from typing import Any

from forms_config.schema.answers import without_row_ids
from plugins.cda.tests.documents import FOLLOWED, make_pps, pps_answers_of, read, written_pps


def assert_same(answers: dict[str, Any]) -> None:
    result = read(written_pps(answers))
    expected, found = without_row_ids(answers), without_row_ids(result.answers)
    assert {key: found.get(key) for key in expected} == expected
    assert set(found) == set(expected)
    assert not [finding.message for finding in result.findings]
    assert not [part.title for part in result.unknown_parts]


def test_the_minimal_sample_comes_back_as_it_was() -> None:
    assert_same(pps_answers_of("minimal"))


def test_the_header_comes_back_and_names_the_frcp() -> None:
    document = make_pps(pps_answers_of("typical"))
    header = read(written_pps(pps_answers_of("typical"))).header
    assert (header.document_type, header.volet_version, header.status) == ("pps", "2025.01", "valide")
    assert (header.set_id, header.version_number, header.title) == (document.set_id, 2, document.title)
    assert header.legal_authenticator == document.legal_authenticator
    assert header.reference is not None
    assert (header.reference.document_type, header.reference.identifier) == ("frcp", FOLLOWED.identifier)
