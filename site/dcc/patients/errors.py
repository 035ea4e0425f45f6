"""Why the room refuses, in French; beside these, ``PermissionDenied`` when the actor may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits


class UnknownPatient(LookupError):
    """No such patient."""

    def __init__(self) -> None:
        super().__init__(_("Patient inconnu"))


class StaleIdentity(Exception):
    """Somebody changed the identity since it was shown: show it again and let the user decide."""

    def __init__(self) -> None:
        super().__init__(_("L'identité a été modifiée entre-temps : la relire avant de recommencer"))


class InsWouldBeLost(Exception):
    """The change would give up a retrieved or qualified INS: ask, then call again with ``give_up_ins=True``."""

    def __init__(self) -> None:
        super().__init__(_("Ce changement fait perdre l'INS et ramène l'identité au statut provisoire : confirmer"))


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """A patient who may be the one being created. ``exact``: no strict trait differs; ``similar``: near enough to look.

    ``followed_here`` says whether the actor's facilities follow the patient. Somebody else's patient is only ever an exact match,
    whose traits the actor has just typed.
    """

    patient_id: UUID
    match: Literal["exact", "similar"]
    followed_here: bool
    traits: IdentityTraits
    status: str


class CandidatesFound(Exception):
    """Patients look like the one being created: show them, then adopt one or create in spite of those shown."""

    def __init__(self, candidates: Sequence[DuplicateCandidate]) -> None:
        super().__init__(_("Des patients ressemblent à celui-ci : choisir, ou créer malgré tout"))
        self.candidates = tuple(candidates)


@dataclass(frozen=True, slots=True)
class Question:
    """What is kept of a contradictory flow: the row that waits for a person, and whom it may be."""

    id: UUID
    columns: Mapping[str, Any]
    candidate_ids: Sequence[UUID]


class IdentityConflict(Refused):
    """A flow means a patient who is known, and contradicts what is known of him; ``fields`` names where. Nothing was changed.

    ``reconciliation_id`` is the question that waits for a person; nothing when only the reader asked who it is.
    """

    def __init__(self, reason: str, *, patient_id: UUID, fields: Sequence[str], question: Question | None = None) -> None:
        super().__init__(reason)
        self.patient_id, self.fields, self.question = patient_id, tuple(fields), question

    @property
    def reconciliation_id(self) -> UUID | None:
        """Id of the question that is kept."""
        return self.question.id if self.question else None
