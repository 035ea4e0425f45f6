"""Whether the trust clause covers who acts on an identity, with its evidence (R-129, R-153)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.patients.qualification.policy import Policy
from dcc.trust import api as trust


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether the clause is there, and each reason: code, French words, met or not."""

    present: bool
    reasons: Sequence[trust.Reason] = ()
    by: Sequence[str] = ()
    """What makes it so: terms and day of acceptance, conventions (:class:`dcc.trust.api.ClauseStatus`)."""

    def evidence(self) -> dict[str, Any]:
        """What is kept of it beside a step."""
        return {"present": self.present, "by": list(self.by), "at": timezone.now().isoformat()}


def cover_of(actor: accounts.User | None, facility_id: UUID, policy: Policy) -> Cover:
    """The clause of a person in a facility; of a flow without anybody, the convention of the establishment (decision 0243)."""
    (facility,) = accounts.facilities(ids=[facility_id])
    if actor is not None:
        status = trust.clause_status(actor, facility, timezone.now())
    elif policy.convention_covers_flows:
        status = trust.facility_commitment(facility, timezone.now())
    else:
        return Cover(False)
    return Cover(status.present, status.reasons, status.evidence)


def person(actor_id: UUID | None) -> accounts.User | None:
    """Who began a process, when somebody did."""
    return accounts.User.objects.filter(pk=actor_id).first() if actor_id else None
