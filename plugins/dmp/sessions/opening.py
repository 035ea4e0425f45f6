"""Opening a session: asked for in a request, waited for beside it, told by the row that the page looks at (decision 0326).

The proxy answers when the person has recognised the two digits on her telephone or card, up to two minutes later. A thread of the
web process waits, no worker does; when its process ends first, the row stays and is lost after a while: she asks again.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from dcc.accounts.api import PscGrant, Situation, User
from dcc.audit import api as audit
from dcc.contracts.errors import NotConfigured
from dcc.events import api as events
from dcc.security.api import frames_of
from plugins.dmp.apps import CHANNELS
from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.models.sessions import ABANDONED, CONFIRMATION
from plugins.dmp.sessions import closing, live, proxy
from plugins.dmp.sessions.beside import in_thread
from plugins.dmp.sessions.people import caller_in, forms_of, full_id
from plugins.dmp.sessions.problems import NotOpened
from plugins.dmp.settings import in_force

__all__ = ["CHANNELS", "being_asked", "last_opening", "open_session", "wait", "wake"]
log = logging.getLogger("dcc.dmp")
PSC = "psc"
"""The kind of session, as deliveries wait for it."""


def open_session(
    *,
    user: User,
    grant: PscGrant,
    situation: Situation | None,
    channel: str = "",
    then: str = "",
    beside: Callable[[Callable[[], None]], None] = in_thread,
) -> Opening:
    """Ask for a session in the situation chosen; the one that is being asked for already, if there is one.

    ``channel`` is MOBILE or CARD, that of the settings when empty; ``then`` the page to go on with; ``beside`` runs what waits.
    Raises :class:`NotOpened` (``situation``, ``structure``), ``NotConfigured``.
    """
    settings = in_force()
    if not settings.proxy:
        raise NotConfigured("DMP : aucun proxy de l'espace de confiance n'est indiqué", cause="dmp_off")
    if situation is None:
        raise NotOpened("situation")
    caller = caller_in(situation, grant.national_id)
    give_up_lost()
    try:
        with transaction.atomic():
            row = Opening.objects.create(
                user=user,
                national_id=grant.national_id,
                psc_session=grant.session_id,
                digits=f"{secrets.randbelow(100):02}",
                channel=channel or settings.channel,
                professional=live.professional_of(caller),
                then=then,
            )
    except IntegrityError:  # asked for a moment ago, by another tab
        known = being_asked(user)
        if known is None:
            raise
        return known
    transaction.on_commit(lambda: beside(lambda: wait(row)))
    return row


def being_asked(user: User) -> Opening | None:
    """The opening that waits for its person now."""
    since = timezone.now() - CONFIRMATION
    return Opening.objects.filter(user=user, state=Opening.State.ASKED, asked_at__gt=since).first()


def last_opening(user: User) -> Opening | None:
    """The opening asked for last."""
    give_up_lost()
    return Opening.objects.filter(user=user).order_by("-asked_at").first()


def wait(row: Opening) -> None:
    """Ask the proxy and settle the opening; never raises. For the thread beside the request.

    The row is taken from memory: during the two minutes that it waits, the thread holds no connection to the database.
    """
    try:
        _settle(row, proxy.connect(in_force(), national_id=full_id(row.national_id), digits=row.digits, channel=row.channel))
    except NotOpened as problem:
        refuse(row, problem.code)
    except Exception as error:  # noqa: BLE001  (nobody waits for this thread: its person is told by the row)
        log.error("opening %s: %s, by way of %s", row.pk, type(error).__name__, " ".join(frames_of(error)))
        refuse(row, "internal")


def refuse(row: Opening, code: str) -> None:
    """Say on the opening why it came to nothing, once."""
    with transaction.atomic():
        asked = Opening.objects.filter(pk=row.pk, state=Opening.State.ASKED)
        if asked.update(state=Opening.State.REFUSED, problem=code):
            audit.record(actor=row.user, action="dmp.session_refused", subject=f"user:{row.user_id}", reason=code)


def give_up_lost() -> int:
    """Openings whose process ended before their person confirmed; says how many."""
    lost = Opening.objects.filter(state=Opening.State.ASKED, asked_at__lte=timezone.now() - CONFIRMATION).select_related("user")
    found = list(lost)
    for row in found:
        refuse(row, "lost")
    return len(found)


def _settle(row: Opening, held: proxy.Held) -> None:
    """Keep the session, and wake what waited for it; of one that is not kept the proxy is told."""
    kept = False
    try:
        kept = _kept(row, held)
    finally:
        if not kept:
            _abandon(row, held)
    if kept:
        wake(row.national_id)


def _kept(row: Opening, held: proxy.Held) -> bool:
    """Whether the session is kept: not when its person gave up or left meanwhile."""
    session = _session_of(row, held)
    with transaction.atomic():
        if not Opening.objects.filter(pk=row.pk, state=Opening.State.ASKED).update(state=Opening.State.OPENED):
            return False
        closing.end_of_user(row.user_id, "remplacee")
        session.save(force_insert=True)
        audit.record(actor=row.user, action="dmp.session_opened", subject=f"user:{row.user_id}", session=str(session.pk))
    return True


def _abandon(row: Opening, held: proxy.Held) -> None:
    """Tell the proxy of a session that is nobody's here; its secret is kept until it was told, if it can be."""
    session = _session_of(row, held)
    session.ended_at, session.ended_why = timezone.now(), ABANDONED
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except DatabaseError:  # nothing can be kept: it is told once, or the session dies of its age
        proxy.disconnect(in_force(), held.secret)
    else:
        closing.tell_proxy(row.user_id)


def _session_of(row: Opening, held: proxy.Held) -> TrustSession:
    session = TrustSession(
        user_id=row.user_id,
        national_id=row.national_id,
        psc_session=row.psc_session,
        session_state=held.state,
        professional=row.professional,
        expires_at=timezone.now() + timedelta(minutes=in_force().session_minutes),
    )
    live.SECRET.put(session, held.secret)
    return session


def wake(national_id: str) -> int:
    """What waits for the session of a professional is due now, under whatever form her identifier was written."""
    return sum(events.session_opened(kind=PSC, practitioner=form) for form in forms_of([national_id]))
