"""Writing, sealing, verifying, purging; and everything an intruder could do to the tables."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from dcc.audit import api, chain
from dcc.audit.models import Entry, Segment
from dcc.audit.protection import lift_protection, protect

PATIENT = uuid.UUID("aaaaaaaa-0000-0000-0000-000000000001")


def write(count: int = 1, **facts: object) -> list[int]:
    with transaction.atomic():
        return [
            api.record(actor=None, action="patient.opened", subject=f"patient:{PATIENT}", patient_id=PATIENT, n=n, **facts)
            for n in range(count)
        ]


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))


@pytest.mark.django_db(transaction=True)
def test_a_trace_needs_the_transaction_of_its_fact() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        api.record(actor=None, action="patient.opened", subject="patient:1")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_trace_dies_with_its_fact() -> None:
    with transaction.atomic():
        api.record(actor=None, action="patient.opened", subject="patient:1")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_a_trace_says_who_did_what_to_what(alice: AbstractUser) -> None:
    api.record(actor=alice, action="patient.opened", subject=f"patient:{PATIENT}", patient_id=PATIENT, via="search", n=3)
    api.record(actor=None, action="job.ended", subject="job:seal")
    (trace,) = api.traces(patient_id=PATIENT)
    assert (trace.actor_id, trace.action, trace.subject) == (alice.pk, "patient.opened", f"patient:{PATIENT}")
    assert (trace.facts, trace.sealed) == ({"via": "search", "n": 3}, False)
    assert abs(trace.at - timezone.now()) < timedelta(seconds=10)
    assert [t.action for t in api.traces()] == ["job.ended", "patient.opened"]
    assert api.traces(actor_id=alice.pk, subject="job:seal") == []


def test_an_unfit_fact_writes_nothing(db: None) -> None:
    with pytest.raises(api.UnfitFact):
        write(nom="DUPONT DE LA MARE")
    assert not Entry.objects.exists()


def test_sealing_chains_segments(db: None) -> None:
    write(5)
    assert api.seal(rows_per_segment=2) == 5
    assert api.seal() == 0
    segments = list(Segment.objects.all())
    assert [(s.number, s.count) for s in segments] == [(0, 0), (1, 2), (2, 2), (3, 1)]
    assert [s.previous for s in segments[1:]] == [s.digest for s in segments[:-1]]
    assert segments[0].digest == chain.ORIGIN
    assert api.head() == (3, segments[-1].digest)
    assert api.verify() == []


def test_an_empty_journal_is_whole(db: None) -> None:
    assert api.head() == (0, chain.ORIGIN)
    assert api.verify() == []
    assert api.seal() == 0


def test_a_row_that_commits_late_is_sealed_later(db: None) -> None:
    """Its number is below the sealed maximum: the sealer must not go by « the highest number seen »."""
    write(4)
    numbers = list(Entry.objects.values_list("pk", flat=True))
    late = Entry.objects.get(pk=numbers[1])
    lift_protection()
    Entry.objects.filter(pk=late.pk).delete()
    protect()
    assert api.seal() == 3
    late.save(force_insert=True)
    assert api.seal() == 1
    late.refresh_from_db()
    assert (late.segment_id, late.position) == (2, 1)
    assert api.verify() == []


def test_every_fact_survives_the_database(db: None) -> None:
    """The digest is computed on what is read back: nothing may change on the way, on any database."""
    write(2, code="a/b:c+d|e@f-g", none=None, yes=True, big=2**53 - 1, codes=["x", 1, None])
    api.seal()
    assert api.verify() == []


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
    row = chain.Row(entry.pk, entry.at, uuid.UUID(int=7), entry.action, entry.subject, entry.patient_id, entry.facts)
    sql("UPDATE audit_entry SET actor_id = %s, digest = %s WHERE id = %s", row.actor_id.hex, chain.row_digest(row), row.id)  # type: ignore[union-attr]  # just set
    segment = Segment.objects.get(number=1)
    digests = Entry.objects.filter(segment=1).order_by("position").values_list("digest", flat=True)
    digest = chain.segment_digest(1, segment.previous, segment.sealed_at, digests)
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
        "INSERT INTO audit_entry (at, action, subject, facts, segment_id, position, digest)"
        " SELECT at, action, subject, facts, 1, 99, digest FROM audit_entry WHERE id = %s",
        numbers[0],
    )


ATTACKS: dict[str, Attack] = {
    "actor": _alter("actor_id", uuid.UUID(int=9).hex),
    "action": _alter("action", "patient.closed"),
    "subject": _alter("subject", "patient:other"),
    "patient": _alter("patient_id", uuid.UUID(int=9).hex),
    "facts": _alter("facts", '{"n": 7}'),
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
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_intruder_who_lifts_the_triggers_is_seen(db: None, attack: Attack) -> None:
    numbers = write(4) + write(2)
    api.seal(rows_per_segment=4)
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


def test_rows_the_sealer_forgot_are_told(db: None) -> None:
    write()
    lift_protection()
    Entry.objects.update(at=timezone.now() - timedelta(hours=1))
    assert [b.entry for b in api.verify()] == [Entry.objects.get().pk]
    api.seal()
    assert api.verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x.y' WHERE segment_id IS NULL",
        "UPDATE audit_entry SET action = 'x.y' WHERE segment_id IS NOT NULL",
        "UPDATE audit_entry SET position = 5 WHERE segment_id IS NOT NULL",
        "UPDATE audit_entry SET segment_id = NULL, position = NULL, digest = ''",
        "UPDATE audit_entry SET segment_id = 1, position = 77, digest = 'd', subject = 'x:1' WHERE segment_id IS NULL",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE segment_id IS NULL",
        "UPDATE audit_segment SET digest = 'x'",
        "UPDATE audit_segment SET purged_at = sealed_at, count = 0",
        "DELETE FROM audit_segment",
    ],
)
def test_the_database_itself_refuses(db: None, statement: str) -> None:
    write(2)
    api.seal()
    write()
    with pytest.raises(DatabaseError, match="ajout seulement"), transaction.atomic():
        sql(statement)
    assert Entry.objects.count() == 3
    assert api.verify() == []


def test_purge_removes_whole_expired_segments_only(db: None, settings: Settings) -> None:
    settings.DCC_AUDIT_RETENTION = timedelta(days=30)
    write(4)
    api.seal(rows_per_segment=2)
    write(1)
    soon = timezone.now() + timedelta(days=29)
    assert api.purge(now=soon) == 0
    later = timezone.now() + timedelta(days=31)
    assert api.purge(now=later) == 4
    assert api.purge(now=later) == 0
    assert [(s.number, s.purged_at is not None) for s in Segment.objects.all()] == [(0, False), (1, True), (2, True)]
    assert Entry.objects.count() == 1, "an unsealed row is never purged"
    assert api.verify() == []
    api.seal()
    assert api.verify() == []


def test_a_purged_segment_cannot_be_purged_again_nor_revived(db: None, settings: Settings) -> None:
    settings.DCC_AUDIT_RETENTION = timedelta(0)
    write(2)
    api.seal()
    api.purge(now=timezone.now() + timedelta(days=1))
    for statement in ("UPDATE audit_segment SET purged_at = NULL", "UPDATE audit_segment SET purge_signature = 'x'"):
        with pytest.raises(DatabaseError, match="ajout seulement"), transaction.atomic():
            sql(statement)


def test_keys_can_change(db: None, settings: Settings) -> None:
    write(1)
    api.seal()
    settings.DCC_AUDIT_KEY = "second"
    write(1)
    api.seal()
    assert api.verify() == []
    settings.DCC_AUDIT_KEY = "third"
    assert [b.segment for b in api.verify()] == [2], "the second key is forgotten, the derived one is not"
    settings.DCC_AUDIT_FORMER_KEYS = ["second"]
    assert api.verify() == []
    settings.SECRET_KEY = "another-" + "1" * 50
    assert [b.segment for b in api.verify()] == [0, 1]
    settings.SECRET_KEY_FALLBACKS = ["test-only-" + "0" * 50]
    assert api.verify() == []


def test_command(db: None) -> None:
    write(3)
    out = StringIO()
    call_command("audit", "seal", stdout=out)
    call_command("audit", "head", stdout=out)
    number, digest = api.head()
    call_command("audit", "verify", expect=f"{number}:{digest}", stdout=out)
    call_command("audit", "purge", stdout=out)
    assert out.getvalue().startswith("3 trace(s) scellée(s)\n1:")
    assert "Journal intact" in out.getvalue()
    lift_protection()
    sql("UPDATE audit_entry SET action = 'x.y' WHERE position = 2")
    errors = StringIO()
    with pytest.raises(CommandError, match="pas intact"):
        call_command("audit", "verify", stderr=errors)
    assert "segment 1, trace" in errors.getvalue()


def test_the_worker_is_told_to_seal_and_purge() -> None:
    from dcc.contracts.capabilities import ScheduledJob
    from dcc.contracts.registry import current

    jobs = {key: current().find(ScheduledJob, key) for key in ("audit.seal", "audit.purge")}
    assert {key: job.every for key, job in jobs.items() if job} == {
        "audit.seal": timedelta(seconds=5),
        "audit.purge": timedelta(days=1),
    }
