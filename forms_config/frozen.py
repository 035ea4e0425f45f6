"""Triggers that keep published things as they are, inside the database itself, on SQLite and on PostgreSQL.

A frozen row is never deleted, and only the columns named here may change. Put in place after every ``migrate`` (:mod:`.apps`),
because SQLite alters a table by copying it and would leave the copy bare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.db import connections

FROZEN: Mapping[str, tuple[str, ...]] = {
    "forms_config.FormVersion": (),
    "legal.LegalTextVersion": (),
    "terminology.ValueSetVersion": ("effective_to",),
}
"""Frozen models, and the columns of theirs that may still change."""

MESSAGE = "version publiée : ni modification ni suppression"


def protect(using: str = "default") -> None:
    """Put the triggers in place, whatever was there. Raises ``NotImplementedError`` on another database."""
    lift_protection(using)
    connection = connections[using]
    builders = {"sqlite": _sqlite, "postgresql": _postgresql}
    if connection.vendor not in builders:
        raise NotImplementedError(f"Versions publiées : base {connection.vendor} non prise en charge")
    with connection.cursor() as cursor:
        for table, columns in _present(using).items():
            for statement in builders[connection.vendor](table, columns):
                cursor.execute(statement)


def lift_protection(using: str = "default") -> None:
    """Take the triggers away: for a migration of these tables, and for tests that empty them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in _present(using):
            for moment in ("update", "delete"):
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{moment}{on_table}")


def _present(using: str) -> dict[str, Sequence[str]]:
    """Frozen columns by table, for the tables that exist."""
    there = set(connections[using].introspection.table_names())
    found: dict[str, Sequence[str]] = {}
    for label, mutable in FROZEN.items():
        meta = apps.get_model(label)._meta
        if meta.db_table in there:
            found[meta.db_table] = [field.column for field in meta.local_concrete_fields if field.column not in mutable]
    return found


def _changed(columns: Sequence[str], differs: str) -> str:
    return " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in columns)


def _sqlite(table: str, columns: Sequence[str]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN {_changed(columns, 'IS NOT')} {refuse}",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
    ]


def _postgresql(table: str, columns: Sequence[str]) -> list[str]:
    refuse = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'"
    function = (
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {refuse}; END $body$"
    )
    run = f"FOR EACH ROW {{when}}EXECUTE FUNCTION {table}_frozen()"
    when = f"WHEN ({_changed(columns, 'IS DISTINCT FROM')}) "
    return [
        function,
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {run.format(when=when)}",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {run.format(when='')}",
    ]
