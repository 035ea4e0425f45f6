"""Installs the official kit: copied, proven on its own samples, registered, then made current in one move."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.errors import NotConfigured, Refused
from plugins.cda.conformance.checker import Checker, check_content
from plugins.cda.conformance.kit import POINTER, Kit, is_kit, kits_dir
from plugins.cda.conformance.saxon import SaxonError
from plugins.cda.conformance.schematron import SchematronError
from plugins.cda.conformance.sets import VOLETS, Volet, volet_of
from plugins.cda.conformance.sources import copy_kit
from plugins.cda.models import Referential
from plugins.cda.xml_input import parse_clinical_document, read_bounded

NAME = "Kit CDA du CI-SIS"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed: its folder, its row in the register, how many samples proved it, which of them did not."""

    kit: Kit
    referential: Referential
    samples: int
    faulty: Sequence[str]


def install_kit(source: Path, *, version: str = "", dated: date | None = None, force: bool = False, say: Progress) -> Installed:
    """Install the kit in ``source`` (folder or ZIP); doing it twice changes nothing.

    Raises :class:`Refused` when it is no kit, does not compile, or finds fault with one of its own samples (unless ``force``).
    """
    kits_dir().mkdir(parents=True, exist_ok=True)
    incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=kits_dir()))
    try:
        say(_("Copie du kit…"))
        packed = copy_kit(source, incoming)
        if not is_kit(incoming):
            raise Refused(_("« %s » ne contient pas tout le kit officiel (schéma CDA_extended.xsd).") % source)
        volets = _volets(incoming)
        samples, faulty = _proof(Kit(incoming, source.name), say)
        if faulty and not force:
            raise Refused(_("Le kit n'est pas cohérent avec ses propres exemples : %s") % " ; ".join(faulty))
        digest = _digest(incoming)
        kit = _settled(incoming, version or _version(incoming), digest)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return Installed(kit, _registered(kit, digest, dated or packed, volets), samples, faulty)


def _volets(root: Path) -> list[str]:
    return [v.label for v in VOLETS if not v.schematron or (root / "schematrons" / v.schematron).is_file()]


def _version(root: Path) -> str:
    """The newest version of a volet that the kit holds; the register also has date and hash."""
    there = [v.extension for v in VOLETS if v.schematron and v.extension and (root / "schematrons" / v.schematron).is_file()]
    return max(there, default="inconnue")


def _proof(kit: Kit, say: Progress) -> tuple[int, list[str]]:
    """Compile everything, then check the samples of known volets: how many, and what was said of which."""
    say(_("Compilation des schémas et des schématrons…"))
    try:
        checker = Checker(kit)
        checker.warm()
    except (SchematronError, SaxonError, NotConfigured, OSError) as error:
        raise Refused(_("Le kit ne peut pas être utilisé : %s") % error) from None
    checked, faulty = 0, []
    for path in sorted(kit.samples.glob("*.xml")):
        content = _known_sample(path)
        if content is None:
            continue
        checked += 1
        report = check_content(content, checker, strict=False)
        if report.official:
            faulty.append(f"{path.name} ({len(report.official)}) : {report.official[0].message[:200]}")
    say(_("%(checked)d exemples contrôlés, %(faulty)d avec anomalies.") % {"checked": checked, "faulty": len(faulty)})
    return checked, faulty


def _known_sample(path: Path) -> bytes | None:
    """A sample of a volet of ours; the full kit has samples of many others, and files that are no CDA."""
    try:
        content = read_bounded(path)
        volet = volet_of(parse_clinical_document(content).getroot())
    except Refused:
        return None
    return content if isinstance(volet, Volet) else None


def _digest(root: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _settled(incoming: Path, version: str, digest: str) -> Kit:
    """Give the folder its name for ever; one that is already there holds the same files."""
    safe = "".join(character if character.isalnum() or character in ".-" else "-" for character in version)[:40]
    target = kits_dir() / f"{safe}-{digest[:12]}"
    if not target.exists():
        incoming.chmod(0o755)
        incoming.rename(target)
    return Kit(target, target.name)


@transaction.atomic
def _registered(kit: Kit, digest: str, dated: date | None, volets: Sequence[str]) -> Referential:
    """Write the register and switch the current kit; when the switch fails, the register is as before."""
    Referential.objects.filter(name=NAME, current=True).update(current=False)
    row, _created = Referential.objects.update_or_create(
        name=NAME,
        sha256=digest,
        defaults={
            "version": kit.name.rpartition("-")[0],
            "date": dated,
            "location": kit.name,
            "used_by": list(volets),
            "current": True,
        },
    )
    audit.record(actor=None, action="referential.installed", subject=f"referential:{row.pk}", digest=digest)
    pointer = kits_dir() / POINTER
    temporary = pointer.with_suffix(".new")
    temporary.write_text(kit.name + "\n", encoding="utf-8")
    temporary.replace(pointer)
    return row
