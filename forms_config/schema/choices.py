"""What a form keeps of a list: some of its values, in an order of its own, with the region's words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REGIONAL_SYSTEM = "regional"
"""System of the codes of a regional choice, which has no value set: they stay on the platform and are written in words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be chosen; ``label`` is shown instead of the official one, which outputs keep."""

    code: str
    label: str = ""


def choices_from_json(data: Any) -> tuple[Choice, ...]:
    """Parse ``[{"code", "label"?}]``; raises ``ValueError`` in French."""
    if not isinstance(data, list | tuple):
        raise ValueError("Une liste de choix est attendue")
    choices = tuple(_choice(item) for item in data)
    codes = [choice.code for choice in choices]
    if len(set(codes)) != len(codes):
        raise ValueError("Un choix est donné deux fois")
    return choices


def _choice(item: Any) -> Choice:
    if not isinstance(item, Mapping) or set(item) - {"code", "label"}:
        raise ValueError("Un choix est fait d'un code et d'un libellé")
    code, label = item.get("code"), item.get("label", "")
    if not isinstance(code, str) or not code.strip() or not isinstance(label, str):
        raise ValueError("Un choix est fait d'un code et d'un libellé")
    return Choice(code.strip(), label.strip())


def choices_to_json(choices: Sequence[Choice]) -> list[dict[str, str]]:
    """Inverse of :func:`choices_from_json`."""
    return [{"code": c.code, **({"label": c.label} if c.label else {})} for c in choices]
