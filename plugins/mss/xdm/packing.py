"""A ZIP as :mod:`zipfile` writes it, byte for byte, but what went into an archive before is not deflated again.

A document goes to several recipients, each with an envelope of their own: the documents in it are the same, and deflating them is
most of the work.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

_LEVEL = 1
"""Of compression: most of a document is a PDF in base64, which level 6 makes a twelfth smaller in half as much time again."""
_FILE = (stat.S_IFREG | 0o644) << 16
_FOLDER = ((stat.S_IFDIR | 0o755) << 16) | 0x10
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_VERSION, _UNIX = 20, 3 << 8
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class _Member:
    """The bytes as they stand in the archive, and what its headers say of them."""

    packed: bytes
    crc: int
    size: int


def pack(files: Mapping[str, bytes], at: datetime) -> bytes:
    """The archive of ``files`` by path (ASCII; one that ends with « / » is a folder), dated ``at``; same inputs, same bytes."""
    clock, day = _stamp(at)
    body, directory = bytearray(), bytearray()
    for path, content in files.items():
        name, folder = path.encode("ascii"), path.endswith("/")
        method, rights = (_STORED, _FOLDER) if folder else (_DEFLATED, _FILE)
        member = _Member(b"", 0, 0) if folder else _deflated(content)
        offset, facts = len(body), (method, clock, day, member.crc, len(member.packed), member.size, len(name), 0)
        body += _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, *facts) + name + member.packed
        directory += _CENTRAL.pack(b"PK\x01\x02", _UNIX | _VERSION, _VERSION, 0, *facts, 0, 0, 0, rights, offset) + name
    end = _END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


@lru_cache(maxsize=8)
def _deflated(content: bytes) -> _Member:
    deflating = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return _Member(deflating.compress(content) + deflating.flush(), zlib.crc32(content), len(content))


def _stamp(at: datetime) -> tuple[int, int]:
    """Time and day as DOS writes them, in UTC; there is nothing before 1980, nor an odd second."""
    moment = at.astimezone(UTC)
    day = (max(1980, moment.year) - 1980) << 9 | moment.month << 5 | moment.day
    return moment.hour << 11 | moment.minute << 5 | moment.second // 2, day
