"""The archives of ours are those of the standard library."""

from __future__ import annotations

import io
import stat
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from plugins.mss.xdm.packing import pack

MOMENTS = (
    datetime(2026, 5, 20, 7, 41, 59, tzinfo=UTC),
    datetime(1980, 1, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC),
)


def by_zipfile(files: dict[str, bytes], at: datetime) -> bytes:
    """The same archive, written by :mod:`zipfile`."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            info.create_system = 3
            folder = name.endswith("/")
            info.external_attr = ((stat.S_IFDIR | 0o755) << 16) | 0x10 if folder else (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_STORED if folder else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=1)
    return output.getvalue()


@pytest.mark.parametrize("at", MOMENTS)
def test_an_archive_is_that_of_the_standard_library(at: datetime) -> None:
    noise = b"".join(sha256(bytes([number])).digest() for number in range(256))
    files = {
        "INDEX.HTM": b"<html/>",
        "IHE_XDM/": b"",
        "IHE_XDM/SUBSET01/": b"",
        "IHE_XDM/SUBSET01/DOC0001.XML": noise * 9 + b"a" * 200_000,
        "EMPTY": b"",
    }
    expected = by_zipfile(files, at)
    assert pack(files, at) == expected
    assert pack(files, at) == expected, "what was deflated before gives the same bytes"
