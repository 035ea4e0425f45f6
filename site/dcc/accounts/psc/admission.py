"""The waiting room: asking to be admitted in a structure, and deciding. A decision gives a membership, nothing else does."""

from __future__ import annotations

from django.db import transaction

from dcc.accounts.models import Facility, Role
from dcc.accounts.psc.claims import Professional, Situation
from dcc.accounts.psc.models import AdmissionRequest
from dcc.audit import api as audit

State = AdmissionRequest.State
CLINICAL = (Role.PHYSICIAN, Role.ASSISTANT, Role.READER)


@transaction.atomic
def request_admission(*, professional: Professional, situation: Situation, facility: Facility | None) -> AdmissionRequest:
    """The request of a professional for a structure: the last one if there is one, else a new one."""
    place = {"facility": facility} if facility else {"facility": None, "structure": situation.structure}
    known = AdmissionRequest.objects.filter(national_id=professional.national_id, **place).order_by("-asked_at").first()
    if known is not None and known.state != State.ADMITTED:
        return known
    request = AdmissionRequest(
        national_id=professional.national_id,
        family=situation.family[:100],
        given=situation.given[:100],
        prefix=situation.prefix[:5],
        suffix=situation.suffix[:5],
        profession_code=situation.profession_code[:30],
        physician=situation.physician,
        facility=facility,
        structure=facility.name if facility else situation.structure,
    )
    request.save(force_insert=True)
    audit.record(
        actor=None,
        action="admission.requested",
        subject=f"admission:{request.pk}",
        facility_id=facility.pk if facility else None,
    )
    return request
