"""What the journal agrees to carry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from dcc.audit.facts import UnfitFact, check_facts, check_labels

AN_ID = UUID("11111111-2222-3333-4444-555555555555")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (12, 12),
        ("provisoire", "provisoire"),
        ("frcp.tumeur.topographie", "frcp.tumeur.topographie"),
        ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.8"),
        ("", ""),
        (AN_ID, "11111111-2222-3333-4444-555555555555"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (["a", "b"], ["a", "b"]),
        ({"b", "a"}, ["a", "b"]),
    ],
    ids=lambda v: type(v).__name__,
)
def test_ids_and_codes_are_kept(value: object, kept: object) -> None:
    assert check_facts({"fact": value}) == {"fact": kept}


@pytest.mark.parametrize(
    "value",
    [
        "Adénocarcinome",
        "deux mots",
        "ligne\nautre",
        "x" * 121,
        1.5,
        2**60,
        {"family": "X"},
        b"octets",
        ["a", ["b"]],
        ["x"] * 61,
        range(3),
    ],
    ids=lambda v: type(v).__name__,
)
def test_anything_else_is_refused_without_quoting_it(value: object) -> None:
    with pytest.raises(UnfitFact) as refusal:
        check_facts({"fact": value})
    assert "'fact'" in str(refusal.value)
    assert "Adénocarcinome" not in str(refusal.value)


def test_bulk_is_refused() -> None:
    with pytest.raises(UnfitFact, match="2000"):
        check_facts({f"fact_{letter}": "y" * 120 for letter in "abcdefghijklmnopqrst"})


@pytest.mark.parametrize("name", ["Fact", "fact-name", "f" * 41, "", "é"])
def test_names_of_facts_are_plain(name: str) -> None:
    with pytest.raises(UnfitFact):
        check_facts({name: 1})


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        ("opened", "patient:1"),
        ("Patient.opened", "patient:1"),
        ("patient.opened!", "patient:1"),
        (f"patient.{'o' * 60}", "patient:1"),
        ("patient.opened", "patient"),
        ("patient.opened", "patient:"),
        ("patient.opened", "patient:a b"),
        ("patient.opened", "patient:" + "1" * 101),
    ],
)
def test_labels_have_a_shape(action: str, subject: str) -> None:
    with pytest.raises(UnfitFact):
        check_labels(action, subject)
    check_labels("patient.opened", "patient:1")
