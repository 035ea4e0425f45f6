"""Writing, sealing, verifying, purging; and everything an intruder could do to the tables."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from dcc.audit import api, chain
from dcc.audit.models import Entry, Segment
from dcc.audit.protection import lift_protection, protect
from dcc.audit.tests.acts import PATIENT, sql, write


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
    api.record(actor=None, action="journal.purged", subject="job:seal")
    (trace,) = api.traces(patient_id=PATIENT)
    assert (trace.actor_id, trace.action, trace.subject) == (alice.pk, "patient.opened", f"patient:{PATIENT}")
    assert (trace.facts, trace.sealed) == ({"via": "search", "n": 3}, False)
    assert abs(trace.at - timezone.now()) < timedelta(seconds=10)
    assert [t.action for t in api.traces()] == ["journal.purged", "patient.opened"]
    assert api.traces(actor_id=alice.pk, subject="job:seal") == []


def test_an_action_that_is_not_in_the_table_is_refused(db: None) -> None:
    with pytest.raises(api.UnknownAction, match=r"dcc\.audit\.actions"):
        api.record(actor=None, action="patient.looked_at", subject="patient:1")
    assert not Entry.objects.exists()


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
    call_command("audit", "purge", "--dry-run", stdout=out)
    assert out.getvalue().startswith("3 trace(s) scellée(s)\n1:")
    assert "Journal intact" in out.getvalue()
    assert out.getvalue().endswith("0 trace(s) purgée(s)\n0 trace(s) à purger\n")
    lift_protection()
    sql("UPDATE audit_entry SET action = 'x.y' WHERE position = 2")
    errors = StringIO()
    with pytest.raises(CommandError, match="pas intact"):
        call_command("audit", "verify", stderr=errors)
    assert "segment 1, trace" in errors.getvalue()


def test_the_worker_is_told_to_seal_and_purge() -> None:
    from dcc.contracts.capabilities import ScheduledJob
    from dcc.contracts.registry import current

    jobs = {key: current().find(ScheduledJob, key) for key in ("audit.seal", "audit.purge", "audit.watch")}
    assert {key: job.every for key, job in jobs.items() if job} == {
        "audit.seal": timedelta(seconds=5),
        "audit.purge": timedelta(days=1),
        "audit.watch": timedelta(minutes=5),
    }
