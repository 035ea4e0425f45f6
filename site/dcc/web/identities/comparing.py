"""Two identities side by side, trait by trait and letter by letter. Pure: the patients room says which traits contradict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.patients import api as patients
from dcc.web.identities.letters import Run, spelled
from dcc.web.identity import SEXES, grouped
from dcc.web.words import Sign
from forms_config.schema.dates import french

STRICT = ("birth_name", "first_given_name", "given_names", "sex", "birth_date", "birth_place_code")
FIELDS = (*STRICT, "birth_place_name", "used_name", "used_given_name", "ins")
ASIDE = frozenset({"birth_place_name", "used_name", "used_given_name"})
"""Shown because they help a person to decide; no rule compares them."""

SAME = Sign(_("identique"), "check", "good")
DIFFERS = Sign(_("diffère"), "warning", "bad", _("Ce trait contredit l'autre identité"))
NEAR = Sign(_("écrit autrement"), "info", "info", _("Les deux écritures ne se contredisent pas"))
ABSENT = Sign(_("d'un seul côté"), "question", "", _("Un trait absent ne contredit rien"))
NOT_COMPARED = Sign(_("n'entre pas en compte"), "info", "", _("Montré pour aider à décider ; aucune règle ne le compare"))


@dataclass(frozen=True, slots=True)
class Row:
    """One trait on both sides: in runs of letters, the finding, and in words what differs."""

    label: str
    left: Sequence[Run]
    right: Sequence[Run]
    finding: Sign | None
    said: str = ""

    @property
    def differs(self) -> bool:
        """Whether the trait is a contradiction."""
        return self.finding is DIFFERS

    @property
    def aside(self) -> bool:
        """Whether the trait is shown beside those that are compared."""
        return self.label in (patients.FIELD_LABELS[name] for name in ASIDE)


@dataclass(frozen=True, slots=True)
class Side:
    """An identity as it is compared: its traits, used names and matricule."""

    traits: IdentityTraits
    used_name: str = ""
    used_given_name: str = ""
    ins: InstanceId | None = None


def side_of(snapshot: PatientSnapshot) -> Side:
    """The side of a picture of a patient."""
    return Side(snapshot.traits, snapshot.used_name, snapshot.used_given_name, snapshot.ins)


def compared(left: Side, right: Side | None, differing: Collection[str]) -> Sequence[Row]:
    """The traits that either identity has; without the right one (not the reader's to see), those of the left alone."""
    rows = []
    for name in FIELDS:
        one, other = _words(left, name), _words(right, name) if right else ""
        if one or other:
            spelling = spelled(one, other)
            rows.append(
                Row(
                    patients.FIELD_LABELS[name],
                    spelling.left,
                    spelling.right,
                    _finding(name, one, other, differing) if right or name in differing else None,
                    spelling.said,
                )
            )
    return rows


def _finding(name: str, one: str, other: str, differing: Collection[str]) -> Sign:
    if name in differing:
        return DIFFERS
    if one == other:
        return SAME
    if name in ASIDE:
        return NOT_COMPARED
    return NEAR if one and other else ABSENT


def _words(side: Side, name: str) -> str:
    if name == "ins":
        return grouped(side.ins.extension or "") if side.ins else ""
    value: Any = getattr(side, name) if name in ("used_name", "used_given_name") else getattr(side.traits, name)
    if name == "sex":
        return str(SEXES.get(value, value))
    return french(value) if name == "birth_date" else str(value or "")
