"""The test database is migrated once: who comes first makes it and leaves a copy, every other process starts from the copy.

All the migrations take some fifteen seconds of processor, in each process of pytest-xdist and again in each run. A copy belongs
to the bytes of every migration: another set of migrations makes another copy. ``migrate`` still runs on a copy, finds nothing to
do, and brings what it brings after each run (permissions, guards). Copies are kept in the temporary folder of the machine on
SQLite (the newest ``KEPT``), as a database beside the others on PostgreSQL; a fresh machine, as continuous integration, has none.
"""

from __future__ import annotations

import fcntl
import getpass
import inspect
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import pytest

KEPT = 6
START_FROM = "DCC_TEST_START_FROM"
"""Variable of the environment: on SQLite, the copy that another one, with more plugins, is made from."""


class Copy(Protocol):
    """A copy of the migrated database: of a file on SQLite, a template on PostgreSQL."""

    def exists(self) -> bool:
        """Whether somebody left it."""

    def use(self) -> None:
        """Make the next test database from it."""

    def leave(self) -> None:
        """Make it from the test database."""


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[Any]:
    """Around pytest-django's making of the databases."""
    if fixturedef.argname != "django_db_setup":
        return (yield)
    with request.getfixturevalue("django_db_blocker").unblock(), migrated_once():
        return (yield)


@contextmanager
def migrated_once() -> Iterator[None]:
    """Around the making of the test databases: from the copy, or, for who comes first, by the migrations and into the copy."""
    from django.db import connection

    from dcc.audit.guards import lift_all, put_all

    folder = copies()
    folder.mkdir(mode=0o700, exist_ok=True)
    key = migrations_digest()
    copy: Copy = FileCopy(folder / f"{key}.sqlite3") if connection.vendor == "sqlite" else TemplateCopy(template_name(key))
    with _alone(folder / f"{key}.{connection.vendor}.lock"):
        if not copy.exists():
            if START_FROM in os.environ:
                FileCopy(Path(os.environ[START_FROM])).use()
            yield
            lift_all()  # ``migrate`` puts those of the day: a copy must not keep one that was renamed or removed since
            copy.leave()
            put_all()
            return
    copy.use()
    yield


def copies() -> Path:
    """The folder of the copies of this machine."""
    return Path(tempfile.gettempdir()) / f"oncodcc-test-databases-{getpass.getuser()}"


def template_name(key: str) -> str:
    """The database that is the copy of a set of migrations, on PostgreSQL."""
    return f"oncodcc_{key}"


def start_from_copy(path: Path) -> None:
    """Put the copy where another SQLite database shall be, if somebody left it: its ``migrate`` then has little to do."""
    copy = copies() / f"{migrations_digest()}.sqlite3"
    if copy.exists():
        shutil.copyfile(copy, path)


def copy_to_start_from() -> dict[str, str]:
    """The environment of another process of tests, with more plugins than this one: it migrates what is theirs only."""
    copy = copies() / f"{migrations_digest()}.sqlite3"
    return {START_FROM: str(copy)} if copy.exists() else {}


def migrations_digest() -> str:
    """What the copy depends on: every migration of every application, by its content."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    digest = sha256(repr(("without guards", sorted(apps.app_configs))).encode())
    for name, migration in sorted(loader.disk_migrations.items()):
        digest.update(repr(name).encode() + Path(inspect.getfile(type(migration))).read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


class FileCopy:
    """On SQLite: a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether somebody left it; the oldest, which :meth:`leave` forgets, is the one not used for longest."""
        try:
            os.utime(self.path)
        except FileNotFoundError:
            return False
        return True

    def use(self) -> None:
        """Django makes an empty file: the copy takes its place."""
        from django.db import connection

        creation: Any = connection.creation  # private names: no setting of Django's does it for SQLite
        make = creation._create_test_db

        def copied(*args: Any, **kwargs: Any) -> str:
            name: str = make(*args, **kwargs)
            shutil.copyfile(self.path, name)
            return name

        creation._create_test_db = copied

    def leave(self) -> None:
        """Write it aside and put it in its place at once, whole; forget those not used for longest."""
        from django.db import connection

        partial = self.path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        partial.rename(self.path)
        for old in sorted(self.path.parent.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink()


class TemplateCopy:
    """On PostgreSQL: a database that is the template of the others."""

    def __init__(self, name: str) -> None:
        self.name = name

    def exists(self) -> bool:
        """Whether somebody left it."""
        with _server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            return cursor.fetchone() is not None

    def use(self) -> None:
        """Django knows the setting."""
        from django.db import connection

        connection.settings_dict["TEST"]["TEMPLATE"] = self.name

    def leave(self) -> None:
        """A database is copied while nobody is connected to it."""
        from django.db import connection

        connection.close()
        with _server() as cursor:
            cursor.execute(f'CREATE DATABASE {self.name} TEMPLATE "{connection.settings_dict["NAME"]}"')


def _server() -> Any:
    """A cursor on the PostgreSQL server, in no database of ours."""
    from django.db import connection

    creation: Any = connection.creation
    return creation._nodb_cursor()
