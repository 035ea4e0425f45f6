"""Titles of documents, made from their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNNAMED = "à préciser"


def title_of(document_type: str, answers: Mapping[str, Any]) -> str:
    """The title of a document; an FRCP is named by its RCP: « FRCP {RRC} / {gestionnaire} / {dénomination} » (cda.md §0.1)."""
    if document_type != "frcp":
        return document_type.upper()
    parts = (str(answers.get(f"frcp.rcp.{key}") or UNNAMED) for key in ("rrc_nom", "gestionnaire_nom", "denomination"))
    return f"FRCP {' / '.join(parts)}"[:500]
