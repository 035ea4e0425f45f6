"""The title of an FRCP, in one place. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SEPARATOR = " / "


def frcp_title(network: str, centre: str, rcp: str) -> str:
    """« FRCP {RRC} / {gestionnaire} / {RCP} »: the only place of a CDA that names network and centre (volet, title)."""
    return f"FRCP {SEPARATOR.join((network, centre, rcp))}"


def frcp_title_of(answers: Mapping[str, Any]) -> str:
    """The title that the answers of an FRCP make; what is not answered yet is left empty."""
    parts = (answers.get(f"frcp.rcp.{key}", "") for key in ("rrc_nom", "gestionnaire_nom", "denomination"))
    return frcp_title(*(part if isinstance(part, str) else "" for part in parts))


def names_of_title(title: str) -> tuple[str, str, str] | None:
    """Network, centre and RCP named by a title, nothing when it is of another shape; inverse of :func:`frcp_title`."""
    if not title.startswith("FRCP "):
        return None
    parts = title.removeprefix("FRCP ").split(SEPARATOR, 2)
    return (parts[0].strip(), parts[1].strip(), parts[2].strip()) if len(parts) == 3 else None
