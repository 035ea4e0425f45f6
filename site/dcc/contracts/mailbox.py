"""Secure-mail boxes of professionals and structures, as a directory knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

BoxType = Literal["PER", "ORG", "APP", "CAB"]
"""Types of box: of a person, of a structure, of an application, of a practice (mss_hl7.md §4)."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A box: whose it is (national identifiers, either may be empty), and whether its address may be shown (« liste rouge »)."""

    address: str
    type: BoxType
    holder: str
    practitioner: str = ""
    structure: str = ""
    service: str = ""
    unlisted: bool = False


class MailboxSource(Protocol):
    """Knows the boxes of professionals and structures."""

    def mailboxes(self, *, practitioner: str = "", structure: str = "") -> Sequence[Mailbox]:
        """Boxes of a professional (RPPS as in ``professional`` values), a structure (FINESS), or one in the other; best first."""
