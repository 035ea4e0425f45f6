"""What a report changes of the follow-up: only of a message that left here, told by whom it went to (decision 0296)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from dcc.exchange import api as exchange
from plugins.mss.models import Sending
from plugins.mss.receiving.outcomes import Outcome, done, quarantine
from plugins.mss.receiving.reading import Kind, Reading
from plugins.mss.receiving.reports import Report

_BY_SERVERS = (Kind.DELIVERY, Kind.BOUNCE)


def follow(reading: Reading, at: datetime) -> Outcome:
    """Tell the core each report of a mail that came ``at``; what becomes of the mail is what the first telling one led to."""
    outcomes = [_one(reading, report, at) for report in reading.reports]
    telling = [one for one in outcomes if not one.reason]
    return next(iter(telling or outcomes), quarantine("unreadable_report"))


def _one(reading: Reading, report: Report, at: datetime) -> Outcome:
    sending = sending_of(report.about)
    if sending is None:
        return quarantine("unknown_sending")
    if not _may_speak(reading, report, sending.address.lower()):
        return quarantine("other_speaker", about=sending.key)
    if report.state is None:
        return done("delayed", about=sending.key)
    try:
        new = exchange.report(key=sending.key, state=report.state, cause=report.cause, detail=report.words, at=at)
    except exchange.UnknownTransmission:
        return quarantine("unknown_sending")
    return done("reported" if new else "repeated", about=sending.key)


def sending_of(about: Sequence[str]) -> Sending | None:
    """What left under one of these names: Message-IDs, or envelope ids, which are our keys."""
    keys = [key for key in map(_key, about) if key is not None]
    named = Q(message_id__in=[f"<{name}>" for name in about]) | Q(key__in=keys)
    found = {row.message_id.strip("<>"): row for row in Sending.objects.filter(named)[:10]}
    by_key: dict[uuid.UUID | None, Sending] = {row.key: row for row in found.values()}
    return next((row for name in about if (row := found.get(name) or by_key.get(_key(name)))), None)


def _key(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name) if len(name) in (32, 36) else None
    except ValueError:
        return None


def _may_speak(reading: Reading, report: Report, address: str) -> bool:
    """A server speaks of the address it was given; a recipient answers from it, or from another box of the same domain."""
    if reading.kind in _BY_SERVERS:
        return not report.recipients or address in report.recipients
    domain = address.rpartition("@")[2]
    spoken = [one for one in report.recipients if one.rpartition("@")[2] == domain]
    return reading.sender.rpartition("@")[2] == domain and (bool(spoken) or not report.recipients)
