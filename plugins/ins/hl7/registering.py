"""What the slice offers the platform."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from dcc.contracts.capabilities import DigestLine, DigestSection, MenuEntry, ScheduledJob, Service
from dcc.contracts.registry import Registry

ADMINISTER = "platform.administer"
ACTIONS = """
flow.taken      soins          ecrit  Message d'un flux d'identités pris en compte
flow.tried      exploitation   regle  Message d'essai déposé par une page
flow.replayed   exploitation   regle  Message d'un flux d'identités rejoué
flow.set_aside  exploitation   regle  Message d'un flux d'identités classé sans suite
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
    registry.add(MenuEntry, "ins.flows", MenuEntry("Flux d'identités", "ins:flows", ADMINISTER, icon="arrow-into"))
    registry.add(DigestSection, "ins.flows", DigestSection("ins.flows", "Flux d'identités", (ADMINISTER,), digest))
    registry.add(ScheduledJob, "ins.hl7.settle", ScheduledJob("ins.hl7.settle", settle_open, timedelta(minutes=1)))
    registry.add(ScheduledJob, "ins.hl7.forget", ScheduledJob("ins.hl7.forget", forget_contents, timedelta(hours=1)))
    if settings.DCC_MLLP.port:
        registry.add(Service, "ins.mllp", Service("ins.mllp", ("mllp",)))


def digest(_person: UUID) -> Sequence[DigestLine]:
    """What waits for an operator."""
    from django.urls import reverse
    from django.utils.translation import ngettext

    from plugins.ins.hl7.operating import waiting_counts
    from plugins.ins.models.hl7 import TO_DO

    counted = waiting_counts()
    n = sum(counted.get(state, 0) for state in TO_DO)
    words = ngettext("%(n)s message d'identité à traiter", "%(n)s messages d'identité à traiter", n) % {"n": n}
    return [DigestLine(words, reverse("ins:flows"))] if n else []
