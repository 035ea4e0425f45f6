"""What a plugin has to say on a page of somebody's work; fetched after the page, which never waits for it; and in the help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

Page = Literal["accueil", "patient", "document", "validation", "envois"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader is, and who it is; the page was opened already, so he may read what it is about."""

    page: Page
    user_id: UUID
    patient_id: UUID | None = None
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing said, in French; ``url`` and ``action`` lead to the one gesture that helps, a post when ``posts``."""

    words: str
    level: Literal["info", "success", "warning"] = "info"
    url: str = ""
    action: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Notices:
    """What is to be said now; ``pending`` when more comes within seconds, so that the page asks again."""

    lines: Sequence[Notice] = ()
    pending: bool = False


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page of a plugin that the help leads to: its title, a sentence, the name of its address."""

    title: str
    words: str
    url_name: str


class NoticeSource(Protocol):
    """Says what concerns a page. Fast and without network; it may start work that goes on elsewhere."""

    def notices(self, place: Place) -> Notices:
        """What there is to say; raises nothing that is not a bug."""
