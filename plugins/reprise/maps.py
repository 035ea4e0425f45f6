"""The reprise maps: YAML data, read once, changed by the region's settings, refused in French when wrong (R-076).

A map goes from a type of document to another. Each of its lines says what becomes what::

    {key: examens, from: frcp.examens, to: pps.suivis, with: rows, columns: {…}, fixed: {…}, remark: …}

``key`` names the line for the settings (``frcp_pps.examens``); ``from`` is a question or several; ``with`` names a conversion of
:mod:`.conversions`; ``nature`` is clinical unless said. ``columns`` rename the columns of a row, ``fixed`` are codes given to
every row (``value set: code``) and ``texts`` words; ``root`` is the OID of an identifier; ``table`` names one of the tables of
codes of the map; ``update: true`` admits the line when a document takes up its own former version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from dcc.contracts.prefill import Nature

FOLDER = Path(__file__).parent / "maps"


class MapError(ValueError):
    """A map is wrong; the message says which line and why, in French."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a map."""

    key: str
    sources: tuple[str, ...]
    target: str
    conversion: str = "same"
    nature: Nature = "clinical"
    column: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    table: str = ""
    remark: str = ""
    update: bool = False

    @property
    def source(self) -> str:
        """The first question it reads."""
        return self.sources[0]


@dataclass(frozen=True, slots=True)
class Table:
    """A passage between two value sets: code to code; ``"*"`` stands for any other code, nothing for « not this way ».

    Of the codes in ``words`` the label is kept beside the new code, which says less.
    """

    values: str
    codes: Mapping[str, str | None]
    words: Sequence[str] = ()

    def target(self, code: str) -> str | None:
        """The code that follows, or nothing."""
        return self.codes[code] if code in self.codes else self.codes.get("*")

    def keeps_words(self, code: str) -> bool:
        """Whether the label of a code is kept in clear."""
        return (code if code in self.codes else "*") in self.words


@dataclass(frozen=True, slots=True)
class Map:
    """From one type of document to another."""

    key: str
    source: str
    target: str
    lines: Sequence[Line]
    tables: Mapping[str, Table]


@lru_cache(maxsize=8)
def load_maps(off: tuple[str, ...] = (), file: Path | None = None) -> Mapping[str, Map]:
    """The maps that ship, changed by ``file`` and without the lines of ``off``; raises :class:`MapError`."""
    found = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yaml"))}
    for key, change in (_read(file) if file else {}).items():
        if key not in found:
            raise MapError(f"Carte de reprise inconnue : {key}")
        found[key] = _changed(found[key], change)
    maps = {key: _map(key, data) for key, data in found.items()}
    for name in off:
        key, _sep, line = name.partition(".")
        if key not in maps or line not in {known.key for known in maps[key].lines}:
            raise MapError(f"Ligne de reprise inconnue : {name}")
        maps[key] = _without(maps[key], line)
    return maps


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise MapError(f"Carte de reprise illisible ({path.name}) : {type(error).__name__}") from None
    if not isinstance(data, dict):
        raise MapError(f"Carte de reprise illisible ({path.name}) : un dictionnaire est attendu")
    return data


def _changed(data: Mapping[str, Any], change: Any) -> dict[str, Any]:
    """Lines of the region replace those of the same key, or are added."""
    if not isinstance(change, Mapping) or not isinstance(change.get("lines"), list):
        raise MapError("Une carte modifiée a une liste « lines »")
    own = [line for line in change["lines"] if isinstance(line, Mapping)]
    keys = {line.get("key") for line in own}
    kept = [line for line in data["lines"] if line.get("key") not in keys]
    same = [key for key in data.get("same", ()) if key not in keys]
    return {**data, "lines": [*kept, *own], "same": same, "tables": {**data.get("tables", {}), **change.get("tables", {})}}


def _without(whole: Map, key: str) -> Map:
    return Map(whole.key, whole.source, whole.target, [line for line in whole.lines if line.key != key], whole.tables)


def _map(key: str, data: Mapping[str, Any]) -> Map:
    tables = {
        name: Table(str(table["values"]), table["codes"], table.get("words", ()))
        for name, table in data.get("tables", {}).items()
    }
    lines = [_line(key, line) for line in data.get("lines", ())]
    update, administrative = set(data.get("update", ())), set(data.get("administrative", ()))
    lines += [
        Line(same, (same,), same, nature="administrative" if same in administrative else "clinical", update=same in update)
        for same in data.get("same", ())
    ]
    for line in lines:
        if line.table and line.table not in tables:
            raise MapError(f"{key}.{line.key} : table inconnue « {line.table} »")
    return Map(key, str(data["from"]), str(data["to"]), lines, tables)


_NAMES = {"from": "sources", "to": "target", "with": "conversion"}


def _line(where: str, data: Mapping[str, Any]) -> Line:
    from plugins.reprise.conversions import CONVERSIONS, NEEDS

    said = {_NAMES.get(name, name): value for name, value in data.items()}
    missing = [name for name in ("key", "from", "to") if not data.get(name)]
    unknown = set(said) - {f.name for f in fields(Line)}
    if missing or unknown:
        raise MapError(f"{where} : ligne incorrecte ({', '.join([*missing, *sorted(unknown)])})")
    sources = said["sources"]
    line = Line(**{**said, "sources": tuple([sources] if isinstance(sources, str) else sources)})
    if line.conversion not in CONVERSIONS:
        raise MapError(f"{where}.{line.key} : conversion inconnue « {line.conversion} »")
    needed = NEEDS.get(line.conversion, "")
    if needed and not getattr(line, needed):
        raise MapError(f"{where}.{line.key} : « {line.conversion} » demande « {needed} »")
    if line.nature not in ("clinical", "administrative"):
        raise MapError(f"{where}.{line.key} : nature inconnue « {line.nature} »")
    return line
