"""Reading, writing and undoing changes of answers."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dcc.documents.edits import Edit, read, rewind, touches, write

KEYS = ("a", "b")
ROWS = ("r1", "r2", "r3")
COLUMNS = ("g.x", "g.y")


def test_a_value_is_written_read_and_erased() -> None:
    answers = write({}, "a", 1)
    assert answers == {"a": 1}
    assert read(answers, "a") == 1
    assert write(answers, "a", None) == {}


def test_writing_leaves_the_original_untouched() -> None:
    answers: dict[str, Any] = {"g": [{"id": "r1", "values": {"g.x": 1}}]}
    changed = write(answers, "g/r1/g.x", 2)
    assert read(answers, "g/r1/g.x") == 1
    assert read(changed, "g/r1/g.x") == 2


def test_a_row_comes_at_its_position_and_goes() -> None:
    answers = write({}, "g/r1", {"values": {}, "position": 0})
    answers = write(answers, "g/r2", {"values": {"g.x": 1}, "position": 0})
    assert [row["id"] for row in answers["g"]] == ["r2", "r1"]
    assert read(answers, "g/r2") == {"values": {"g.x": 1}, "position": 0}
    assert write(write(answers, "g/r1", None), "g/r2", None) == {}


def test_touches() -> None:
    assert touches("a", "a")
    assert touches("g/r1", "g/r1/g.x")
    assert touches("g/r1/g.x", "g/r1")
    assert not touches("g/r1/g.x", "g/r1/g.y")
    assert not touches("g/r1", "g/r10/g.x")


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[str, Any]]:
    return draw(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(KEYS), st.one_of(st.none(), st.integers(0, 9))),
                st.tuples(
                    st.sampled_from([f"g/{row}" for row in ROWS]),
                    st.one_of(st.none(), st.builds(lambda p: {"values": {}, "position": p}, st.integers(0, 2))),
                ),
                st.tuples(st.sampled_from([f"g/{row}/{c}" for row in ROWS for c in COLUMNS]), st.integers(0, 9)),
            ),
            max_size=25,
        )
    )


@given(_steps())
def test_rewinding_gives_back_every_past_state(steps: list[tuple[str, Any]]) -> None:
    answers: dict[str, Any] = {}
    states, edits = [answers], list[Edit]()
    for path, value in steps:
        if path.count("/") == 2 and read(answers, path.rpartition("/")[0]) is None:
            continue
        before = read(answers, path)
        if path.count("/") == 1 and before is not None and value is not None:
            continue  # a row that exists is not created again
        answers = write(answers, path, value)
        edits.append(Edit(len(edits) + 1, path, before, value))
        states.append(answers)
    for revision, state in enumerate(states):
        assert rewind(answers, edits[revision:]) == state
