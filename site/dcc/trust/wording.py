"""Terms of use as they are laid out: headings and paragraphs of a plain text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADING = "## "


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, or a paragraph."""

    text: str
    is_heading: bool = False


def blocks(body: str) -> Sequence[Block]:
    """The blocks of a text: parted by an empty line, « ## » opens a heading."""
    parts = [part for part in body.split("\n\n") if part]
    return [Block(part.removeprefix(HEADING), part.startswith(HEADING)) for part in parts]
