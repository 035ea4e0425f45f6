"""What files may come in, one table: where each is checked, what it may be, how heavy. Nothing is believed of a name.

The rooms check what they take in (they know what to do with it); this table tells where, and its test tries each.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A door for files: ``accepted`` by content, ``bound`` the setting or the bytes of the most, ``checked`` where."""

    key: str
    what: str
    accepted: str
    bound: str | int
    checked: str
    scanned: bool = False

    def limit(self) -> str:
        """The most, in megabytes."""
        value = getattr(settings, self.bound) if isinstance(self.bound, str) else self.bound
        return f"{value / MEGABYTE:g}".replace(".", ",")


ATTACHMENTS = "dcc.documents.services.attachments"
UPLOADS: tuple[Upload, ...] = (
    Upload("attachment", "pièces jointes", "PDF, JPEG, PNG, TIFF", "DCC_ATTACHMENT_LIMIT", ATTACHMENTS, scanned=True),
    Upload("intake", "documents reçus", "CDA (XML) sans DTD", "DCC_INTAKE_LIMIT", "dcc.exchange.intake"),
    Upload("sheet", "fiches d'effets secondaires", "PDF", "DCC_ATTACHMENT_LIMIT", "forms_config.favourites.sheets"),
    Upload("bundle", "paquets de formulaires", "ZIP signé, 200 fichiers", 20_000_000, "forms_config.bundle.archive"),
    Upload("list", "listes", "SVS (XML), CSV, ZIP", 20 * 1024 * 1024, "forms_config.terminology.uploads"),
    Upload("datamatrix", "images et PDF à scanner", "PDF, JPEG, PNG, TIFF, WebP", 20_000_000, "plugins.ins.datamatrix.decoding"),
    Upload("flow", "messages HL7 v2 d'essai", "ER7", 5_000_000, "plugins.ins.hl7.er7"),
    Upload("logo", "logo de la région", "PNG, JPEG, WebP, 2000 pixels", 307_200, "dcc.cms.models"),
    Upload("image", "images de Wagtail", "PNG, JPEG, WebP", "WAGTAILIMAGES_MAX_UPLOAD_SIZE", "wagtail.images.fields"),
)


def heaviest() -> int:
    """Bytes that a request may carry at all: the heaviest file, or all those of a document, and what comes with them."""
    return max(settings.DCC_INTAKE_LIMIT, settings.DCC_ATTACHMENTS_TOTAL_LIMIT, *_bytes()) + 5 * MEGABYTE


def _bytes() -> list[int]:
    return [upload.bound for upload in UPLOADS if isinstance(upload.bound, int)]
