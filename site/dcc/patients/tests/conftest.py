"""INSi played, for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dcc.patients.tests.covered import FakeInsi, insi_answers


@pytest.fixture
def insi() -> Iterator[FakeInsi]:
    """A registry in which INSi answers, exactly one identity by default."""
    with insi_answers() as made:
        yield made
