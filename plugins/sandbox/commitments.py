"""The commitments of the demonstration: the terms that ship, published; the convention of its establishment with the DSRC.

Alice and Bob, who are at work in the scenes, accepted; the others are asked when they first sign in.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility
from dcc.accounts.sessions import Level
from dcc.trust import api as trust

LEGAL_ENTITY = "490000999"
"""A fictitious FINESS number."""
AT_WORK = ("alice", "bob")
SIGNED_DAYS_AGO = 60


def keep_commitments(facility: Facility) -> str:
    """Make them once; says what is there."""
    if not facility.legal_finess:
        facility.legal_finess = LEGAL_ENTITY
        facility.save(update_fields=["legal_finess"])
    day = timezone.localdate() - timedelta(days=SIGNED_DAYS_AGO)
    trust.record_convention(actor=None, facility=facility, signed_on=day, clause_version="1")
    if trust.nothing_published():
        trust.publish_default_terms()
        for person in map(accounts.user_named, AT_WORK):
            for asked in trust.asked_of(person):
                trust.accept_terms(actor=person, version_id=asked.version.pk, sha256=asked.version.sha256, level=Level.OTP)
    return "Engagements : conditions d'utilisation publiées, convention de l'établissement"
