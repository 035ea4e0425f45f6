"""Justificatifs as the pages say them: those that may be chosen, by what they are worth, and those that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from dcc.patients import api as patients

LEVELS: Mapping[str, Any] = {
    "eleve": _("Haute confiance"),
    "condition": _("Haute confiance, sous condition"),
    "faible": _("Ne suffit pas à valider"),
    "retire": _("Non proposé"),
}
"""What a justificatif is worth."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A justificatif that was seen, or came with a flow."""

    words: str
    level: Any
    origin: Any
    at: datetime
    who: str


def grouped_proofs(kinds: Sequence[patients.ProofKind]) -> Sequence[tuple[Any, Sequence[patients.ProofKind]]]:
    """The kinds that may be chosen under what they are worth, the highest first."""
    groups = [(words, [kind for kind in kinds if kind.level == level]) for level, words in LEVELS.items()]
    return [(words, members) for words, members in groups if members]


def kept_lines(proofs: Sequence[patients.KeptProof], names: Mapping[UUID, str]) -> Sequence[KeptLine]:
    """The justificatifs that hold, each with who saw it."""
    return [
        KeptLine(
            proof.words,
            LEVELS.get(proof.level, proof.level),
            patients.Origin(proof.origin).label,
            proof.at,
            names.get(proof.actor_id, "") if proof.actor_id else "",
        )
        for proof in proofs
    ]
