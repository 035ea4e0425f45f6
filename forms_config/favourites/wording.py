"""The words a favourite is found by, folded once when it is written. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from forms_config.schema.values import display


def folded(text: str) -> list[str]:
    """The words of a text, without case, accents nor punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split()


def search_words(*texts: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Every word of the texts and of the rows once, each after a space: « \N{SPACE}fec\N{SPACE}adjuvant »."""
    told = [*texts, *(display(value) for row in rows for value in row.values())]
    return "".join(f" {word}" for word in dict.fromkeys(word for text in told for word in folded(text)))
