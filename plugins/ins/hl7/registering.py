"""What the slice offers the platform."""

from __future__ import annotations

from datetime import timedelta

from dcc.contracts.capabilities import ScheduledJob, Service
from dcc.contracts.registry import Registry

ACTIONS = """
flow.taken      soins          ecrit  Message d'un flux d'identités pris en compte
flow.sender_set configuration  regle  Émetteur d'identités réglé
flow.refused    exploitation   refus  Message d'un flux d'identités refusé
"""


def register(registry: Registry) -> None:
    """The journal's words, and the jobs (what a dead process left, what is too old), the listener when it has a port."""
    from django.conf import settings

    from dcc.audit import api as audit
    from plugins.ins.hl7.receiving import settle_open
    from plugins.ins.hl7.retention import forget_contents

    audit.declare(ACTIONS)
    registry.add(ScheduledJob, "ins.hl7.settle", ScheduledJob("ins.hl7.settle", settle_open, timedelta(minutes=1)))
    registry.add(ScheduledJob, "ins.hl7.forget", ScheduledJob("ins.hl7.forget", forget_contents, timedelta(hours=1)))
    if settings.DCC_MLLP.port:
        registry.add(Service, "ins.mllp", Service("ins.mllp", ("mllp",)))
