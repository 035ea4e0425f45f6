"""Lines of the worklist of identities, of all that waits for a person, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dcc.accounts import api as accounts
from dcc.patients.merging import api as merging
from dcc.web.identity import name_of
from dcc.web.words import Sign
from forms_config.schema.dates import french

KINDS: Mapping[str, Sign] = {
    "doublon": Sign(_("Doublon possible"), "people", "warn", _("Deux dossiers sont peut-être ceux d'une même personne")),
}
"""Kinds of lines, the gravest first."""


@dataclass(frozen=True, slots=True)
class Line:
    """What waits: of whom, why, since when, and where to settle it."""

    kind: str
    name: str
    birth: str
    status: str
    why: Any
    since: datetime
    url: str
    other: str = ""

    @property
    def sign(self) -> Sign:
        """The badge of its kind."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Filter:
    """A kind with how many lines it has."""

    kind: str
    sign: Sign
    count: int


def lines_for(actor: accounts.User) -> Sequence[Line]:
    """All that waits for the actor, the gravest kind first, then the oldest."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(_duplicates(actor), key=lambda line: (order[line.kind], line.since))


def counted(lines: Sequence[Line]) -> Sequence[Filter]:
    """The kinds that have lines."""
    counts = {kind: sum(line.kind == kind for line in lines) for kind in KINDS}
    return [Filter(kind, KINDS[kind], count) for kind, count in counts.items() if count]


def _duplicates(actor: accounts.User) -> Sequence[Line]:
    return [
        Line(
            "doublon",
            name_of(pair.first),
            french(pair.first.traits.birth_date),
            pair.first.status,
            pair.words,
            pair.at,
            reverse("web:duplicate", args=[pair.alert_id]),
            other=f"{name_of(pair.second)}, {french(pair.second.traits.birth_date)}",
        )
        for pair in merging.duplicates(actor)
    ]
