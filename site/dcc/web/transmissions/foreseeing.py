"""What validation will send by itself, and what will wait for what: shown before somebody validates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcc.exchange.api import RecipientLine


@dataclass(frozen=True, slots=True)
class AtValidation:
    """Recipients to whom the document will leave at once, then those for whom it will wait, under what it waits for."""

    leaving: Sequence[RecipientLine]
    waiting: Sequence[tuple[str, Sequence[RecipientLine]]]

    def __bool__(self) -> bool:
        return bool(self.leaving or self.waiting)


def at_validation(lines: Sequence[RecipientLine]) -> AtValidation:
    """From the recipients of a document, as the exchange room foresees them."""
    automatic = [line for line in lines if line.at_validation]
    waiting: dict[str, list[RecipientLine]] = {}
    for line in automatic:
        if line.at_validation_words:
            waiting.setdefault(line.at_validation_words, []).append(line)
    return AtValidation([line for line in automatic if not line.at_validation_words], list(waiting.items()))
