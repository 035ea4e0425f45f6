"""Lines of the worklist of identities, of all that waits for a person, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dcc.accounts import api as accounts
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.identity import name_of
from dcc.web.words import Sign
from forms_config.schema.dates import french

KINDS: Mapping[str, Sign] = {
    "rapprocher": Sign(_("À rapprocher"), "people", "bad", _("Une identité reçue contredit une identité connue")),
    "doublon": Sign(_("Doublon possible"), "people", "warn", _("Deux dossiers sont peut-être ceux d'une même personne")),
    "confirmation": Sign(_("Traits d'INSi à confirmer"), "question", "warn", _("INSi a trouvé : comparer, puis décider")),
    "justificatif": Sign(_("Justificatif à contrôler"), "shield", "warn", _("Les traits se valident sur une pièce d'identité")),
    "correction": Sign(_("INSi ne trouve pas"), "search", "warn", _("Traits à vérifier sur pièce")),
    "doute": Sign(_("Doute à lever"), "warning", "warn", _("Identité douteuse ou fictive")),
    "insi": Sign(_("Attend INSi"), "clock", "info", _("INSi n'a pas encore répondu")),
    "clause": Sign(_("Attend la clause"), "lock", "info", _("Reprend d'elle-même dès que la clause de confiance est présente")),
}
"""Kinds of lines, the gravest first."""


@dataclass(frozen=True, slots=True)
class Line:
    """What waits: of whom, why, since when, and where to settle it."""

    kind: str
    name: Any
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
    return sorted([*_stuck(actor), *_duplicates(actor)], key=lambda line: (order[line.kind], line.since))


def counted(lines: Sequence[Line]) -> Sequence[Filter]:
    """The kinds that have lines."""
    counts = {kind: sum(line.kind == kind for line in lines) for kind in KINDS}
    return [Filter(kind, KINDS[kind], count) for kind, count in counts.items() if count]


def _stuck(actor: accounts.User) -> Sequence[Line]:
    """Questions, and qualifications that stand still; what waits for two files to be compared is among the duplicates."""
    return [
        Line(
            todo.kind,
            _("%(name)s %(given)s") % {"name": todo.traits.birth_name, "given": todo.traits.first_given_name},
            french(todo.traits.birth_date),
            todo.status,
            todo.fault or KINDS[todo.kind].help,
            todo.since,
            reverse("web:reconciliation" if todo.kind == "rapprocher" else "web:identity", args=[todo.id]),
        )
        for todo in patients.to_do(actor)
        if todo.kind in KINDS
    ]


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
