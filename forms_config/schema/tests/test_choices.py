"""What a form keeps of a list."""

from __future__ import annotations

from typing import Any

import pytest

from forms_config.schema.choices import Choice, choices_from_json, choices_to_json


def test_json() -> None:
    data = [{"code": "C50.2", "label": "Sein, quadrant"}, {"code": "C50"}]
    assert choices_from_json(data) == (Choice("C50.2", "Sein, quadrant"), Choice("C50"))
    assert choices_to_json(choices_from_json(data)) == data


@pytest.mark.parametrize(("data", "words"), [
    ("C50", "Une liste de choix"),
    (["C50"], "un code et d'un libellé"),
    ([{"label": "Sein"}], "un code et d'un libellé"),
    ([{"code": " "}], "un code et d'un libellé"),
    ([{"code": 50}], "un code et d'un libellé"),
    ([{"code": "C50", "label": None}], "un code et d'un libellé"),
    ([{"code": "C50", "rank": 1}], "un code et d'un libellé"),
    ([{"code": "C50"}, {"code": "C50 "}], "deux fois"),
])  # fmt: skip
def test_what_is_no_list_of_choices(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match="choix") as caught:
        choices_from_json(data)
    assert words in str(caught.value)
