"""What test documents and outputs are called on the pages and in the messages of the gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

DOCUMENTS: Mapping[str, Any] = {
    "minimal": _("Document minimal"),
    "typical": _("Document courant"),
    "maximal": _("Document complet"),
}
FORMATS: Mapping[str, Any] = {
    "pdf-a1": _("PDF"),
    "cda-n3": _("CDA structuré (N3)"),
    "cda-n1": _("CDA non structuré (N1)"),
}
