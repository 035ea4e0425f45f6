"""Writing into the directory from code: what the demonstration records.

National lists have their own writer (:mod:`rcp_directory.national.applying`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rcp_directory.models import CoordinationCentre, NationalBox, Rcp, RcpMember, RegionalNetwork, Session


@dataclass(frozen=True, slots=True)
class Named:
    """A network or a centre: national identifier, acronym, name; of a network also whose it is, and its system's mailbox."""

    national_id: str
    acronym: str
    name: str
    is_ours: bool = True
    mailbox: str = ""


@transaction.atomic
def record_rcp(
    *, national_id: str, denomination: str, network: Named, centre: Named, attributes: Mapping[str, Any] | None = None
) -> int:
    """Create or update an RCP by its national identifier, with its network and centre; returns its id.

    ``attributes`` are other fields of :class:`rcp_directory.models.Rcp`. Raises ``ValidationError`` on a value that does not fit.
    """
    network_row, _ = RegionalNetwork.objects.update_or_create(
        national_id=network.national_id,
        defaults={
            "acronym": network.acronym,
            "name": network.name,
            "is_ours": network.is_ours,
            "mailbox": network.mailbox,
        },
    )
    centre_row, _ = CoordinationCentre.objects.update_or_create(
        national_id=centre.national_id, defaults={"acronym": centre.acronym, "name": centre.name, "network": network_row}
    )
    rcp = Rcp.objects.filter(national_id=national_id).first() or Rcp(national_id=national_id)
    for name, value in {"denomination": denomination, "centre": centre_row, **(attributes or {})}.items():
        setattr(rcp, name, value)
    rcp.full_clean()
    rcp.save()
    return int(rcp.pk)


def record_member(*, rcp_id: int, practitioner_id: UUID) -> None:
    """Seat a professional in an RCP; seated already, nothing changes."""
    RcpMember.objects.get_or_create(rcp_id=rcp_id, practitioner_id=practitioner_id)


def record_session(*, rcp_id: int, starts_at: datetime, identifier: str) -> int:
    """Create the session of an RCP at a moment, or find it; returns its id."""
    session, _ = Session.objects.get_or_create(rcp_id=rcp_id, starts_at=starts_at, defaults={"identifier": identifier})
    return int(session.pk)


def record_national_mailbox(*, use: str, address: str, is_test: bool) -> None:
    """Enter or change the mailbox of a national service; raises ``ValidationError`` on a value that does not fit."""
    row = NationalBox.objects.filter(use=use).first() or NationalBox(use=use)
    row.address, row.is_test = address, is_test
    row.full_clean()
    row.save()
