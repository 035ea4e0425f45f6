"""Writes conventions: what a person records in the admin, what a demonstration starts with; both leave a trace."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Facility
from dcc.audit import api as audit
from dcc.contracts.events import CommitmentChanged
from dcc.events import api as events
from dcc.trust.models import Convention
from dcc.trust.models.conventions import Kind

if TYPE_CHECKING:
    from dcc.accounts.models import User


def may_manage(actor: User | None) -> bool:
    """Whether ``actor`` (nobody: the platform itself) may keep the conventions."""
    return actor is None or accounts.may(actor, Action.MANAGE_CONVENTIONS)


@transaction.atomic
def trace(convention: Convention, *, actor: User | None, created: bool) -> None:
    """Keep in the journal what a convention now says; raises ``PermissionDenied``."""
    if not may_manage(actor):
        raise PermissionDenied(_("Ce compte ne peut pas tenir les conventions"))
    audit.record(
        actor=actor,
        action="convention.created" if created else "convention.changed",
        subject=f"convention:{convention.pk}",
        kind=convention.kind,
        finess=convention.legal_finess,
        network=convention.network,
        signed=convention.signed_on,
        since=convention.valid_from,
        until=convention.valid_to,
        ended=convention.ended_on,
        clause=convention.has_clause,
        amendments=convention.amendments.count(),
        digest=convention.scan_sha256,
    )
    events.publish(CommitmentChanged(at=timezone.now(), legal_finess=convention.legal_finess, network=convention.network))


@transaction.atomic
def record_convention(*, actor: User | None, facility: Facility, signed_on: date, clause_version: str) -> Convention:
    """The convention of the legal entity of an establishment with our DSRC, clause included; one that is there stays as it is.

    Raises ``PermissionDenied`` and ``ValueError`` when the legal entity is not known.
    """
    if not may_manage(actor):
        raise PermissionDenied(_("Ce compte ne peut pas tenir les conventions"))
    if not facility.legal_finess:
        raise ValueError(_("L'entité juridique de %(facility)s n'est pas connue") % {"facility": facility})
    known: Convention | None = Convention.objects.filter(
        kind=Kind.FACILITY, legal_finess=facility.legal_finess, network=facility.network
    ).first()
    if known is not None:
        return known
    convention: Convention = Convention.objects.create(
        kind=Kind.FACILITY,
        legal_finess=facility.legal_finess,
        network=facility.network,
        party=facility.name,
        signed_on=signed_on,
        valid_from=signed_on,
        has_clause=True,
        clause_version=clause_version,
    )
    trace(convention, actor=actor, created=True)
    return convention
