"""Whatever somebody who can lift the triggers does to a sealed journal shows."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from dcc.audit import api, chain
from dcc.audit.models import Entry, Segment
from dcc.audit.protection import lift_protection, protect
from dcc.audit.tests.acts import sql, write
from dcc.audit.verification import sealed_part

Attack = Callable[[list[int]], None]


def _alter(column: str, value: object) -> Attack:
    statement = f"UPDATE audit_entry SET {column} = %s WHERE id = %s"  # noqa: S608  (columns are listed below)
    return lambda numbers: sql(statement, value, numbers[2])


def _remove(index: int) -> Attack:
    return lambda numbers: sql("DELETE FROM audit_entry WHERE id = %s", numbers[index])


def _swap(numbers: list[int]) -> None:
    """Two rows exchange their places in the segment."""
    sql("UPDATE audit_entry SET position = 99 WHERE id = %s", numbers[0])
    sql("UPDATE audit_entry SET position = 1 WHERE id = %s", numbers[1])
    sql("UPDATE audit_entry SET position = 2 WHERE id = %s", numbers[0])


def _forge(numbers: list[int]) -> None:
    """A row altered by somebody who knows how digests are made, but has no key."""
    entry = Entry.objects.get(pk=numbers[0])
    row = chain.Row(entry.pk, entry.at, uuid.UUID(int=7), entry.action, entry.subject, entry.patient_id, entry.facts, entry.kind)
    sql("UPDATE audit_entry SET actor_id = %s, digest = %s WHERE id = %s", row.actor_id.hex, chain.row_digest(row), row.id)  # type: ignore[union-attr]  # just set
    segment = Segment.objects.get(number=1)
    digests = Entry.objects.filter(segment=1).order_by("position").values_list("digest", flat=True)
    digest = chain.segment_digest(sealed_part(segment), digests)
    sql("UPDATE audit_segment SET digest = %s WHERE number = 1", digest)
    sql("UPDATE audit_segment SET previous = %s WHERE number = 2", digest)


def _fake_purge(numbers: list[int]) -> None:
    sql("UPDATE audit_segment SET purged_at = sealed_at, purge_signature = signature, purge_key_id = key_id WHERE number = 1")
    sql("DELETE FROM audit_entry WHERE segment_id = 1")


def _drop_segment(numbers: list[int]) -> None:
    sql("DELETE FROM audit_entry WHERE segment_id = 1")
    sql("DELETE FROM audit_segment WHERE number = 1")


def _move(numbers: list[int]) -> None:
    """A row goes to the end of another segment."""
    sql("UPDATE audit_entry SET segment_id = 2, position = 9 WHERE id = %s", numbers[0])


def _insert(numbers: list[int]) -> None:
    sql(
        "INSERT INTO audit_entry (at, kind, action, subject, facts, segment_id, position, digest)"
        " SELECT at, kind, action, subject, facts, 1, 99, digest FROM audit_entry WHERE id = %s",
        numbers[0],
    )


def _alter_segment(column: str, value: object) -> Attack:
    return lambda _numbers: sql(f"UPDATE audit_segment SET {column} = %s WHERE number = 1", value)  # noqa: S608  (listed below)


def _swap_seals(numbers: list[int]) -> None:
    """Two segments exchange their signatures."""
    first, second = Segment.objects.filter(number__in=[1, 2]).order_by("number").values_list("signature", flat=True)
    sql("UPDATE audit_segment SET signature = %s WHERE number = 1", second)
    sql("UPDATE audit_segment SET signature = %s WHERE number = 2", first)


def _swap_segments(numbers: list[int]) -> None:
    """Two whole segments exchange their places in the chain."""
    sql("UPDATE audit_segment SET number = 99, previous = digest WHERE number = 1")
    sql("UPDATE audit_segment SET number = 1 WHERE number = 2")
    sql("UPDATE audit_segment SET number = 2 WHERE number = 99")


def _soon_expired(numbers: list[int]) -> None:
    """Rows of care are given a kind that is kept for less long, consistently in all three places."""
    sql("UPDATE audit_entry SET kind = 'exploitation' WHERE segment_id = 1")
    sql("UPDATE audit_segment SET kind = 'exploitation' WHERE number = 1")


def _empty(numbers: list[int]) -> None:
    """A segment that says that it never held anything."""
    sql("DELETE FROM audit_entry WHERE segment_id = 1")
    sql("UPDATE audit_segment SET count = 0 WHERE number = 1")


ATTACKS: dict[str, Attack] = {
    "actor": _alter("actor_id", uuid.UUID(int=9).hex),
    "action": _alter("action", "patient.closed"),
    "subject": _alter("subject", "patient:other"),
    "patient": _alter("patient_id", uuid.UUID(int=9).hex),
    "facts": _alter("facts", '{"n": 7}'),
    "kind": _alter("kind", "exploitation"),
    "kind of before": _alter("kind", "mixte"),
    "position": _alter("position", 98),
    "time": _alter("at", "2020-01-01 00:00:00+00:00"),
    "digest": _alter("digest", "0" * 64),
    "first row removed": _remove(0),
    "middle row removed": _remove(1),
    "last row removed": _remove(3),
    "rows swapped": _swap,
    "row moved": _move,
    "row added": _insert,
    "forged without the key": _forge,
    "purge without the key": _fake_purge,
    "segment removed": _drop_segment,
    "seals swapped": _swap_seals,
    "segments swapped": _swap_segments,
    "segment of another kind": _soon_expired,
    "segment emptied": _empty,
    **{
        f"segment: {column}": _alter_segment(column, value)
        for column, value in {
            "kind": "exploitation",
            "sealed_at": "2020-01-01 00:00:00+00:00",
            "first_at": "2020-01-01 00:00:00+00:00",
            "last_at": "2020-01-01 00:00:00+00:00",
            "count": 3,
            "previous": "0" * 64,
            "digest": "0" * 64,
            "key_id": "0" * 16,
            "signature": "0" * 64,
            "purged_at": "2020-01-01 00:00:00+00:00",
        }.items()
    },
}


def test_every_column_is_attacked() -> None:
    """A column that is added must be sealed, or say here why not."""
    unsealed = {"segment", "id", "purge_key_id", "purge_signature"}  # moved, removed, or of the purge: see the attacks by name
    columns = {field.name for model in (Entry, Segment) for field in model._meta.concrete_fields} - {"number"}
    told = {"actor": "actor_id", "patient": "patient_id", "time": "at"}
    attacked = {told.get(name, name).removeprefix("segment: ") for name in ATTACKS}
    assert columns - attacked == unsealed


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_intruder_who_lifts_the_triggers_is_seen(db: None, attack: Attack) -> None:
    numbers = write(4) + write(2)
    api.seal(rows_per_segment=4)
    write(3, action="session.opened")
    api.seal()
    assert api.verify() == []
    lift_protection()
    attack(numbers)
    protect()
    assert api.verify(), "the intruder was not seen"


def test_a_cut_tail_is_seen_by_who_kept_the_head(db: None) -> None:
    write(4)
    api.seal(rows_per_segment=2)
    kept = api.head()
    lift_protection()
    sql("DELETE FROM audit_entry WHERE segment_id = 2")
    sql("DELETE FROM audit_segment WHERE number = 2")
    protect()
    assert api.verify() == []
    assert [b.segment for b in api.verify(expected_head=kept)] == [2]
