"""Bundles that people bring to the admin: kept for a day until their report was read and confirmed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forms_config.bundle.importing import import_bundle, look_at
from forms_config.bundle.models import ReceivedBundle
from forms_config.bundle.parts import Consent
from forms_config.bundle.report import Report

if TYPE_CHECKING:
    from dcc.accounts.models import User

KEPT = timedelta(days=1)


@transaction.atomic
def receive(*, actor: User, name: str, content: bytes) -> UUID:
    """Keep a bundle until ``actor`` confirms it; nothing of it is imported. Raises as :func:`look_at`."""
    report = look_at(actor=actor, content=content)
    _forget()
    row = ReceivedBundle.objects.create(
        name=name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        report=report.to_json(),
        received_by=actor,
    )
    return row.pk


def waiting(actor: User, received_id: UUID) -> tuple[str, bytes]:
    """Name and content of a bundle that ``actor`` brought and did not confirm yet; raises ``LookupError``."""
    row = _waiting(actor, received_id)
    return row.name, bytes(row.content or b"")


@transaction.atomic
def confirm(*, actor: User, received_id: UUID, consent: Consent) -> Report:
    """Import a bundle whose report was read; raises ``LookupError`` and as :func:`import_bundle`."""
    row = _waiting(actor, received_id, lock=True)
    report = import_bundle(actor=actor, content=bytes(row.content or b""), consent=consent)
    row.state, row.report, row.content = ReceivedBundle.State.IMPORTED, report.to_json(), None
    row.save()
    return report


@transaction.atomic
def give_up(*, actor: User, received_id: UUID) -> None:
    """Forget a bundle; raises ``LookupError``."""
    row = _waiting(actor, received_id, lock=True)
    row.state, row.content = ReceivedBundle.State.GIVEN_UP, None
    row.save()


def _waiting(actor: User, received_id: UUID, *, lock: bool = False) -> ReceivedBundle:
    rows = ReceivedBundle.objects.select_for_update() if lock else ReceivedBundle.objects
    row = rows.filter(pk=received_id, received_by=actor, state=ReceivedBundle.State.WAITING).first()
    if row is None:
        raise LookupError(_("Ce paquet a déjà été traité, ou n'est plus gardé : le déposer de nouveau"))
    return row


def _forget() -> None:
    """What nobody confirmed in a day is given up."""
    old = ReceivedBundle.objects.filter(state=ReceivedBundle.State.WAITING, received_at__lt=timezone.now() - KEPT)
    old.update(state=ReceivedBundle.State.GIVEN_UP, content=None)
