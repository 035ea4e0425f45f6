"""Which favourites hold codes of lists: what somebody who changes a list must know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcc.accounts import api as accounts
from forms_config.favourites.models import Favourite, Status
from forms_config.favourites.policies import Action
from forms_config.favourites.reach import may

Code = tuple[str, str]
"""A code and its coding system."""


@dataclass(frozen=True, slots=True)
class Holders:
    """Favourites that ``actor`` may see, as ``(name, place, labels of the codes held)``, and how many more there are."""

    seen: Sequence[tuple[str, str, Sequence[str]]]
    unseen: int


def holders(actor: accounts.User, codes: Collection[Code]) -> Holders:
    """The favourites in use or proposed that hold one of ``codes``; those of other persons are only counted."""
    rows = Favourite.objects.filter(status__in=[Status.APPROVED, Status.PROPOSED]).select_related("facility", "rcp")
    seen, unseen = [], 0
    for favourite in rows.iterator() if codes else ():
        labels = list(dict.fromkeys(label for code, label in _coded(favourite.rows) if code in codes))
        if labels and may(actor, Action.SEE, favourite):
            seen.append((favourite.name, favourite.place, labels))
        elif labels:
            unseen += 1
    return Holders(seen, unseen)


def _coded(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Code, str]]:
    for value in (value for row in rows for value in row.values()):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping) and "code" in item:
                yield (str(item["code"]), str(item.get("system", ""))), str(item.get("label", item["code"]))
