"""What this slice offers: the poller, its jobs, what waits for an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from dcc.contracts.capabilities import DigestLine, DigestSection, MenuEntry, ScheduledJob, Service
from dcc.contracts.registry import Registry

ADMINISTER = "platform.administer"
ACTIONS = """
mss.taken      exploitation   tache  Courriel MSSanté pris en compte
mss.kept_back  exploitation   refus  Courriel MSSanté mis en quarantaine
mss.answered   exploitation   sort   Réponse à un courriel MSSanté envoyée
mss.replayed   exploitation   regle  Courriel MSSanté rejoué
mss.set_aside  exploitation   regle  Courriel MSSanté classé sans suite
"""


def register(registry: Registry) -> None:
    """The journal's words, the page, the jobs; the poller where a server is set."""
    from dcc.audit import api as audit
    from plugins.mss.receiving.answering import AnswerDue, answer
    from plugins.mss.receiving.retention import forget_contents
    from plugins.mss.receiving.settling import settle_open
    from plugins.mss.settings import in_force

    audit.declare(ACTIONS)
    registry.add(MenuEntry, "mss.inbound", MenuEntry("Courriels MSSanté reçus", "mss:inbound", ADMINISTER, icon="arrow-into"))
    registry.add(DigestSection, "mss.inbound", DigestSection("mss.inbound", "Messagerie sécurisée", (ADMINISTER,), digest))
    registry.add(ScheduledJob, "mss.inbound.settle", ScheduledJob("mss.inbound.settle", settle_open, timedelta(minutes=1)))
    registry.add(ScheduledJob, "mss.inbound.forget", ScheduledJob("mss.inbound.forget", forget_contents, timedelta(hours=1)))
    registry.subscribe(AnswerDue, answer, key="mss.answer")
    if in_force().imap_host:
        registry.add(Service, "mss.poller", Service("mss.poller", ("mss_poller",)))


def digest(_person: UUID) -> Sequence[DigestLine]:
    """What waits for somebody, and a box that cannot be read."""
    from django.urls import reverse
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from plugins.mss.receiving.operating import failing_boxes, waiting_count

    lines = []
    if n := waiting_count():
        words = ngettext("%(n)s courriel reçu à traiter", "%(n)s courriels reçus à traiter", n) % {"n": n}
        lines.append(DigestLine(words, reverse("mss:inbound")))
    for box in failing_boxes():
        words = _("La boîte %(box)s n'est plus relevée : %(why)s") % {"box": box.address, "why": box.failure}
        lines.append(DigestLine(words, reverse("mss:inbound")))
    return lines
