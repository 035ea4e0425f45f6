"""A sentence begins with a capital, and no letter becomes another one."""

import pytest

from dcc.contracts.care.sentences import sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("consultation", "Consultation"),
        ("échographie", "Échographie"),
        ("IRM", "IRM"),
        ("", ""),
        ("ı", "ı"),
        ("ß", "ß"),
        ("12", "12"),
    ],
)
def test_the_first_letter(text: str, said: str) -> None:
    assert sentence(text) == said
