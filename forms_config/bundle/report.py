"""What an import would do or did, part by part, in French. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What becomes of one part."""

    NEW = "nouveau"
    CHANGED = "modifie"
    IDENTICAL = "identique"
    NEWER_HERE = "plus_recent_ici"
    TAKEN = "pris"
    PROPOSED = "propose"
    ASIDE = "laisse"
    OTHER_VERSION = "autre_version"
    MISSING = "absent"


LABELS: dict[State, str] = {
    State.NEW: "nouveau",
    State.CHANGED: "modifié",
    State.IDENTICAL: "identique",
    State.NEWER_HERE: "modifié ici depuis",
    State.TAKEN: "déjà pris ici",
    State.PROPOSED: "proposé",
    State.ASIDE: "laissé de côté",
    State.OTHER_VERSION: "autre version ici",
    State.MISSING: "absent ici",
}
WRITES = frozenset({State.NEW, State.CHANGED, State.NEWER_HERE, State.PROPOSED})
"""States of what an import writes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One part: its kind in a word (« Formulaire », « Bloc »…), its name, what becomes of it, and how it differs."""

    kind: str
    name: str
    state: State
    details: Sequence[str] = ()

    @property
    def label(self) -> str:
        """The state in words."""
        return LABELS[self.state]


@dataclass(frozen=True, slots=True)
class Report:
    """The lines, what the gate's first checks say, and whether the form has here the very hash it had there."""

    form_key: str
    region: str
    fingerprint: str
    known: bool
    lines: Sequence[Line] = ()
    problems: Sequence[str] = ()
    same_hash: bool = False
    published: int | None = None
    done: bool = False

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return any(line.state in WRITES for line in self.lines)

    @property
    def needs_replacement(self) -> bool:
        """Whether something that is newer here would be replaced."""
        return any(line.state is State.NEWER_HERE for line in self.lines)

    @property
    def impossible(self) -> Sequence[Line]:
        """Parts that stand in the way of the import."""
        return [line for line in self.lines if line.state is State.TAKEN]

    def to_json(self) -> dict[str, Any]:
        """The report as it is kept and as commands give it."""
        return {
            "form": self.form_key,
            "region": self.region,
            "fingerprint": self.fingerprint,
            "known": self.known,
            "same_hash": self.same_hash,
            "published": self.published,
            "problems": list(self.problems),
            "lines": [
                {"kind": line.kind, "name": line.name, "state": line.state.value, "details": list(line.details)}
                for line in self.lines
            ],
        }
