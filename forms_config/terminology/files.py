"""The value sets that ship with the product, as compact files beside this module.

``data/officiels``: one CSV per national list (written by ``manage.py build_value_sets``) and their index, which names source,
OID, revision and hash. ``data/listes_propres.yaml``: our own small lists, each with its source and reason. An empty cell of
a CSV repeats the line above; ``-`` means nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError, day_of, version_name

DATA = Path(__file__).resolve().parent / "data"
INDEX = "_index.csv"
INDEX_COLUMNS = ("name", "title", "oid", "revision", "concepts", "retired", "sha256", "source")
COLUMNS = ("code", "label", "system", "valid_from", "valid_to")
_DITTO = ("system", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the index says of a shipped value set, without reading its codes."""

    name: str
    title: str
    oid: str
    revision: date
    sha256: str
    source: str
    official: bool

    @property
    def version(self) -> str:
        """The name of the shipped version."""
        return version_name(self.revision, self.sha256)


@cache
def shipped() -> Mapping[str, Shipped]:
    """Every shipped value set by name, national lists first."""
    found = {}
    with (DATA / "officiels" / INDEX).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["name"]] = Shipped(
                row["name"], row["title"], row["oid"], date.fromisoformat(row["revision"]), row["sha256"], row["source"], True
            )
    for data in _own_lists().values():
        found[data.name] = Shipped(data.name, data.title, data.oid, data.revision, data.sha256, data.source, False)
    return found


def read_shipped(name: str) -> ValueSetData:
    """A shipped value set with its codes; raises ``KeyError`` when none has that name."""
    if name in _own_lists():
        return _own_lists()[name]
    entry = shipped()[name]
    return ValueSetData(
        name, entry.title, entry.oid, entry.revision, entry.source, read_concepts(DATA / "officiels" / f"{name}.csv")
    )


def read_concepts(path: Path) -> tuple[Concept, ...]:
    """The concepts of a shipped CSV."""
    concepts = []
    above = dict.fromkeys(COLUMNS, "")
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            values = {name: row.get(name) or (above[name] if name in _DITTO else "") for name in COLUMNS}
            above = values
            plain = {name: "" if value == "-" else value for name, value in values.items()}
            concepts.append(
                Concept(plain["code"], plain["system"], plain["label"], day_of(plain["valid_from"]), day_of(plain["valid_to"]))
            )
    return tuple(concepts)


def write_concepts(path: Path, concepts: Iterable[Concept]) -> None:
    """Write a CSV that :func:`read_concepts` reads back."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        above: dict[str, str] = dict.fromkeys(COLUMNS, "")
        rows = [_cells(concept) for concept in concepts]
        width = len(COLUMNS)
        while width > 3 and all(row[COLUMNS[width - 1]] == "-" for row in rows):
            width -= 1
        writer.writerow(COLUMNS[:width])
        for row in rows:
            writer.writerow(["" if name in _DITTO and row[name] == above[name] else row[name] for name in COLUMNS[:width]])
            above = row


def _cells(concept: Concept) -> dict[str, str]:
    return {
        "code": concept.code,
        "label": concept.label,
        "system": concept.system,
        "valid_from": concept.valid_from.isoformat() if concept.valid_from else "-",
        "valid_to": concept.valid_to.isoformat() if concept.valid_to else "-",
    }


@cache
def _own_lists() -> Mapping[str, ValueSetData]:
    data = yaml.safe_load((DATA / "listes_propres.yaml").read_text(encoding="utf-8"))
    return {entry["name"]: _own_list(entry, data["system_names"]) for entry in data["lists"]}


def _own_list(entry: Mapping[str, Any], systems: Mapping[str, str]) -> ValueSetData:
    if not entry.get("source") or not entry.get("reason"):
        raise ValueSetError(f"listes_propres.yaml, {entry['name']} : source et raison sont obligatoires")
    concepts = []
    for item in entry["concepts"]:
        code, label, *synonyms = (item, item) if isinstance(item, str) else item
        concepts.append(Concept(str(code), systems[entry["system"]], str(label), synonyms=tuple(synonyms)))
    return ValueSetData(
        name=entry["name"],
        title=entry["title"],
        oid="",
        revision=entry["revision"],
        source=entry["source"],
        concepts=tuple(concepts),
        official=False,
        reason=entry["reason"],
    )
