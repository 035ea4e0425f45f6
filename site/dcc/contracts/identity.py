"""What crosses the contract between the core and a verifier of identities (the INSi teleservice)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from dcc.contracts.snapshots import IdentityTraits, InstanceId

Rung = Literal["each_given_name", "all_given_names", "with_place"]
"""A step of the search: each given name alone in its order, the whole list at once, then the same with the birth place."""


@dataclass(frozen=True, slots=True)
class IdentityQuery:
    """Whom an identity verifier looks for, and who asks.

    ``facility_finess`` and ``practitioner_rpps`` name the caller where the service wants them; ``automatic`` is true when no
    person waits for the answer; ``again`` asks anew though an answer to the same question is kept. ``rungs`` are climbed in order
    until one gives exactly one identity (ins.md §1.7).
    """

    traits: IdentityTraits
    facility_finess: str = ""
    practitioner_rpps: str = ""
    automatic: bool = False
    again: bool = False
    rungs: Sequence[Rung] = ("each_given_name", "all_given_names", "with_place")


@dataclass(frozen=True, slots=True)
class FormerMatricule:
    """A matricule that the person had; days as the service writes them (they need not be in order), or nothing."""

    ins: InstanceId
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class IdentityVerdict:
    """Answer of an identity verifier: ``code`` as the teleservice gives it, the traits and INS it returned, if any.

    ``answer_id`` finds the answer as it came, kept unchanged by the verifier; ``remarks`` say in French what a person should look
    at (a key that does not match, a first given name to draw from a list).
    """

    code: str
    traits: IdentityTraits | None = None
    ins: InstanceId | None = None
    former: Sequence[FormerMatricule] = ()
    at: datetime | None = None
    answer_id: UUID | None = None
    remarks: Sequence[str] = ()
