"""What is proved and who proves it: subjects, and the proofs that rooms above add.

A proof is asked by kind (``form``, ``text``) and gives findings in the editor's words; one of level ``error`` makes a report red.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, Protocol

from django.conf import settings

from dcc.contracts.snapshots import Artifact, Finding
from forms_config.schema.canonical import sha256_of

Kind = Literal["form", "text"]


@dataclass(frozen=True)
class Subject:
    """Something about to be published: ``content`` is its JSON, ``key`` names it among those of its ``kind``.

    A form's content is that of :func:`forms_config.schema.model.schema_to_json`, compiled; a text's is
    ``{"number", "body", "facility_id"}`` (nothing for the whole region).
    """

    kind: Kind
    key: str
    title: str
    content: Mapping[str, Any] = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """What a report is bound to."""
        return sha256_of([self.kind, self.key, self.content])


@dataclass(frozen=True, slots=True)
class Kept:
    """An output of a test document, to look at: ``conformance`` is a code of ``dcc.exchange``'s verdicts."""

    document: str
    artifact: Artifact
    conformance: str


@dataclass
class Course:
    """How far a proof is. ``tell(done, total, words)`` is called at each step."""

    tell: Callable[[int, int, str], None] = lambda done, total, words: None
    done: int = 0
    total: int = 0
    kept: list[Kept] = field(default_factory=list)

    def step(self, words: str) -> None:
        """Say what is being done now; what was said before is done."""
        self.tell(self.done, self.total, words)
        self.done += 1

    def keep(self, document: str, artifact: Artifact, conformance: str) -> None:
        """Keep an output with the report."""
        self.kept.append(Kept(document, artifact, conformance))


class Proof(Protocol):
    """One proof of a kind of subject."""

    def context(self) -> Any:
        """What the result depends on beside the content, as JSON: rules, texts, versions. Cheap: asked at each publication."""

    def steps(self, subject: Subject) -> int:
        """How many steps it takes."""

    def run(self, subject: Subject, course: Course) -> Iterable[Finding]:
        """Prove; raises ``RetryLater`` when a service does not answer: nothing is then said of the subject."""


_proofs: dict[Kind, dict[str, Proof]] = {"form": {}, "text": {}}


def add_proof(kind: Kind, key: str, proof: Proof) -> None:
    """Add a proof; ``key`` is a literal. Raises ``ValueError`` when the key is taken."""
    if key in _proofs[kind]:
        raise ValueError(f"Proof {key} is already there")
    _proofs[kind][key] = proof


def proofs_of(kind: Kind) -> Mapping[str, Proof]:
    """The proofs of a kind, by key."""
    return _proofs[kind]


def context_hash(kind: Kind) -> str:
    """Hash of all that results depend on beside the content: version of the product, and what each proof names."""
    return sha256_of([product_version(), {key: proof.context() for key, proof in proofs_of(kind).items()}])


@cache
def product_version() -> str:
    """Version of the product, as ``pyproject.toml`` has it."""
    data = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(data["project"]["version"])
