"""A ZIP of strangers: checked before anything is inflated, read in bounded memory, never written to disk."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from plugins.mss.xdm.envelope import EnvelopeRefused

ENVELOPE_LIMIT = 32_000_000
"""Bytes of the ZIP; a mail carries 25 MB at most, some 18 MB of it after base64."""

MEMBER_LIMIT = 32_000_000
TOTAL_LIMIT = 64_000_000
"""Bytes once inflated, of one file and of all."""

COUNT_LIMIT = 100
_ENTRY = b"PK\x01\x02"
_PIECE = 65_536
_DRIVE = re.compile(r"[A-Za-z]:")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, OverflowError, struct.error)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: its name as written, SHA-1 and first bytes; its content only if it was asked for."""

    name: str
    size: int
    sha1: str
    head: bytes
    content: bytes


def unpack(content: bytes, wanted: re.Pattern[str]) -> Sequence[Member]:
    """Every file, in the order of the archive, with the bytes of those whose name ``wanted`` matches.

    Raises :class:`EnvelopeRefused` in French for an archive that is too big, broken, encrypted, or tries a trick with its names.
    """
    if len(content) > ENVELOPE_LIMIT:
        raise EnvelopeRefused(_("L'enveloppe dépasse %d Mo") % (ENVELOPE_LIMIT // 1_000_000))
    if not content.startswith(b"PK\x03\x04"):
        raise EnvelopeRefused(_("Ce n'est pas une enveloppe XDM : le fichier n'est pas une archive ZIP"))
    if content.count(_ENTRY) > 2 * COUNT_LIMIT:  # before a list of them is made; twice, for data may look like an entry
        raise EnvelopeRefused(_("L'enveloppe contient plus de %d fichiers") % COUNT_LIMIT)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check(members)
            return [_member(archive, info, wanted) for info in members if not info.is_dir()]
    except _BROKEN:
        raise EnvelopeRefused(_("L'enveloppe est abîmée : l'archive ZIP est illisible")) from None


def shown(name: str) -> str:
    """A name of strangers, fit to be printed."""
    return "".join(c if c.isprintable() else "?" for c in name)[:80]


def _check(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > COUNT_LIMIT:
        raise EnvelopeRefused(_("L'enveloppe contient plus de %d fichiers") % COUNT_LIMIT)
    seen: dict[str, str] = {}
    for info in members:
        _check_name(info)
        _check_kind(info)
        other = seen.setdefault(info.filename.rstrip("/").casefold(), info.filename)
        if other is not info.filename:
            raise EnvelopeRefused(_("L'enveloppe contient deux fois « %s »") % shown(info.filename))
    if any(info.file_size > MEMBER_LIMIT for info in members) or sum(info.file_size for info in members) > TOTAL_LIMIT:
        raise EnvelopeRefused(_("Le contenu de l'enveloppe dépasse %d Mo") % (TOTAL_LIMIT // 1_000_000))


def _check_name(info: zipfile.ZipInfo) -> None:
    """A name must stay in its folder on any system."""
    name = info.orig_filename
    parts = name.removesuffix("/").split("/")
    if "\\" in name or "\0" in name or _DRIVE.match(name) or any(part in ("", ".", "..") for part in parts):
        raise EnvelopeRefused(_("L'enveloppe contient un nom de fichier interdit, « %s »") % shown(name))


def _check_kind(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise EnvelopeRefused(_("« %s » n'est pas un fichier ordinaire") % shown(info.filename))
    if info.flag_bits & 0x41:
        raise EnvelopeRefused(_("« %s » est chiffré") % shown(info.filename))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise EnvelopeRefused(_("« %s » est comprimé d'une façon inattendue") % shown(info.filename))
    if info.is_dir() and info.file_size:
        raise EnvelopeRefused(_("« %s » est un dossier et un fichier à la fois") % shown(info.filename))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, wanted: re.Pattern[str]) -> Member:
    """zipfile never gives more bytes than announced, and checks their CRC once all were read."""
    digest = hashlib.sha1(usedforsecurity=False)  # IHE asks for SHA-1; no safety rests on it
    kept: list[bytes] = []
    head, size, keep = b"", 0, bool(wanted.fullmatch(info.filename))
    with archive.open(info) as stream:
        while piece := stream.read(_PIECE):
            head = head or piece[:16]
            size += len(piece)
            digest.update(piece)
            if keep:
                kept.append(piece)
    if size != info.file_size:
        raise EnvelopeRefused(_("« %s » n'a pas la taille annoncée") % shown(info.filename))
    return Member(info.filename, size, digest.hexdigest().upper(), head, b"".join(kept))


def by_name(members: Sequence[Member]) -> Mapping[str, Member]:
    """Files by name, whatever the case (a name is never there twice)."""
    return {member.name.casefold(): member for member in members}
