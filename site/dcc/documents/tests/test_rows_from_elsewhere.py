"""Rows of answers that come from elsewhere are compared with those of here by what they say, not by their names."""

from __future__ import annotations

import pytest

from dcc.documents import api as documents

HERE = [{"id": "a", "values": {"x": 1}}, {"id": "b", "values": {"x": 2}}]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ([1, 2], ["a", "b"]),
        ([2, 1], ["b", "a"]),
        ([1, 3], ["a", "b"]),
        ([3, 1, 4], ["b", "a", "2"]),
        ([2, 2], ["b", "a"]),
        ([], []),
    ],
)
def test_rows_take_the_names_of_those_of_here(said: list[int], names: list[str]) -> None:
    rows = [{"id": str(place), "values": {"x": value}} for place, value in enumerate(said)]
    named = documents.with_rows_named({"rows": rows, "text": "t"}, {"rows": HERE})
    assert [row["id"] for row in named["rows"]] == names
    assert [row["values"]["x"] for row in named["rows"]] == said
    assert named["text"] == "t"


def test_rows_that_are_new_here_keep_their_names() -> None:
    rows = [{"id": "z", "values": {"x": 1}}]
    assert documents.with_rows_named({"rows": rows}, {}) == {"rows": rows}
