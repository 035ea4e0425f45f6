"""After a test with transactions of its own no row is left, and the guards are in their place."""

from __future__ import annotations

import time
from threading import Event, Thread
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction

from dcc.audit.models import Entry
from dcc.audit.tests.acts import write
from tests.emptying import LEFT, empty

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_row_goes_but_what_migrate_brings(validated_frcp_id: UUID) -> None:
    assert Entry.objects.exists()
    permissions = set(Permission.objects.values_list("pk", flat=True))
    empty()
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]
    left = {model._meta.db_table for model in models if model._base_manager.exists()}
    assert left <= set(LEFT)
    assert set(Permission.objects.values_list("pk", flat=True)) == permissions != set()


def test_guards_are_put_back() -> None:
    empty()
    write()
    with pytest.raises(DatabaseError):
        Entry.objects.all()._raw_delete("default")
    assert Entry.objects.count() == 1


def test_who_still_writes_is_waited_for() -> None:
    """As the server goes on for a process that was killed; a table without guards, since lifting them would wait by itself."""
    written = Event()

    def write_slowly() -> None:
        with transaction.atomic():
            Group.objects.create(name="late")
            written.set()
            time.sleep(0.3)
        connection.close()

    writer = Thread(target=write_slowly)
    writer.start()
    assert written.wait(60)
    empty()
    writer.join()
    assert not Group.objects.exists()
