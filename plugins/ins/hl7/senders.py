"""Who may send identities: one line for each application of an establishment, changed in one place, journaled."""

from __future__ import annotations

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Facility, User
from dcc.audit import api as audit
from plugins.ins.models import FlowSender

_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)


@transaction.atomic
def keep_sender(
    *,
    actor: User | None,
    application: str,
    facility_code: str,
    finess: str,
    authorities: str = "",
    certificate: str = "",
    creates: bool = True,
    documents: bool = False,
    active: bool = True,
) -> FlowSender:
    """Add a sender, or change the one of that application and code; ``actor`` is nothing for a command of the host.

    Raises ``PermissionDenied``, ``LookupError`` (no establishment has this FINESS number), ``ValidationError`` in French.
    """
    if actor is not None and not accounts.may(actor, Action.ADMINISTER):
        raise PermissionDenied
    facility = Facility.objects.filter(finess=finess).exclude(finess="").first()
    if facility is None:
        raise LookupError("Aucune structure n'a ce numéro FINESS")
    if not facility.identifier_oid:
        raise ValidationError("La structure n'a pas d'OID d'émission des IPP : le renseigner d'abord")
    sender, _new = FlowSender.objects.select_for_update().get_or_create(
        application=application, facility_code=facility_code, defaults={"facility": facility}
    )
    sender.facility, sender.authorities = facility, " ".join(authorities.split())
    sender.certificate = certificate.replace(":", "").strip().lower()
    sender.creates, sender.documents, sender.active = creates, documents, active
    if sender.certificate and not _FINGERPRINT.match(sender.certificate):
        raise ValidationError("Empreinte du certificat : 64 chiffres hexadécimaux attendus (SHA-256)")
    sender.full_clean()
    sender.save()
    audit.record(actor=actor, action="flow.sender_set", subject=f"flow_sender:{sender.pk}", facility=facility.pk, active=active)
    return sender
