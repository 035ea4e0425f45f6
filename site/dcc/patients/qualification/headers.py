"""A header as JSON values, and back: what is kept of a flow until a person answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot, RelatedPerson


def written(header: PatientSnapshot) -> dict[str, Any]:
    """The header as JSON values; whose it is here stays out."""
    data = asdict(header)
    data.pop("patient_id")
    return data


def read_back(data: Mapping[str, Any]) -> PatientSnapshot:
    """The header of :func:`written`."""
    return PatientSnapshot(
        patient_id=None,
        traits=IdentityTraits(**data["traits"]),
        status=data["status"],
        used_name=data["used_name"],
        used_given_name=data["used_given_name"],
        ins=InstanceId(**data["ins"]) if data["ins"] else None,
        identifiers=tuple(InstanceId(**one) for one in data["identifiers"]),
        address=data["address"],
        telecoms=tuple(data["telecoms"]),
        related=tuple(RelatedPerson(**one) for one in data["related"]),
    )
