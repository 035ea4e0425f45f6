"""System check: a type of document that a plugin brings does not travel under the code of a volet (decision 0195)."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error

from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from plugins.cda.volets.known import READ_NON_STRUCTURED


def check_codes(**_: object) -> list[CheckMessage]:
    """An error for each type that declares the code of a volet: at level 1 nothing else tells them apart."""
    return [
        Error(f"Type de document « {found.key} » : le code {found.level_one.code} est celui d'un volet national", id="dcc.E004")
        for found in current().all(DocumentType)
        if found.level_one and found.level_one.code in READ_NON_STRUCTURED
    ]
