"""What plugins have to say on a page of somebody's work, fetched once the page is there (:mod:`dcc.contracts.notices`)."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from dcc.contracts.notices import Notice, NoticeSource, Place
from dcc.contracts.registry import current
from dcc.security.api import frames_of

log = logging.getLogger("dcc.web.notices")

SIGNS = {"info": ("info", "info"), "success": ("good", "check"), "warning": ("warn", "warning")}
"""Tone and icon by level."""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is shown."""

    notice: Notice
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is said now; ``pending`` when the page asks again; ``token`` names what was said, so that nothing is said twice."""

    lines: tuple[Line, ...]
    pending: bool
    token: str


def address_of(name: str, subject_id: UUID | None = None, *, query: str = "") -> str:
    """Where a page asks for its notices; empty when no plugin has any, and the page then has no place for them."""
    if not current().keys(NoticeSource):
        return ""
    return reverse(f"web:{name}", args=[subject_id] if subject_id else []) + query


def told_at(place: Place) -> Told:
    """What every source says there, in order of registration; one that fails is logged, and the others are shown."""
    notices: list[Notice] = []
    pending = False
    for key in current().keys(NoticeSource):
        source = current().find(NoticeSource, key)
        try:
            found = source.notices(place) if source is not None else None
        except Exception as error:  # noqa: BLE001  (a plugin may fail in any way; the page goes on without it)
            log.error("notices of %s: %s, by way of %s", key, type(error).__name__, " ".join(frames_of(error)))
            continue
        if found is not None:
            notices += found.lines
            pending = pending or found.pending
    lines = tuple(Line(notice, *SIGNS[notice.level]) for notice in notices)
    return Told(lines, pending, hashlib.sha256(repr((notices, pending)).encode()).hexdigest()[:16])
