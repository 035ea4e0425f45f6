"""What the stand-in keeps: one SQLite file, so that it answers after a restart as before."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from plugins.sandbox.dmp.ebrim import Entry

SCHEMA = """
CREATE TABLE IF NOT EXISTS lots (uuid TEXT PRIMARY KEY, unique_id TEXT UNIQUE, patient TEXT, submitted TEXT, xml BLOB);
CREATE TABLE IF NOT EXISTS entries (
  uuid TEXT PRIMARY KEY, lid TEXT, version INTEGER, unique_id TEXT, patient TEXT, status TEXT, current INTEGER, lot TEXT, xml BLOB
);
CREATE INDEX IF NOT EXISTS entries_unique ON entries (unique_id);
CREATE INDEX IF NOT EXISTS entries_patient ON entries (patient);
CREATE TABLE IF NOT EXISTS links (uuid TEXT PRIMARY KEY, kind TEXT, source TEXT, target TEXT, slots TEXT);
CREATE TABLE IF NOT EXISTS contents (unique_id TEXT PRIMARY KEY, content BLOB);
CREATE TABLE IF NOT EXISTS authorisations (patient TEXT, professional TEXT, state TEXT, PRIMARY KEY (patient, professional));
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, professional TEXT, client TEXT, state TEXT, expires REAL);
CREATE TABLE IF NOT EXISTS traces (at REAL, trace TEXT);
CREATE TABLE IF NOT EXISTS searches (patient TEXT, professional TEXT, at REAL);
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A document entry of the registry; ``current`` when no later version of its metadata is there."""

    uuid: str
    lid: str
    version: int
    unique_id: str
    patient: str
    status: str
    current: bool
    lot: str
    xml: bytes

    def entry(self) -> Entry:
        """Its metadata."""
        return Entry(etree.fromstring(self.xml))


@dataclass(frozen=True, slots=True)
class Link:
    """An association of the registry; ``slots`` is JSON."""

    uuid: str
    kind: str
    source: str
    target: str
    slots: str = "{}"

    def values(self) -> dict[str, str]:
        """Its slots."""
        return dict(json.loads(self.slots))


@dataclass(frozen=True, slots=True)
class Lot:
    """A submission set of the registry."""

    uuid: str
    unique_id: str
    patient: str
    submitted: str
    xml: bytes


class Store:
    """The file; whoever writes does so in :meth:`transaction`, one at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")  # what a killed process wrote is there; a power cut is no test of ours
        self.db.executescript(SCHEMA)

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else meanwhile."""
        with self._lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._lock:
            return self.db.execute(query, values).fetchall()

    # Documents ----------------------------------------------------------------------------------------------------------------
    def entries(self, where: str, *values: object) -> Sequence[Held]:
        """Entries, in the order they came; ``where`` is a condition of ours."""
        return [Held(*row) for row in self.rows(f"SELECT * FROM entries WHERE {where} ORDER BY rowid", *values)]  # noqa: S608  (columns in the order of the class; the condition is a literal of this package)

    def current(self, unique_id: str) -> Held | None:
        """The entry of a document, by its uniqueId."""
        return next(iter(self.entries("unique_id = ? AND current", unique_id)), None)

    def by_uuid(self, uuid: str) -> Held | None:
        """An entry by its UUID, whatever its version."""
        return next(iter(self.entries("uuid = ?", uuid)), None)

    def of_patient(self, patient: str) -> Sequence[Held]:
        """The entries of a patient, without former versions of their metadata."""
        return self.entries("patient = ? AND current", patient)

    def content(self, unique_id: str) -> bytes | None:
        """The bytes of a document."""
        found = self.rows("SELECT content FROM contents WHERE unique_id = ?", unique_id)
        return bytes(found[0][0]) if found else None

    def add_entry(self, held: Held, content: bytes | None = None) -> None:
        """Keep an entry, and its content when it is new."""
        values = tuple(getattr(held, name) for name in held.__slots__)
        self.db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        if content is not None:
            self.db.execute("INSERT INTO contents VALUES (?, ?)", (held.unique_id, content))

    def set_status(self, uuid: str, status: str) -> None:
        """Change the status of an entry."""
        self.db.execute("UPDATE entries SET status = ? WHERE uuid = ?", (status, uuid))

    # Lots and links -----------------------------------------------------------------------------------------------------------
    def add_lot(self, lot: Lot) -> None:
        """Keep a submission set."""
        self.db.execute("INSERT INTO lots VALUES (?, ?, ?, ?, ?)", tuple(getattr(lot, name) for name in lot.__slots__))

    def lots(self, where: str, *values: object) -> Sequence[Lot]:
        """Submission sets; ``where`` is a condition of ours."""
        return [Lot(*row) for row in self.rows(f"SELECT * FROM lots WHERE {where} ORDER BY rowid", *values)]  # noqa: S608  (as above)

    def add_link(self, link: Link) -> None:
        """Keep an association."""
        self.db.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?)", tuple(getattr(link, name) for name in link.__slots__))

    def links(self, uuids: Sequence[str]) -> Sequence[Link]:
        """The associations that begin or end at these objects."""
        asked = json.dumps(list(uuids))
        among = "IN (SELECT value FROM json_each(?))"
        query = f"SELECT * FROM links WHERE source {among} OR target {among} ORDER BY rowid"  # noqa: S608  (as above)
        return [Link(*row) for row in self.rows(query, asked, asked)]

    # Rights -------------------------------------------------------------------------------------------------------------------
    def authorisation(self, patient: str, professional: str, otherwise: str) -> str:
        """What a patient lets a professional do."""
        query = "SELECT state FROM authorisations WHERE patient = ? AND professional IN (?, '*') ORDER BY professional = '*'"
        found = self.rows(query, patient, professional)
        return str(found[0][0]) if found else otherwise

    def authorise(self, patient: str, professional: str, state: str) -> None:
        """Change it; ``*`` is any professional."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO authorisations VALUES (?, ?, ?)", (patient, professional, state))

    def is_first(self, identifier: str) -> bool:
        """Whether an identifier of a message or of a VIHF comes for the first time."""
        with self.transaction() as db:
            return db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (identifier,)).rowcount == 1
