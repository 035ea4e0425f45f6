"""A concept and a value set as plain data, with the identity of their content. Pure: no database, no file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

from forms_config.schema.canonical import sha256_of

HASH_DIGITS = 8


class ValueSetError(ValueError):
    """A value set cannot be read; the message is French and names the file."""


class UnknownValueSet(LookupError):
    """No value set of that name, or no such version of it; the message is French."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of a value set, with its official label; ``valid_to`` is the first day on which it is retired.

    ``preferred`` and ``words`` are what the region calls it (:mod:`forms_config.terminology.words`), for screens and searches.
    """

    code: str
    system: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    synonyms: tuple[str, ...] = ()
    preferred: str = ""
    words: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The label that screens show; outputs keep ``label``."""
        return self.preferred or self.label

    @property
    def active(self) -> bool:
        """Whether the code may be chosen today; a retired code can still be read."""
        return self.valid_to is None or self.valid_to > date.today()

    @property
    def value(self) -> dict[str, str]:
        """The concept as a coded answer (:mod:`forms_config.schema.values`)."""
        return {"code": self.code, "system": self.system, "label": self.label}


Row = Sequence[Any]
"""A concept as JSON: code, label, system, valid_from, valid_to, synonyms; empty ends are left out."""


def to_row(concept: Concept) -> list[Any]:
    """A concept as a short JSON list."""
    row: list[Any] = [
        concept.code,
        concept.label,
        concept.system,
        concept.valid_from.isoformat() if concept.valid_from else "",
        concept.valid_to.isoformat() if concept.valid_to else "",
        list(concept.synonyms),
    ]
    while row and not row[-1]:
        row.pop()
    return row


def from_row(row: Row) -> Concept:
    """Inverse of :func:`to_row`; raises ``ValueError`` on another shape."""
    code, label, system = (str(part) for part in row[:3])
    valid_from, valid_to = (day_of(row[n]) if len(row) > n else None for n in (3, 4))
    return Concept(code, _shared(system), label, valid_from, valid_to, tuple(row[5]) if len(row) > 5 else ())


@cache
def _shared(system: str) -> str:
    """One object per coding system, not one per concept."""
    return system


@cache
def day_of(text: str) -> date | None:
    """The day of an ISO text, nothing for an empty one; raises ``ValueError``."""
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class ValueSetData:
    """One version of a value set, wherever it comes from.

    ``official`` tells a national list from one of ours, whose ``reason`` says why it exists. ``revision`` is the day of the
    publisher's revision. The version is named by it and by the content: the same list has the same name on every machine.
    """

    name: str
    title: str
    oid: str
    revision: date
    source: str
    concepts: tuple[Concept, ...] = field(repr=False)
    official: bool = True
    reason: str = ""

    @cached_property
    def sha256(self) -> str:
        """Hash of what may be chosen: codes, systems, labels and synonyms, in order."""
        return sha256_of([[c.code, c.system, c.label, list(c.synonyms)] for c in self.concepts if c.valid_to is None])

    @property
    def version(self) -> str:
        """The name of this version, for instance ``2025-03-12-1f0c9a3e``."""
        return version_name(self.revision, self.sha256)


def version_name(revision: date, sha256: str) -> str:
    """How a version is named everywhere."""
    return f"{revision.isoformat()}-{sha256[:HASH_DIGITS]}"


def with_retired(newer: ValueSetData, former: Iterable[Concept], since: date) -> ValueSetData:
    """The newer version, keeping the codes of the former one that it dropped, as retired ``since`` a day."""
    there = {(c.code, c.system) for c in newer.concepts}
    dropped = [
        Concept(c.code, c.system, c.label, c.valid_from, c.valid_to or since, c.synonyms)
        for c in former
        if (c.code, c.system) not in there
    ]
    if not dropped:
        return newer
    return ValueSetData(
        newer.name,
        newer.title,
        newer.oid,
        newer.revision,
        newer.source,
        (*newer.concepts, *dropped),
        newer.official,
        newer.reason,
    )
