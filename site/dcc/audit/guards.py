"""Guards: triggers that make the database itself refuse to change what must not change, on SQLite and on PostgreSQL.

A room lists its guards once and says so when it is ready; they are put in place after every ``migrate``, so that a table copied
by a migration never stays bare::

    GUARDS = (
        Guard("documents_version_update", "documents_documentversion", "UPDATE", MESSAGE,
              lambda equal: f"OLD.validated_at IS NOT NULL AND NOT ({same(FROZEN, equal)})"),
    )

    class DocumentsConfig(AppConfig):
        def ready(self) -> None:
            keep_guarded(self, GUARDS)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

Moment = Literal["INSERT", "UPDATE", "DELETE", "TRUNCATE"]


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: on ``moment`` of a row of ``table`` (or of the whole table, for TRUNCATE), refuse when the condition holds.

    ``condition`` gets the NULL-safe equality operator of the database and answers SQL on ``OLD`` and ``NEW``.
    """

    name: str
    table: str
    moment: Moment
    message: str
    condition: Callable[[str], str] = lambda _: "1 = 1"


_KEPT: dict[str, Sequence[Guard]] = {}


def keep_guarded(app: AppConfig, guards: Sequence[Guard], *, labels: Collection[str] = ()) -> None:
    """Keep these guards in place from now on: put after every ``migrate``, lifted while a migration of their tables runs.

    The tables are those of ``app``, or of the applications ``labels``. SQLite alters a table by copying it, which a trigger in
    place would refuse or lose.
    """
    _KEPT[app.label] = guards
    touched = set(labels) or {app.label}

    def lift(using: str, plan: list[Any], **_: object) -> None:
        if any(migration.app_label in touched for migration, _backwards in plan):
            remove(guards, using)

    def put(using: str, **_: object) -> None:
        install(guards, using)

    pre_migrate.connect(lift, sender=app, weak=False, dispatch_uid=f"{app.label}.guards.lift")
    post_migrate.connect(put, sender=app, weak=False, dispatch_uid=f"{app.label}.guards.put")


def lift_all(using: str = "default") -> None:
    """Take every guard away, for a test database that is about to be emptied; :func:`put_all` puts them back."""
    for guards in _KEPT.values():
        remove(guards, using)


def put_all(using: str = "default") -> None:
    """Put every guard in its place."""
    for guards in _KEPT.values():
        install(guards, using)


def same(columns: Sequence[str], equal: str) -> str:
    """SQL: these columns keep their values."""
    return " AND ".join(f'NEW."{c}" {equal} OLD."{c}"' for c in columns)


def install(guards: Sequence[Guard], using: str = "default") -> None:
    """Put guards in place, whatever was there; tables that do not exist (yet) are passed over.

    Raises ``NotImplementedError`` on a database that is neither SQLite nor PostgreSQL.
    """
    connection = connections[using]
    if connection.vendor not in _BUILDERS:
        raise NotImplementedError(f"Les gardes de la base ne sont pas écrites pour {connection.vendor}")
    remove(guards, using)
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in tables:
                for statement in _BUILDERS[connection.vendor](guard):
                    cursor.execute(statement)


def remove(guards: Sequence[Guard], using: str = "default") -> None:
    """Take guards away: for a migration of their table, and for tests that play the intruder or empty the tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in tables:
                on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on_table}")


def _sqlite(guard: Guard) -> list[str]:
    if guard.moment == "TRUNCATE":
        return []  # SQLite has no TRUNCATE: emptying a table is a DELETE of each row
    message = guard.message.replace("'", "''")
    return [
        f"CREATE TRIGGER {guard.name} BEFORE {guard.moment} ON {guard.table} FOR EACH ROW "
        f"WHEN {guard.condition('IS')} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    ]


def _postgresql(guard: Guard) -> list[str]:
    message = guard.message.replace("'", "''").replace("%", "%%")
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    if guard.moment == "TRUNCATE":
        body, each = f"BEGIN {refuse} END", "STATEMENT"
    else:
        kept = "OLD" if guard.moment == "DELETE" else "NEW"
        body = f"BEGIN IF {guard.condition('IS NOT DISTINCT FROM')} THEN {refuse} END IF; RETURN {kept}; END"
        each = "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.moment} ON {guard.table} FOR EACH {each} EXECUTE FUNCTION {guard.name}()",
    ]


_BUILDERS: dict[str, Callable[[Guard], list[str]]] = {"sqlite": _sqlite, "postgresql": _postgresql}
