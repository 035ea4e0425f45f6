"""Comparing two identities: where they contradict each other, whether they are the same, whether they look alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dcc.contracts.snapshots import IdentityTraits
from dcc.patients.characters import fits_list
from dcc.patients.traits import Identity
from dcc.patients.words import letters, near

TOLERANT_LENGTH = 8


def conflicts(a: IdentityTraits, b: IdentityTraits) -> Sequence[str]:
    """Fields on which two identities contradict each other; an absent place or list of names contradicts nothing."""
    found = [name for name in ("birth_name", "sex", "birth_date") if getattr(a, name) != getattr(b, name)]
    if not _same_first_name(a, b):
        found.append("first_given_name")
    if (
        a.given_names
        and b.given_names
        and not (fits_list(a.given_names, b.given_names) or fits_list(b.given_names, a.given_names))
    ):
        found.append("given_names")
    if a.birth_place_code and b.birth_place_code and a.birth_place_code != b.birth_place_code:
        found.append("birth_place_code")
    return found


def alike(a: Identity, b: Identity) -> bool:
    """Whether two identities are near enough for a person to look before creating a second one.

    Same birth date and near or exchanged names (a used name counts as a name); or same names and a birth date with one slip (one
    part wrong, or day and month exchanged).
    """
    x, y = a.traits, b.traits
    if x.birth_date == y.birth_date:
        straight = _any_near(_last_names(a), _last_names(b)) and _near_first_names(x, y)
        exchanged = _near_names(x.birth_name, y.first_given_name) and _near_names(x.first_given_name, y.birth_name)
        return straight or exchanged
    return letters(x.birth_name) == letters(y.birth_name) and _near_first_names(x, y) and near_dates(x.birth_date, y.birth_date)


def _last_names(identity: Identity) -> list[str]:
    return [name for name in (identity.traits.birth_name, identity.used_name) if name]


def _any_near(first: list[str], second: list[str]) -> bool:
    return any(_near_names(a, b) for a in first for b in second)


def near_dates(a: str, b: str) -> bool:
    """Whether two full ISO dates differ by one part, or by day and month exchanged."""
    first, second = a.split("-"), b.split("-")
    same = [x == y for x, y in zip(first, second, strict=False)]
    return sum(same) == 2 or (first[0] == second[0] and first[1:] == second[:0:-1])


def _same_first_name(a: IdentityTraits, b: IdentityTraits) -> bool:
    """JEAN and JEAN-CLAUDE agree when the list of the first says JEAN CLAUDE: INSi gives no hyphen (ins.md §1.5)."""
    if letters(a.first_given_name) == letters(b.first_given_name):
        return True
    lists = [(a.first_given_name, b), (b.first_given_name, a)]
    return any(other.given_names and fits_list(first, other.given_names) for first, other in lists)


def _near_first_names(a: IdentityTraits, b: IdentityTraits) -> bool:
    if _same_first_name(a, b) or _near_names(a.first_given_name, b.first_given_name):
        return True
    return a.first_given_name in b.given_names.split() or b.first_given_name in a.given_names.split()


def _near_names(a: str, b: str) -> bool:
    x, y = letters(a), letters(b)
    return x == y or near(x, y, slips=2 if min(len(x), len(y)) >= TOLERANT_LENGTH else 1)


def age(birth_date: str, on: date) -> int | None:
    """Completed years on a day; nothing when the birth date is not a calendar date (INSi may give such dates)."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
