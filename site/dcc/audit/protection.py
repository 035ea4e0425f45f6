"""Triggers that make the two tables append-only inside the database itself, on SQLite and on PostgreSQL.

A row may be written once and sealed once; it may leave only when its segment is marked as purged; a segment may only be marked as
purged. Put in place after every ``migrate`` (:mod:`.apps`), so that a copied table never stays bare.
"""

from __future__ import annotations

from django.db import connections

MESSAGE = "journal d'audit : ajout seulement"
_CONTENT = ("id", "at", "actor_id", "action", "subject", "patient_id", "facts")
_SEAL = ("number", "sealed_at", "first_at", "last_at", "count", "previous", "digest", "key_id", "signature")
_TRIGGERS = (
    ("audit_entry_update", "audit_entry"),
    ("audit_entry_delete", "audit_entry"),
    ("audit_segment_update", "audit_segment"),
    ("audit_segment_delete", "audit_segment"),
)
_TRUNCATE = (("audit_entry_truncate", "audit_entry"), ("audit_segment_truncate", "audit_segment"))


def _same(columns: tuple[str, ...], equal: str) -> str:
    return " AND ".join(f'NEW."{c}" {equal} OLD."{c}"' for c in columns)


def _conditions(equal: str) -> dict[str, str]:
    """When each trigger refuses; ``equal`` is the NULL-safe equality of the database."""
    return {
        "audit_entry_update": f"NOT (OLD.segment_id IS NULL AND NEW.segment_id IS NOT NULL AND {_same(_CONTENT, equal)})",
        "audit_entry_delete": (
            "NOT EXISTS (SELECT 1 FROM audit_segment s WHERE s.number = OLD.segment_id AND s.purged_at IS NOT NULL)"
        ),
        "audit_segment_update": f"NOT (OLD.purged_at IS NULL AND NEW.purged_at IS NOT NULL AND {_same(_SEAL, equal)})",
        "audit_segment_delete": "1 = 1",
    }


def _sqlite() -> list[str]:
    quoted = MESSAGE.replace("'", "''")
    conditions = _conditions("IS")
    return [
        f"CREATE TRIGGER {name} BEFORE {name.rpartition('_')[2].upper()} ON {table} FOR EACH ROW "
        f"WHEN {conditions[name]} BEGIN SELECT RAISE(ABORT, '{quoted}'); END"
        for name, table in _TRIGGERS
    ]


def _postgresql() -> list[str]:
    quoted = MESSAGE.replace("'", "''")
    conditions = _conditions("IS NOT DISTINCT FROM")
    refuse = f"RAISE EXCEPTION '{quoted}' USING ERRCODE = 'integrity_constraint_violation';"
    statements = []
    for name, table in _TRIGGERS:
        moment = name.rpartition("_")[2].upper()
        body = f"BEGIN IF {conditions[name]} THEN {refuse} END IF; RETURN {'NEW' if moment == 'UPDATE' else 'OLD'}; END"
        statements.append(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$")
        statements.append(f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    for name, table in _TRUNCATE:
        statements.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {refuse} END $body$"
        )
        statements.append(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
    return statements


def protect(using: str = "default") -> None:
    """Put the triggers in place, whatever was there. Raises ``NotImplementedError`` on another database."""
    connection = connections[using]
    builders = {"sqlite": _sqlite, "postgresql": _postgresql}
    if connection.vendor not in builders:
        raise NotImplementedError(f"Le journal d'audit ne sait pas protéger une base {connection.vendor}")
    if not {"audit_entry", "audit_segment"} <= set(connection.introspection.table_names()):
        return
    lift_protection(using)
    with connection.cursor() as cursor:
        for statement in builders[connection.vendor]():
            cursor.execute(statement)


def lift_protection(using: str = "default") -> None:
    """Take the triggers away: for a migration of this room, and for tests that play the intruder or empty the tables."""
    connection = connections[using]
    if not {"audit_entry", "audit_segment"} <= set(connection.introspection.table_names()):
        return
    on_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, table in (*_TRIGGERS, *_TRUNCATE):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if on_table else ""))
