"""Passwords that leaked somewhere, in a list kept on this machine: nothing is ever asked of a site.

The file holds the first ten bytes of the SHA-1 of each, in order: a list of a thousand million passwords is 10 GB, searched in
thirty short reads and never loaded. Eighty bits are enough: a good password is taken for one of such a list once in 10^15.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

RECORD = 10
"""Bytes kept of each SHA-1."""
RUN = 500_000
"""Records sorted in memory at once."""
_HASHED = re.compile(rb"([0-9A-Fa-f]{40})(:[0-9]+)?\s*\Z")


class UnfitList(ValueError):
    """A list that cannot be installed; says in French what and where."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The list in service: how many passwords, since when."""

    count: int
    since: datetime


def _file() -> Path:
    return Path(settings.DATA_DIR) / "breached" / "passwords.sha1"


def installed() -> Installed | None:
    """The list of this machine, if there is one."""
    try:
        facts = _file().stat()
    except FileNotFoundError:
        return None
    return Installed(facts.st_size // RECORD, datetime.fromtimestamp(facts.st_mtime, UTC))


def is_breached(password: str) -> bool:
    """Whether a password is in the list; without a list, none is."""
    wanted = _record(password.encode())
    try:
        file = _file().open("rb", buffering=0)
    except FileNotFoundError:
        return False
    with file:
        low, high = 0, os.fstat(file.fileno()).st_size // RECORD
        while low < high:
            middle = (low + high) // 2
            file.seek(middle * RECORD)
            if (found := file.read(RECORD)) == wanted:
                return True
            low, high = (middle + 1, high) if found < wanted else (low, middle)
    return False


def install(source: Path) -> int:
    """Put a list in service, in place of the former one at the last moment; returns how many passwords it holds.

    ``source`` has a SHA-1 in hexadecimal a line, with or without « :count », in order (what Have I Been Pwned publishes), or a
    password a line. Raises :class:`UnfitList` and ``OSError``.
    """
    target = _file()
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as lines, tempfile.TemporaryDirectory(dir=target.parent) as folder:
        first = next(lines, b"")
        whole = chain([first], lines)
        records = _hashed(whole) if _HASHED.match(first) else _sorted(_plain(whole), Path(folder))
        fresh = Path(folder) / target.name
        with fresh.open("wb", buffering=1 << 20) as out:
            count = _write(records, out)
            out.flush()
            os.fsync(out.fileno())
        if not count:
            raise UnfitList("La liste est vide")
        fresh.replace(target)
    return count


def _record(password: bytes) -> bytes:
    return hashlib.sha1(password, usedforsecurity=False).digest()[:RECORD]


def _hashed(lines: Iterable[bytes]) -> Iterator[bytes]:
    former = b""
    for number, line in enumerate(lines, 1):
        match = _HASHED.match(line)
        if match is None:
            raise UnfitList(f"Ligne {number} : 40 caractères hexadécimaux attendus")
        record = bytes.fromhex(match[1].decode())[:RECORD]
        if record < former:
            raise UnfitList(f"Ligne {number} : la liste n'est pas rangée par empreinte (prendre la version « ordered by hash »)")
        yield (former := record)


def _plain(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (_record(password) for line in lines if (password := line.rstrip(b"\r\n")))


def _sorted(records: Iterator[bytes], folder: Path) -> Iterator[bytes]:
    """In order, by sorted runs on disk that are merged."""
    runs: list[Path] = []
    while run := sorted(islice(records, RUN)):
        runs.append(folder / f"{len(runs)}.run")
        runs[-1].write_bytes(b"".join(run))
    return heapq.merge(*map(_read, runs))


def _read(run: Path) -> Iterator[bytes]:
    with run.open("rb") as file:
        while record := file.read(RECORD):
            yield record


def _write(records: Iterable[bytes], out: BinaryIO) -> int:
    count, former = 0, b""
    for record in records:
        if record != former:
            out.write(record)
            count, former = count + 1, record
    return count
