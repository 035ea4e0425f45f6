"""What points to a patient and follows him in a merge: each room says what it holds, when it starts.

A room above this one, or a plugin, whose table names a patient writes in the ``ready`` of its application::

    from dcc.patients.merging.api import Rows, hold

    hold(Rows("ins.answer", "réponses du téléservice INSi", lambda: Answer.objects.all()))

``Rows`` is enough for a column ``patient`` (or another one: ``column="patient_id"``) without a constraint on it; else write a
:class:`Holder`. A test holds every table that names a patient to it, or to a written reason (decision 0266).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise


class Holder(Protocol):
    """What a room holds of a patient, in one table."""

    @property
    def key(self) -> str:
        """A name for ever, under which a merge remembers what it moved: ``<room>.<thing>``."""

    @property
    def title(self) -> str | Promise:
        """What it is, in French, plural: « documents »."""

    @property
    def model(self) -> type[Model]:
        """The table."""

    def count(self, patient_id: UUID) -> int:
        """How many there are, for a preview."""

    def remarks(self, kept_id: UUID, absorbed_id: UUID) -> Sequence[str]:
        """What somebody should know before he merges, in French."""

    def move(self, absorbed_id: UUID, kept_id: UUID) -> Sequence[Any]:
        """Move everything to the kept patient; returns, in JSON values, what :meth:`give_back` needs."""

    def give_back(self, moved: Sequence[Any], kept_id: UUID, absorbed_id: UUID) -> None:
        """Undo :meth:`move`. What came since stays with the kept patient unless it belongs to what goes back."""


@dataclass(frozen=True)
class Rows:
    """The rows of a table that name a patient in one column.

    ``once`` names what a patient may have once, among the rows that ``among`` selects: where both have it, the row of the
    absorbed one stays where it is.
    """

    key: str
    title: str | Promise
    rows: Callable[[], QuerySet[Any]]
    column: str = "patient"
    once: tuple[str, ...] | None = None
    among: Q = field(default_factory=Q)

    @property
    def model(self) -> type[Model]:
        model: type[Model] = self.rows().model
        return model

    def of(self, patient_id: UUID) -> QuerySet[Any]:
        """The rows of one patient."""
        return self.rows().filter(**{self.column: patient_id})

    def count(self, patient_id: UUID) -> int:
        return self.of(patient_id).count()

    def remarks(self, kept_id: UUID, absorbed_id: UUID) -> Sequence[str]:
        return ()

    def move(self, absorbed_id: UUID, kept_id: UUID) -> Sequence[Any]:
        moving = self.of(absorbed_id)
        if self.once is not None:
            held = {tuple(row) for row in self.of(kept_id).filter(self.among).values_list("pk", *self.once).order_by()}
            theirs = {key[1:] for key in held}
            unique = self.of(absorbed_id).filter(self.among).values_list("pk", *self.once).order_by()
            moving = moving.exclude(pk__in=[row[0] for row in unique if row[1:] in theirs])
        ids = list(moving.order_by("pk").values_list("pk", flat=True))
        self.rows().filter(pk__in=ids).update(**{self.column: kept_id})
        return [str(pk) if isinstance(pk, UUID) else pk for pk in ids]

    def give_back(self, moved: Sequence[Any], kept_id: UUID, absorbed_id: UUID) -> None:
        self.of(kept_id).filter(pk__in=moved).update(**{self.column: absorbed_id})


_HELD: dict[str, Holder] = {}


def hold(holder: Holder) -> None:
    """Make what a room holds follow its patients; twice the same key is a bug of the caller (``ValueError``)."""
    if holder.key in _HELD and _HELD[holder.key] != holder:
        raise ValueError(f"{holder.key} is held already")
    _HELD[holder.key] = holder


def holders() -> Iterable[Holder]:
    """What moves, in the order in which rooms said it: from the bottom of the house upwards."""
    return tuple(_HELD.values())


def move_all(absorbed_id: UUID, kept_id: UUID) -> Mapping[str, Sequence[Any]]:
    """Move what every room holds; returns what moved, by key."""
    return {holder.key: list(holder.move(absorbed_id, kept_id)) for holder in holders()}


def give_back_all(moved: Mapping[str, Sequence[Any]], kept_id: UUID, absorbed_id: UUID) -> None:
    """Give back what moved, the other way round; what a room no longer holds (a plugin that left) stays where it is."""
    for holder in reversed(tuple(holders())):
        if holder.key in moved:
            holder.give_back(moved[holder.key], kept_id, absorbed_id)
