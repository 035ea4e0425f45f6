"""Takes the official kit out of a folder or a ZIP: only the files a kit needs, of bounded size, and none that leads elsewhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused

FOLDERS = ("infrastructure", "schematrons", "jeuxDeValeurs", "ExemplesCDA")
SUFFIXES = (".sch", ".xsd", ".xml")
MAX_FILES = 20_000
MAX_ENTRIES = 200_000
MAX_FILE = 64 * 1024 * 1024
MAX_TOTAL = 1024 * 1024 * 1024
_LANDMARK = PurePosixPath("schematrons/profils/IHE.sch")
_DEEPEST_TOP = 3
_CHUNK = 256 * 1024
_SYMBOLIC_LINK = 0o120000
_FILE_KIND = 0o170000


@dataclass
class _Budget:
    files: int = 0
    total: int = 0

    def spend(self, size: int) -> None:
        self.total += size
        if self.total > MAX_TOTAL:
            raise Refused(_("Le kit est trop gros : la limite est de %d Mo.") % (MAX_TOTAL // 1_048_576))

    def one_more(self) -> None:
        self.files += 1
        if self.files > MAX_FILES:
            raise Refused(_("Le kit a trop de fichiers : la limite est de %d.") % MAX_FILES)


def copy_kit(source: Path, target: Path) -> date | None:
    """Copy the files of the kit in ``source`` (folder or ZIP) below ``target``; raises :class:`Refused` in French.

    Returns the date of the newest file of a ZIP; the dates of a folder only say when it was copied.
    """
    if source.is_dir():
        _from_folder(source, target)
        return None
    if source.is_file() and zipfile.is_zipfile(source):
        return _from_zip(source, target)
    if source.is_file():
        raise Refused(_("« %s » n'est ni un dossier ni une archive ZIP.") % source)
    raise Refused(_("« %s » n'existe pas.") % source)


def _wanted(path: PurePosixPath) -> bool:
    return len(path.parts) > 1 and path.parts[0] in FOLDERS and path.suffix.lower() in SUFFIXES


def _from_folder(source: Path, target: Path) -> None:
    top = next(_tops(source), None)
    if top is None:
        raise _no_kit(source)
    budget, real = _Budget(), top.resolve()
    for path in sorted(top.rglob("*")):
        relative = PurePosixPath(path.relative_to(top).as_posix())
        if not _wanted(relative) or not path.is_file():
            continue
        if not path.resolve().is_relative_to(real):
            raise Refused(_("Le fichier « %s » mène hors du kit.") % relative)
        budget.one_more()
        with path.open("rb") as stream:
            _write(stream, target / relative, budget)


def _tops(source: Path) -> Iterator[Path]:
    """The kit's own folder: the one given, or one not far below it."""
    for depth in range(_DEEPEST_TOP):
        for found in sorted(source.glob("/".join(["*"] * depth + [str(_LANDMARK)]))):
            yield found.parents[len(_LANDMARK.parts) - 1]


def _from_zip(source: Path, target: Path) -> date:
    try:
        with zipfile.ZipFile(source) as archive:
            return _from_archive(archive, source, target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused(_("L'archive « %(path)s » est illisible : %(why)s") % {"path": source, "why": error}) from None


def _from_archive(archive: zipfile.ZipFile, source: Path, target: Path) -> date:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused(_("L'archive a trop d'entrées : la limite est de %d.") % MAX_ENTRIES)
    names = [_safe_name(entry) for entry in entries if not entry.is_dir()]
    tops = [name.parents[len(_LANDMARK.parts) - 1] for name in names if name.match(str(_LANDMARK))]
    if not tops:
        raise _no_kit(source)
    top, budget, newest = min(tops, key=lambda path: len(path.parts)), _Budget(), date.min
    for entry in entries:
        name = PurePosixPath(entry.filename)
        if entry.is_dir() or not name.is_relative_to(top) or not _wanted(name.relative_to(top)):
            continue
        budget.one_more()
        newest = max(newest, date(*entry.date_time[:3]))
        with archive.open(entry) as stream:
            _write(stream, target / name.relative_to(top), budget)
    return newest


def _safe_name(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = PurePosixPath(entry.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in entry.filename or ":" in name.parts[0]:
        raise Refused(_("L'archive contient un chemin interdit : « %s ».") % entry.filename)
    if (entry.external_attr >> 16) & _FILE_KIND == _SYMBOLIC_LINK:
        raise Refused(_("L'archive contient un lien : « %s ».") % entry.filename)
    return name


def _write(stream: IO[bytes], target: Path, budget: _Budget) -> None:
    """Copy what is really read, whatever the archive announced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with target.open("wb") as copy:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            budget.spend(len(chunk))
            if size > MAX_FILE:
                raise Refused(_("Le fichier « %(name)s » est trop gros : la limite est de %(limit)d Mo.") % _limit(target))
            copy.write(chunk)


def _limit(target: Path) -> dict[str, object]:
    return {"name": target.name, "limit": MAX_FILE // 1_048_576}


def _no_kit(source: Path) -> Refused:
    return Refused(
        _("« %(path)s » ne contient pas le kit officiel (fichier %(mark)s introuvable).") % {"path": source, "mark": _LANDMARK}
    )
