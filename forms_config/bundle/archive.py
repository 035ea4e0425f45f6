"""The ZIP around a bundle: the same members always give the same bytes; what strangers send is bounded before it is read.

Members are stored, not compressed, so that the bytes depend on no compressor; received ones may be deflated.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping

from django.utils.translation import gettext as _

from forms_config.bundle.errors import BundleRefused

BUNDLE_LIMIT = 20_000_000
MEMBER_LIMIT = 8_000_000
TOTAL_LIMIT = 40_000_000
COUNT_LIMIT = 200
EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFEST = "manifeste.yaml"
SIGNATURE = "signature.txt"
FORM = "formulaire.yaml"
_MEMBER = re.compile(
    r"(manifeste\.yaml|signature\.txt|formulaire\.yaml|favoris\.yaml|textes/texte-1\.yaml"
    r"|blocs/[a-z][a-z0-9_]{0,39}@[1-9][0-9]{0,5}\.yaml|listes/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\.yaml)\Z"
)


def pack(members: Mapping[str, bytes]) -> bytes:
    """The members as a ZIP, in order of name."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, members[name])
    return output.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The members of a received ZIP by name; raises :class:`BundleRefused` for one that is too big, unreadable or unexpected."""
    if len(content) > BUNDLE_LIMIT:
        raise BundleRefused(_("Le paquet dépasse %(n)d Mo") % {"n": BUNDLE_LIMIT // 1_000_000})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive.infolist())
            return {info.filename: _read(archive, info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, BundleRefused):
            raise
        raise BundleRefused(_("Ce fichier n'est pas un paquet de formulaire, ou il est abîmé")) from None


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > COUNT_LIMIT:
        raise BundleRefused(_("Le paquet contient plus de %(n)d fichiers") % {"n": COUNT_LIMIT})
    seen: set[str] = set()
    for info in members:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not _MEMBER.match(info.filename) or info.orig_filename != info.filename:
            raise BundleRefused(_("Le paquet contient un fichier inattendu, « %(name)s »") % {"name": _shown(info.filename)})
        if kind not in (0, stat.S_IFREG):
            raise BundleRefused(_("« %(name)s » n'est pas un fichier ordinaire") % {"name": info.filename})
        if info.filename in seen:
            raise BundleRefused(_("Le paquet contient deux fois « %(name)s »") % {"name": info.filename})
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 0x1:
            raise BundleRefused(_("« %(name)s » est chiffré ou comprimé d'une façon inattendue") % {"name": info.filename})
        seen.add(info.filename)
    if any(info.file_size > MEMBER_LIMIT for info in members) or sum(info.file_size for info in members) > TOTAL_LIMIT:
        raise BundleRefused(_("Le contenu du paquet dépasse %(n)d Mo") % {"n": TOTAL_LIMIT // 1_000_000})


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        content = stream.read(MEMBER_LIMIT + 1)
    if len(content) != info.file_size:
        raise BundleRefused(_("« %(name)s » n'a pas la taille annoncée") % {"name": info.filename})
    return content


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:80]
