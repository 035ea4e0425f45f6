"""Kinds: segments of one kind each, their retention, rows of before kinds existed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AbstractUser
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from dcc.audit import actions, api, chain
from dcc.audit.facts import ACTION
from dcc.audit.models import Entry, Segment
from dcc.audit.purging import retentions
from dcc.audit.tests.acts import sql, write


def test_the_table_is_well_made() -> None:
    for action, line in actions.lines().items():
        assert ACTION.match(action[:60])
        assert line.words[:1].isupper(), action
        assert line.kind is not api.Kind.MIXED, "nothing is written any more without its kind"
        assert actions.words_of(action) == line.words
    assert set(actions.KIND_LABELS) == set(api.Kind)
    assert set(actions.NATURE_LABELS) == set(api.Nature)
    assert "session.opened" in actions.actions_of(kinds=[api.Kind.ACCESS], natures=[api.Nature.SESSION])
    assert actions.words_of("gone.plugin") == "gone.plugin"


def test_every_action_that_the_code_records_is_in_the_table() -> None:
    """Read in the sources, so that a forgotten line shows before the act is tried."""
    called = re.compile(r"audit\.record\((?:[^()]|\([^()]*\))*?action=f?\"([a-z_.]+)\"")
    found: set[str] = set()
    for folder in ("site", "forms_config", "rcp_directory", "plugins"):
        for source in (django_settings.BASE_DIR / folder).rglob("*.py"):
            if "tests" not in source.parts and source.name != "api.py":
                found |= set(called.findall(source.read_text()))
    found -= {"document."}  # documents.services.lifecycle: one action for each step of the state table
    assert len(found) > 30
    declared = "\n".join(source.read_text() for source in (django_settings.BASE_DIR / "plugins").glob("*/apps.py"))
    assert {action for action in found - set(actions.lines()) if f"{action}  " not in declared} == set()


def test_a_plugin_declares_its_actions() -> None:
    api.declare("trials.imported  configuration  regle  Banque des essais importée")
    with pytest.raises(ValueError, match=r"patient\.opened"):
        api.declare("patient.opened  exploitation  tache  Rien de grave")


def test_each_kind_is_sealed_in_segments_of_its_own(db: None) -> None:
    write(2)
    write(3, action="session.opened")
    write(1)
    write(1, action="form.published")
    assert api.seal() == 7
    segments = Segment.objects.filter(number__gt=0).values_list("kind", "count")
    assert sorted(segments) == [("acces", 3), ("configuration", 1), ("soins", 3)]
    assert not Entry.objects.exclude(segment__isnull=False).exists()
    assert api.verify() == []


def test_a_younger_segment_of_a_short_kind_leaves_before_an_older_one(db: None, settings: Settings, alice: AbstractUser) -> None:
    settings.DCC_AUDIT_RETENTION = {"soins": timedelta(days=900), "acces": timedelta(days=30), "journal": timedelta(days=900)}
    write(2)
    api.seal()
    write(3, action="session.opened")
    api.seal()
    write(1)
    api.seal()
    later = timezone.now() + timedelta(days=31)
    assert [(p.kind, p.rows) for p in api.purge(actor=alice, now=later)] == [(api.Kind.ACCESS, 3)]
    assert api.verify() == []
    assert [s.purged_at is not None for s in Segment.objects.order_by("number")] == [False, False, True, False]
    (trace,) = api.traces(subject="journal:acces")
    assert (trace.action, trace.actor_id, trace.facts["segments"], trace.facts["rows"]) == ("journal.purged", alice.pk, 1, 3)
    assert trace.facts["until"] == (later - timedelta(days=30)).isoformat()
    api.seal()
    assert api.verify() == []


def test_rows_of_before_kinds_stay_as_long_as_the_longest(db: None, settings: Settings) -> None:
    settings.DCC_AUDIT_RETENTION = {"soins": timedelta(days=900), "acces": timedelta(days=30)}
    assert retentions()[api.Kind.MIXED] == timedelta(days=900)
    Entry.objects.create(at=timezone.now(), action="session.opened", subject="user:1", facts={})
    api.seal()
    assert Segment.objects.get(number=1).kind == "mixte"
    assert api.purge(actor=None, now=timezone.now() + timedelta(days=31)) == []
    assert api.verify() == []


def test_what_was_sealed_before_kinds_still_verifies() -> None:
    """Digests and signature made by the code of before."""
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    row = chain.Row(7, at, UUID(int=1), "patient.opened", "patient:1", UUID(int=2), {"n": 1})
    digest = "cc862e42d6f5b69a57fb7cade15a6219941510879bbe2a779d21dd2e062c8e22"
    assert chain.row_digest(row) == digest
    sealed = chain.Sealed(3, "p" * 64, at + timedelta(seconds=1), at, at, 1)
    whole = "29e11cf0662e61454f26f67f288cb800cab151ca7e01aace2ecd9e9a0558fdc6"
    assert chain.segment_digest(sealed, [digest]) == whole
    assert chain.sign(b"key", sealed, whole) == "b4def5338e4939ea2674d1b8f39a6b561e0bf452170f2d661ca5aabe587c8879"


def test_purge_removes_whole_expired_segments_only(db: None, settings: Settings) -> None:
    settings.DCC_AUDIT_RETENTION = {"soins": timedelta(days=30), "journal": timedelta(days=30)}
    write(4)
    api.seal(rows_per_segment=2)
    write(1)
    soon = timezone.now() + timedelta(days=29)
    assert api.purge(actor=None, now=soon) == []
    later = timezone.now() + timedelta(days=31)
    assert [(p.kind, p.segments, p.rows) for p in api.expired(now=later)] == [(api.Kind.CARE, 2, 4)]
    assert api.purge(actor=None, now=later) == [api.Purged(api.Kind.CARE, 2, 4, later - timedelta(days=30))]
    assert api.purge(actor=None, now=later) == []
    assert [(s.number, s.purged_at is not None) for s in Segment.objects.all()] == [(0, False), (1, True), (2, True)]
    assert Entry.objects.filter(kind=api.Kind.CARE).count() == 1, "an unsealed row is never purged"
    assert api.verify() == []
    api.seal()
    assert api.verify() == []


def test_a_purged_segment_cannot_be_purged_again_nor_revived(db: None, settings: Settings) -> None:
    settings.DCC_AUDIT_RETENTION = {"soins": timedelta(0), "journal": timedelta(0)}
    write(2)
    api.seal()
    api.purge(actor=None, now=timezone.now() + timedelta(days=1))
    for statement in ("UPDATE audit_segment SET purged_at = NULL", "UPDATE audit_segment SET purge_signature = 'x'"):
        with pytest.raises(DatabaseError, match="ajout seulement"), transaction.atomic():
            sql(statement)
