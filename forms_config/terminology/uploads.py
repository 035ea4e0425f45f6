"""Reads what a person uploads: one SVS file, one CSV file, or a ZIP of them. Nothing is trusted: all is bounded."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError
from forms_config.terminology.spreadsheets import checked, read_csv
from forms_config.terminology.svs import MAX_BYTES, check_concepts, read_xml

MAX_MEMBERS = 500
OID_LIMIT = 64
MAX_UNPACKED = 60 * 1024 * 1024
_NAME = re.compile(r"[^a-z0-9]+")
_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\Z")
_KINDS = (".xml", ".csv")


def read_upload(name: str, content: bytes, *, revision: date) -> list[ValueSetData | ValueSetError]:
    """The lists of an uploaded file, each with its error instead when it cannot be read.

    ``revision`` dates the lists whose file does not (CSV). Such a list is called by its file and has no OID.
    Raises :class:`ValueSetError` when the file as a whole is no list and no archive of lists.
    """
    name = _base(name)
    if len(content) > MAX_BYTES:
        raise ValueSetError(f"{name} : plus de {MAX_BYTES // 1024 // 1024} Mo")
    if content[:4] != b"PK\x03\x04":
        return [_read(name, content, revision)]
    found: list[ValueSetData | ValueSetError] = []
    for member, unpacked in _unpacked(name, content):
        try:
            found.append(unpacked if isinstance(unpacked, ValueSetError) else _read(member, unpacked, revision))
        except ValueSetError as error:
            found.append(error)
    if not found:
        raise ValueSetError(f"{name} : aucun fichier .xml ni .csv dans l'archive")
    return found


def _read(name: str, content: bytes, revision: date) -> ValueSetData:
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or name.lower().endswith(".xml"):
        data = read_xml(content, Path(name))
        if data is None:
            raise ValueSetError(f"{name} : ce fichier XML n'est pas un jeu de valeurs (SVS)")
        if len(data.oid) > OID_LIMIT:
            raise ValueSetError(f"{name} : OID de plus de {OID_LIMIT} caractères")
        return replace(data, title=data.title[:200], concepts=_checked(data.concepts, name))
    concepts = read_csv(content, name)
    check_concepts(concepts, name)
    title = PurePosixPath(name).stem.strip() or name
    return ValueSetData(name_of(title), title[:200], "", revision, f"Fichier {name}"[:200], concepts, official=False)


def name_of(title: str) -> str:
    """The name of a list that has none: made of the name of its first file, and never changed afterwards."""
    if _FIT.match(title):
        return title
    return _NAME.sub("-", title.casefold().encode("ascii", "ignore").decode()).strip("-")[:80] or "liste"


def _checked(concepts: Sequence[Concept], name: str) -> tuple[Concept, ...]:
    try:
        return tuple(map(checked, concepts))
    except ValueError as error:
        raise ValueSetError(f"{name} : {error}") from None


def _base(name: str) -> str:
    """The last part of a path, whatever system it comes from."""
    return PurePosixPath(name.replace("\\", "/")).name[:150] or "fichier"


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes | ValueSetError]]:
    """Name and content of each list of an archive; folders and other files are passed over, paths are not followed."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ValueSetError(f"{name} : archive ZIP illisible") from None
    with archive:
        members = [member for member in archive.infolist() if _is_list(member.filename)]
        if len(members) > MAX_MEMBERS:
            raise ValueSetError(f"{name} : plus de {MAX_MEMBERS} fichiers")
        left = MAX_UNPACKED
        for member in sorted(members, key=lambda m: m.filename):
            unpacked = _member(archive, member, left)
            left -= len(unpacked) if isinstance(unpacked, bytes) else 0
            yield _base(member.filename), unpacked


def _is_list(name: str) -> bool:
    """Whether a file of an archive may be a list; the index of official folders and what systems add to archives are not."""
    return name.lower().endswith(_KINDS) and not _base(name).startswith(("_", ".")) and not name.startswith("__MACOSX")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes | ValueSetError:
    """The content of one file, read up to what is still allowed, whatever the archive says of its size."""
    name = _base(member.filename)
    unreadable = ValueSetError(f"{name} : illisible dans l'archive (chiffré, abîmé ou d'une compression inconnue)")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return unreadable
    try:
        with archive.open(member) as stream:
            content = stream.read(min(MAX_BYTES, left) + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        return unreadable
    if len(content) > left:
        raise ValueSetError(f"Archive trop grande une fois ouverte : plus de {MAX_UNPACKED // 1024 // 1024} Mo")
    return content if len(content) <= MAX_BYTES else ValueSetError(f"{name} : plus de {MAX_BYTES // 1024 // 1024} Mo")
