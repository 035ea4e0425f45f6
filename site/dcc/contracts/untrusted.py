"""Files of strangers, before anybody parses them: what kind they look like, and reading no more of them than a limit.

Shared by whatever takes files in; the parsers themselves (XML, PDF, ZIP) bound the rest.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused

MEGABYTE = 1_000_000

_SIGNATURES = {
    b"PK\x03\x04": "une archive ZIP",
    b"PK\x05\x06": "une archive ZIP",
    b"%PDF-": "un fichier PDF",
    b"\x89PNG": "une image PNG",
    b"\xff\xd8\xff": "une image JPEG",
    b"GIF8": "une image GIF",
    b"II*\x00": "une image TIFF",
    b"MM\x00*": "une image TIFF",
    b"BM": "une image BMP",
    b"RIFF": "une image ou un son",
    b"\x1f\x8b": "une archive gzip",
    b"7z\xbc\xaf": "une archive 7-Zip",
    b"Rar!": "une archive RAR",
    b"\xd0\xcf\x11\xe0": "un document Office",
    b"{\\rtf": "un document RTF",
    b"MSH|": "un message HL7 v2",
    b"\x7fELF": "un programme",
    b"MZ": "un programme",
}
_WHY = {
    errno.ENOENT: "il n'existe pas",
    errno.ENOTDIR: "il n'existe pas",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ELOOP: "lien symbolique qui tourne en rond",
    errno.ENAMETOOLONG: "nom trop long",
    errno.EIO: "erreur du disque",
}


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes, in French with its article; empty when they say nothing (text, XML…)."""
    return next((kind for signature, kind in _SIGNATURES.items() if content.startswith(signature)), "")


def why(error: OSError) -> str:
    """Why a file could not be read or written, in French; the system's own words are in the language of the machine."""
    return _WHY.get(error.errno or 0, f"erreur {errno.errorcode.get(error.errno or 0, 'inconnue')}")


def read_file_at(path: Path, limit: int) -> bytes:
    """The bytes of an ordinary file (or a link to one) of at most ``limit`` bytes.

    Raises :class:`Refused` in French, naming the file: a folder, a pipe or a device, absent, not readable, too heavy. One that is
    too heavy is not read at all, one that grows meanwhile no further than the limit.
    """
    try:
        # A pipe without writer must not block; Linux ignores the flag for ordinary files.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _check_ordinary(path, os.fstat(descriptor), limit)
            with open(descriptor, "rb", closefd=False) as stream:
                content = stream.read(limit + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "nom impossible"
        raise Refused(_("Le fichier « %(path)s » est illisible : %(why)s.") % {"path": path, "why": reason}) from None
    if len(content) > limit:
        raise too_heavy(len(content), limit)
    return content


def too_heavy(size: int, limit: int) -> Refused:
    """The refusal of a file of ``size`` bytes where ``limit`` is the most."""
    sizes = {"size": _megabytes(size), "limit": _megabytes(limit)}
    return Refused(_("Le fichier est trop gros : %(size)s Mo, la limite est de %(limit)s Mo.") % sizes)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".replace(".", ",").removesuffix(",0")


def _check_ordinary(path: Path, status: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise Refused(_("« %s » est un dossier, pas un fichier.") % path)
    if not stat.S_ISREG(status.st_mode):
        raise Refused(_("« %s » n'est pas un fichier ordinaire.") % path)
    if status.st_size > limit:
        raise too_heavy(status.st_size, limit)
