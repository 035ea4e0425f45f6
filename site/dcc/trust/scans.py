"""Signed scans of conventions: a PDF by its content, of bounded size, kept privately, told by its hash."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _

from dcc.trust.models import Convention

LIMIT = 20_000_000


class ScanDamaged(ValueError):
    """The store gives other bytes than those that came in."""


def check_scan(file: File) -> bytes:  # type: ignore[type-arg]  # a file of bytes, whatever holds it
    """The bytes of a scan that may be kept; raises ``ValidationError`` in French."""
    if (file.size or 0) > LIMIT:
        raise ValidationError(_("Pièce trop lourde : %(n)d Mo au plus.") % {"n": LIMIT // 1_000_000})
    content = file.read()
    file.seek(0)
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2_048:]:
        raise ValidationError(_("Cette pièce n'est pas un PDF entier."))
    return bytes(content)


def keep(convention: Convention, content: bytes) -> None:
    """Give a convention its scan: under a name of ours, with its hash; the caller saves."""
    digest = hashlib.sha256(content).hexdigest()
    convention.scan.save(f"{digest[:32]}.pdf", ContentFile(content), save=False)
    convention.scan_sha256 = digest


def read(convention: Convention) -> bytes:
    """The bytes of a scan as they came in; raises ``FileNotFoundError`` and :class:`ScanDamaged`."""
    if not convention.scan:
        raise FileNotFoundError(convention.pk)
    with convention.scan.open("rb") as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != convention.scan_sha256:
        raise ScanDamaged(_("La pièce conservée n'est plus celle qui a été déposée : empreinte différente."))
    return content
