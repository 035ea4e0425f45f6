"""The daily digest of editors and administrators: what waits for them, on the admin's home page and by mail. No patient in it.

Its parts are the ``DigestSection`` of the registry: those of :mod:`dcc.cms.digest_sections`, and those that plugins add.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.cms.branding import branding
from dcc.cms.models import SentDigest
from dcc.contracts.capabilities import DigestLine, DigestSection
from dcc.contracts.registry import current

log = logging.getLogger("dcc.cms")

IN_ADMIN = (Action.CONFIGURE_FORMS, Action.ADMINISTER)
READERS = (*IN_ADMIN, Action.REVIEW_ACCESS)
"""Those who hold one of these get the digest."""
SHOWN_LINES = 20
"""Most lines of a part; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the digest with its lines; ``more`` counts those not shown, ``failed`` says that it could not be read."""

    title: str
    lines: Sequence[DigestLine]
    more: int = 0
    failed: bool = False


def parts_for(person: User) -> list[Part]:
    """What waits for a person; empty when nothing does."""
    rights = accounts.rights(person)
    wanted = [section for section in current().all(DigestSection) if any(rights.may(action) for action in section.permissions)]
    found = (_part(section, person) for section in wanted)
    return [part for part in found if part.lines or part.failed]


def _part(section: DigestSection, person: User) -> Part:
    try:
        lines = list(section.lines(person.pk))
    except Exception:
        # One part that fails, in any way, hides no other: it is said and logged.
        log.exception("digest section %s failed", section.key)
        return Part(section.title, (), failed=True)
    return Part(section.title, lines[:SHOWN_LINES], max(len(lines) - SHOWN_LINES, 0))


def send_digests(now: datetime | None = None) -> int:
    """Send today's digest to each of its readers who has an address, once, when something waits; answers how many left.

    Before the hour of ``DCC_DIGEST_HOUR`` nobody gets any. A mail that could not leave is tried again at the next run.
    """
    moment = timezone.localtime(now)
    if not settings.DCC_DIGEST_HOUR.isdecimal() or moment.hour < int(settings.DCC_DIGEST_HOUR) or not _can_send():
        return 0
    told = set(SentDigest.objects.filter(day=moment.date()).values_list("user_id", flat=True))
    people = [person for person in accounts.holders(READERS) if person.email and person.pk not in told]
    return sum(_send(person, moment) for person in people)


def _can_send() -> bool:
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def _send(person: User, moment: datetime) -> bool:
    parts = parts_for(person)
    if not parts:
        return False
    try:
        with transaction.atomic():
            sent = SentDigest.objects.create(user=person, day=moment.date())
    except IntegrityError:
        return False  # another host is sending it
    try:
        _mail(person, parts, moment).send()
    except OSError:
        log.exception("digest not sent, to be tried again")
        sent.delete()
        return False
    return True


def _mail(person: User, parts: Sequence[Part], moment: datetime) -> EmailMessage:
    count = sum(len(part.lines) + part.more + part.failed for part in parts)
    subject = ngettext("%(region)s : %(n)d point à voir", "%(region)s : %(n)d points à voir", count)
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    in_admin = any(accounts.may(person, action) for action in IN_ADMIN)
    context = {"parts": parts, "base": base, "person": person, "day": moment.date(), "in_admin": in_admin}
    body = render_to_string("cms/digest.txt", context)
    named = {"region": branding().region, "n": count}
    return EmailMessage(subject % named, body, to=[person.email])
