"""Arguments of operations as they come from the page: texts, numbers, yes or no. Raises in the editor's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms_config.schema.texts import clean_text
from forms_config.workshop.places import WorkshopError


def text(arguments: Mapping[str, Any], name: str, limit: int = 200) -> str:
    """A text in its normal form, empty when it is not given; raises :class:`WorkshopError`."""
    try:
        return clean_text(arguments.get(name), limit)
    except ValueError as error:
        raise WorkshopError(str(error)) from None


def line(arguments: Mapping[str, Any], name: str, limit: int = 500) -> str:
    """A text of one line."""
    return " ".join(text(arguments, name, limit).split())


def number(arguments: Mapping[str, Any], name: str, *, least: int = -10_000, most: int = 10_000) -> int:
    """A whole number within bounds; raises :class:`WorkshopError`."""
    given = str(arguments.get(name, "")).strip()
    if not given.lstrip("-").isascii() or not given.lstrip("-").isdigit() or not least <= int(given) <= most:
        raise WorkshopError(f"Un nombre entier de {least} à {most} est attendu")
    return int(given)


def flag(arguments: Mapping[str, Any], name: str) -> bool:
    """Yes or no; what is not given is no."""
    return arguments.get(name) in (True, "true", "on", "1")


def texts(arguments: Mapping[str, Any], name: str, limit: int = 200) -> tuple[str, ...]:
    """Several texts: a list, or the lines of one text; empty ones are left out."""
    given = arguments.get(name) or ()
    parts = given.splitlines() if isinstance(given, str) else given
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts) or len(parts) > 500:
        raise WorkshopError("Une liste de textes est attendue")
    return tuple(part for part in (line({"x": part}, "x", limit) for part in parts) if part)


def code_in(given: str) -> str:
    """The code of what was picked in a list of propositions, « C50.2 · Quadrant supéro-interne du sein »."""
    return given.partition(" · ")[0].strip()
