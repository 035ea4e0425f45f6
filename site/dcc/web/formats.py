"""The output formats as people call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its key among renderers, its name, what it is for, its icon."""

    key: str
    name: str
    purpose: Any
    icon: str = "document"


FORMATS: Mapping[str, Format] = {
    f.key: f
    for f in (
        Format("pdf-a1", "PDF/A-1", _("Pour lire, imprimer et archiver")),
        Format("cda-n3", "CDA R2 N3", _("Document structuré et codé, PDF compris : DMP, logiciels de soins")),
        Format("cda-n1", "CDA R2 N1", _("Le PDF dans une enveloppe CDA : logiciels qui ne lisent pas le document structuré")),
    )
}
