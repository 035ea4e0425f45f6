"""Files embedded in a document (base64): do they decode, and are they what their media type says?"""

from __future__ import annotations

import binascii
import re

from django.utils.translation import gettext as _

_SPACES = re.compile(rb"\s+")
_SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/jpg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "text/rtf": (b"{\\rtf",),
    "application/rtf": (b"{\\rtf",),
}
_PDF_END = b"%%EOF"
_PDF_TAIL = 2048


def embedded_fault(text: str, media_type: str) -> str:
    """What is wrong with an embedded file, in French; empty when all is well. Media types not in the table are only decoded."""
    try:
        content = binascii.a2b_base64(_SPACES.sub(b"", text.encode("ascii")), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return _("le fichier joint n'est pas en base64 valide")
    if not content:
        return _("le fichier joint est vide")
    signatures = _SIGNATURES.get(media_type)
    if signatures and not content.startswith(signatures):
        return _("le fichier joint n'est pas du type annoncé (%s)") % media_type
    if media_type == "application/pdf" and _PDF_END not in content[-_PDF_TAIL:]:
        return _("le PDF joint est tronqué (fin de fichier absente)")
    return ""
