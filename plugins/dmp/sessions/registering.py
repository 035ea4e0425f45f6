"""What this slice offers: the page, the notices, the clock, the checks; and what follows the end of Pro Santé Connect."""

from __future__ import annotations

from datetime import timedelta

from django.core.checks import register as register_check

from dcc.contracts.capabilities import DigestSection, MenuEntry, ScheduledJob
from dcc.contracts.notices import NoticeSource
from dcc.contracts.registry import Registry

ADMINISTER, VALIDATE = "platform.administer", "document.validate"
ACTIONS = """
dmp.session_opened   acces  session  Accès au DMP ouvert (espace de confiance Pro Santé Connect)
dmp.session_refused  acces  refus    Accès au DMP non ouvert
dmp.session_used     acces  session  Appel du DMP dans une session de l'espace de confiance
dmp.session_closed   acces  session  Accès au DMP fermé
dmp.failures_written exploitation sort Appels du DMP en échec écrits pour le support
"""


def register(registry: Registry) -> None:
    """Offer them to the core."""
    from dcc.accounts.api import psc_session_ended
    from dcc.audit import api as audit
    from plugins.dmp.sessions.checks import check_dmp, digest
    from plugins.dmp.sessions.closing import on_psc_end
    from plugins.dmp.sessions.failures import forget
    from plugins.dmp.sessions.notices import SessionNotices
    from plugins.dmp.sessions.tending import tend
    from plugins.dmp.settings import in_force

    audit.declare(ACTIONS)
    psc_session_ended.connect(on_psc_end, dispatch_uid="dmp.sessions")
    registry.add(NoticeSource, "dmp.sessions", SessionNotices())
    registry.add(ScheduledJob, "dmp.sessions", ScheduledJob("dmp.sessions", tend, timedelta(minutes=1)))
    registry.add(ScheduledJob, "dmp.failures", ScheduledJob("dmp.failures", forget, timedelta(hours=1)))
    registry.add(DigestSection, "dmp.sessions", DigestSection("dmp.sessions", "Dépôts au DMP en attente", (ADMINISTER,), digest))
    register_check(check_dmp, "dcc")
    if in_force().proxy:
        registry.add(MenuEntry, "dmp.access", MenuEntry("DMP", "dmp:access", VALIDATE, icon="shield-check"))
