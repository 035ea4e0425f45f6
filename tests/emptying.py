"""Emptying the database after a test with transactions of its own, in a tenth of what Django's ``flush`` takes.

``flush`` empties every table, some hundred and fifty, then writes again what ``migrate`` brings after each run: a content type of
each model and the permissions of each. Here only tables with rows are emptied, and these two are left as they are. The guards,
which refuse that rows are deleted, are lifted before and put back after.

On PostgreSQL the server goes on with what a killed process asked it: whoever writes is waited for, else its rows come after.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections, transaction

LEFT = ("django_content_type", "auth_permission")
"""What ``migrate`` writes after each run, the same each time."""
WAIT_SECONDS = 30
"""How long who still writes is waited for; then the database says which table is held."""


def empty(using: str = "default") -> None:
    """Leave no row in any table but those of ``LEFT``, and every guard in its place."""
    from dcc.audit.guards import lift_all, put_all

    connection = connections[using]
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in names if name not in LEFT]
    asked = (f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {name})" for place, name in enumerate(tables))  # noqa: S608  (our tables)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        lift_all(using)
        cursor.execute(" UNION ALL ".join(asked))
        for (place,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {tables[place]}")  # noqa: S608  (our tables)
    put_all(using)


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_by_us() -> None:
    """Where Django would flush."""
    from django.test import TransactionTestCase

    def teardown(self: Any) -> None:
        for using in self._databases_names(include_mirrors=False):
            empty(using)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]  # pytest-django has no setting for it
