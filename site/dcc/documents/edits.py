"""Changes of answers, in pure Python: reading and writing one value by its path, undoing, finding conflicts.

Paths: ``key`` (a top-level answer), ``group/row`` (a whole row) and ``group/row/key`` (a value in a row), as made by
:func:`forms_config.schema.answers.path_of`. A row's value is ``{"values": …, "position": n}``; nothing means no such row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored change: the value of ``path`` went from ``before`` to ``after`` at ``revision``."""

    revision: int
    path: str
    before: Any
    after: Any


def read(answers: Mapping[str, Any], path: str) -> Any:
    """The value at a path, or nothing."""
    key, _, rest = path.partition("/")
    if not rest:
        return answers.get(key)
    row_id, _, column = rest.partition("/")
    for position, row in enumerate(answers.get(key) or ()):
        if row["id"] == row_id:
            return row["values"].get(column) if column else {"values": row["values"], "position": position}
    return None


def write(answers: Mapping[str, Any], path: str, value: Any) -> Answers:
    """A copy of the answers with ``value`` at ``path``; nothing erases. Raises ``KeyError`` when the row does not exist."""
    key, _, rest = path.partition("/")
    changed = dict(answers)
    if not rest:
        _put(changed, key, value)
        return changed
    row_id, _, column = rest.partition("/")
    rows = list(changed.get(key) or ())
    if column:
        position = next((n for n, row in enumerate(rows) if row["id"] == row_id), None)
        if position is None:
            raise KeyError(path)
        values = dict(rows[position]["values"])
        _put(values, column, value)
        rows[position] = {"id": row_id, "values": values}
    else:
        rows = [row for row in rows if row["id"] != row_id]
        if value is not None:
            rows.insert(min(value["position"], len(rows)), {"id": row_id, "values": dict(value["values"])})
    _put(changed, key, rows or None)
    return changed


def _put(values: Answers, key: str, value: Any) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def rewind(answers: Mapping[str, Any], edits: Iterable[Edit]) -> Answers:
    """The answers as they were before ``edits``: all those since some revision, in any order."""
    past: Answers = dict(answers)
    for edit in sorted(edits, key=lambda e: e.revision, reverse=True):
        if edit.before is None and edit.after is None:  # erased since, at the end of its retention
            continue
        past = write(past, edit.path, edit.before)
    return past


def touches(edit_path: str, path: str) -> bool:
    """Whether a change of ``edit_path`` may have changed ``path``: the same value, or the row that holds it."""
    return edit_path == path or path.startswith(f"{edit_path}/") or edit_path.startswith(f"{path}/")


def files_in(answers: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the joined files that answers name, rows included."""
    found: set[str] = set()
    for value in answers.values():
        if isinstance(value, Mapping):
            found |= {value["file"]} if "file" in value else set()
        elif isinstance(value, list):
            found = found.union(*(files_in(row.get("values", {})) for row in value if isinstance(row, Mapping)))
    return frozenset(found)


def is_row(path: str) -> bool:
    """Whether a path names a whole row."""
    return path.count("/") == 1
