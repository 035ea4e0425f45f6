"""Reads a national list. Pure: no Django, no database. All of the errors of a file are told at once, with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rcp_directory.national.columns import COLUMNS, WrongCell

LARGEST = 20 * 1024 * 1024
MOST_ROWS = 20_000
TOLD = 50


class UnreadableList(ValueError):
    """A file that is no list, or has errors; ``errors`` are French sentences with lines."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(" ; ".join(errors[:3]))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Listed:
    """One RCP as a list tells it; ``told`` holds only what its cells say, by field of :data:`.columns.COLUMNS`."""

    line: int
    code: str
    told: Mapping[str, Any]

    @property
    def former(self) -> tuple[str, ...]:
        """Identifiers it had before."""
        return tuple(self.told.get("former", ()))


def read_list(content: bytes, name: str) -> list[Listed]:
    """The RCP of a CSV file (UTF-8, « ; »), in its order; raises :class:`UnreadableList`."""
    errors: list[str] = []
    found: list[Listed] = []
    seen = 0
    lines = csv.reader(io.StringIO(_decoded(content, name), newline=""), delimiter=";", strict=True)
    try:
        head = next(lines, [])
        places = _places(head, name)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                seen += 1
                if seen > MOST_ROWS:
                    raise UnreadableList([f"{name} : plus de {MOST_ROWS} RCP"])
                if any(cell.strip() for cell in cells[len(head) :]):
                    errors.append(f"ligne {lines.line_num} : plus de cellules que de colonnes")
                row = _row(cells, places, lines.line_num, errors)
                found += [row] if row else []
    except csv.Error as error:
        raise UnreadableList([f"{name}, ligne {lines.line_num} : {error}"]) from None
    errors += _clashes(found)
    if errors:
        left = [f"… et {len(errors) - TOLD} autres"] if len(errors) > TOLD else []
        raise UnreadableList([*errors[:TOLD], *left])
    if not found:
        raise UnreadableList([f"{name} : aucune RCP"])
    return found


def _decoded(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        raise UnreadableList([f"{name} : plus de {LARGEST // 1024 // 1024} Mo"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableList([f"{name}, ligne {line} : ce n'est pas de l'UTF-8, enregistrer le fichier en CSV UTF-8"]) from None
    if "\0" in text:
        raise UnreadableList([f"{name} : ce n'est pas un texte"])
    return text


def _places(head: list[str], name: str) -> dict[str, int]:
    named = [cell.strip().lower() for cell in head]
    wrong = [column.name for column in COLUMNS if named.count(column.name) > 1 or (column.needed and column.name not in named)]
    if wrong:
        raise UnreadableList(
            [
                f"{name} : la première ligne nomme les colonnes, séparées par « ; » ; absentes ou en double : {', '.join(wrong)}",
                f"Colonnes admises : {', '.join(column.name for column in COLUMNS)}",
            ]
        )
    return {column.name: named.index(column.name) for column in COLUMNS if column.name in named}


def _row(cells: list[str], places: Mapping[str, int], line: int, errors: list[str]) -> Listed | None:
    told: dict[str, Any] = {}
    before = len(errors)
    for column in COLUMNS:
        place = places.get(column.name, len(cells))
        cell = cells[place].replace("\u00a0", " ").replace("\u202f", " ").strip() if place < len(cells) else ""
        if not cell:
            errors += [f"ligne {line}, {column.name} : à remplir"] if column.needed else []
            continue
        try:
            told[column.field] = column.read(cell)
        except WrongCell as error:
            errors.append(f"ligne {line}, {column.name} : {error}")
    if "active_from" in told and "active_to" in told and told["active_to"] < told["active_from"]:
        errors.append(f"ligne {line}, fermee_le : la fermeture ne peut pas précéder l'ouverture")
    return Listed(line, told["code"], told) if len(errors) == before else None


def _clashes(found: list[Listed]) -> Iterator[str]:
    """Identifiers that the file gives twice, as new or as former ones; networks and centres that it tells in two ways."""
    seen: dict[str, int] = {}
    for row in found:
        for code in (row.code, *row.former):
            if code in seen:
                yield f"ligne {row.line} : l'identifiant {code} est déjà à la ligne {seen[code]}"
            seen.setdefault(code, row.line)
    for what in ("network", "centre"):
        told: dict[str, tuple[Any, ...]] = {}
        for row in found:
            parts = ("name", "acronym", "mailbox") if what == "network" else ("name", "acronym", "network_code")
            said = tuple(row.told.get(part if part == "network_code" else f"{what}_{part}", "") for part in parts)
            if told.setdefault(row.told[f"{what}_code"], said) != said:
                yield f"ligne {row.line} : {row.told[f'{what}_code']} n'est pas décrit comme plus haut"
