"""Where the official kit of a host is, and what stands where in it.

Order: the kit that ``manage.py install_kit`` made current under ``DATA_DIR/kit``, else the folder ``settings.KIT_DIR``, else
none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from dcc.contracts.errors import NotConfigured

POINTER = "current"
"""File of ``DATA_DIR/kit`` that names the folder of the current kit; it is replaced in one move."""


@dataclass(frozen=True)
class Kit:
    """A kit on disk. ``name`` tells kits apart in messages."""

    root: Path
    name: str

    @property
    def xsd(self) -> Path:
        """Main schema file."""
        return self.root / "infrastructure" / "cda" / "CDA_extended.xsd"

    @property
    def schematrons(self) -> Path:
        """Folder of the heads of the volets; the common schemas are in ``profils`` below it."""
        return self.root / "schematrons"

    @property
    def value_sets(self) -> Path:
        """Folder of the value sets (SVS files)."""
        return self.root / "jeuxDeValeurs"

    @property
    def samples(self) -> Path:
        """Folder of the official samples; not every kit has it."""
        return self.root / "ExemplesCDA"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all schematron files, names and contents."""
        total = hashlib.sha256()
        for path in sorted(self.schematrons.rglob("*.sch")):
            total.update(f"{path.relative_to(self.schematrons)}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()


def is_kit(root: Path) -> bool:
    """Whether a folder holds what a kit must hold."""
    kit = Kit(root, "")
    return kit.xsd.is_file() and (kit.schematrons / "profils" / "IHE.sch").is_file()


def kit_at(root: Path) -> Kit:
    """The kit in a folder; raises :class:`NotConfigured` when there is none."""
    if not is_kit(root):
        raise NotConfigured(_("Le dossier « %s » ne contient pas le kit officiel (schémas et schématrons de l'ANS).") % root)
    return Kit(root.resolve(), root.name)


def kits_dir() -> Path:
    """Folder of the installed kits."""
    return Path(settings.DATA_DIR) / "kit"


def current_kit() -> Kit:
    """The kit of this host; raises :class:`NotConfigured` with the way out when there is none."""
    pointer = kits_dir() / POINTER
    if pointer.is_file():
        root = kits_dir() / pointer.read_text(encoding="utf-8").strip()
        if is_kit(root):
            return Kit(root.resolve(), root.name)
    if is_kit(Path(settings.KIT_DIR)):
        return kit_at(Path(settings.KIT_DIR))
    raise NotConfigured(
        _(
            "Le kit officiel de l'ANS (schémas et schématrons) n'est pas installé : lancez « manage.py install_kit CHEMIN » "
            "(dossier ou archive ZIP du kit), ou indiquez son dossier par DCC_KIT_DIR."
        )
    )
