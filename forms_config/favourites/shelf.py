"""The favourites of one person as a page shows them: own ones, those shared, proposals and what was answered, broken ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from dcc.accounts import api as accounts
from forms_config import api as forms
from forms_config.favourites.content import broken_because, details_of, summary
from forms_config.favourites.models import Favourite, Status
from forms_config.favourites.policies import Action, Scope
from forms_config.favourites.reach import may, within
from forms_config.schema.model import Question


@dataclass(frozen=True, slots=True)
class Card:
    """A favourite in words, with what the reader may do with it; ``problems`` say why it can no longer be inserted."""

    favourite_id: UUID
    name: str
    scope: Scope
    place: str
    group: str
    summary: str
    details: str
    owner: str
    status: str
    status_label: str
    changes: str
    note: str
    decided_by: str
    at: datetime
    edition: int
    people: int
    problems: Sequence[str]
    may_edit: bool
    may_propose: bool

    @property
    def mark(self) -> str:
        """Its id as a text, for names in pages."""
        return str(self.favourite_id)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a person has, shares, proposed, and has to decide."""

    mine: Sequence[Card]
    shared: Sequence[Card]
    proposed: Sequence[Card]
    to_decide: Sequence[Card]


def shelf(actor: accounts.User) -> Shelf:
    """The favourites that ``actor`` may see, sorted by what can be done with them."""
    reader = _Reader(actor)
    seen = _rows().filter(within(actor, Action.SEE), status=Status.APPROVED)
    proposed = _rows().filter(owner=actor, status__in=[Status.PROPOSED, Status.REFUSED]) | _rows().filter(
        owner=actor, decided_at__isnull=False
    )
    waiting = _rows().filter(within(actor, Action.APPROVE), status=Status.PROPOSED).exclude(owner=actor)
    return Shelf(
        reader.cards(seen.filter(scope=Scope.PERSONAL.value)),
        reader.cards(seen.exclude(scope=Scope.PERSONAL.value)),
        reader.cards(proposed.order_by("-changed_at")[:50]),
        reader.cards(waiting.order_by("changed_at")),
    )


def card(actor: accounts.User, favourite_id: UUID) -> Card:
    """One favourite that ``actor`` may see, proposals of one's own and to decide included; raises ``LookupError``."""
    visible = Q(owner=actor) | within(actor, Action.SEE) | within(actor, Action.APPROVE)
    favourite = _rows().filter(visible, pk=favourite_id).first()
    if favourite is None:
        raise LookupError("Ce favori n'existe pas")
    return _Reader(actor).card(favourite)


def _rows() -> Any:
    rows = Favourite.objects.select_related("owner__practitioner", "decided_by__practitioner", "facility", "rcp", "replaces")
    return rows.annotate(people=Count("uses", distinct=True))


class _Reader:
    """Makes cards; forms are read once."""

    def __init__(self, actor: accounts.User) -> None:
        self.actor = actor
        self._groups: dict[tuple[str, str], Question | None] = {}

    def cards(self, rows: Iterable[Favourite]) -> list[Card]:
        return [self.card(row) for row in rows]

    def group(self, document_type: str, key: str) -> Question | None:
        """The group in a published form."""
        if (document_type, key) not in self._groups:
            found = (form.schema.by_key.get(key) for form in forms.published_forms(document_type))
            self._groups[document_type, key] = next((group for group in found if group is not None), None)
        return self._groups[document_type, key]

    def card(self, row: Favourite) -> Card:
        group = self.group(row.document_type, row.group_key)
        approved = row.status == Status.APPROVED
        problems = broken_because(row.document_type, row.group_key, row.rows) if approved else []
        return Card(
            row.pk, row.name, Scope(row.scope), row.place, group.label if group else row.group_key,
            summary(group, row.rows) if group else "", details_of(row), str(row.owner), row.status, str(row.get_status_display()),
            row.replaces.name if row.replaces else "", row.note, str(row.decided_by or ""), row.decided_at or row.changed_at,
            row.edition, getattr(row, "people", 0), problems,
            approved and may(self.actor, Action.EDIT, row), approved and may(self.actor, Action.PROPOSE, row),
        )  # fmt: skip
