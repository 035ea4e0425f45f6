"""What an operator sees of INSi: how it fares, what came back, what waits for somebody; never about whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.contracts.capabilities import DigestLine
from dcc.contracts.errors import NotConfigured
from dcc.events import api as events
from plugins.ins.insi.capability import in_force
from plugins.ins.insi.certificate import read_certificate
from plugins.ins.insi.checks import SOON
from plugins.ins.models import InsiAnswer
from plugins.ins.models.insi import Outcome

PAGE = 50
WINDOW = timedelta(days=7)
OURS = ("desir_", "siram_100")
"""What a fault that a setting mends has in its codes."""


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate: its CN (or why it cannot be read), its end, whether somebody must see to it."""

    name: str
    ends: datetime | None
    to_do: bool


@dataclass(frozen=True, slots=True)
class State:
    """How INSi fares; ``host`` is empty when it is not set up, ``rests_until`` when nothing keeps us from asking."""

    host: str
    certificates: Sequence[Held]
    faults: int
    rests_until: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """A call: when, what, how it went. Its number shows the answer itself from a shell."""

    number: UUID
    at: datetime
    operation: str
    outcome: str
    outcome_label: str
    code: str
    seconds: float
    automatic: bool


def state(*, actor: User) -> State:
    """How it fares. Raises ``PermissionDenied``."""
    _check(actor)
    return _state()


def lines(*, actor: User, outcome: str = "", before: datetime | None = None) -> Sequence[Line]:
    """The last calls, newest first, :data:`PAGE` at most. Raises ``PermissionDenied``."""
    _check(actor)
    rows = InsiAnswer.objects.filter(outcome=outcome) if outcome else InsiAnswer.objects.all()
    rows = rows.filter(answered_at__lt=before) if before else rows
    return [_line(row) for row in rows.defer("content").order_by("-answered_at")[:PAGE]]


def digest(_person: UUID) -> Sequence[DigestLine]:
    """What waits for an operator."""
    return [DigestLine(words, reverse("ins:insi")) for words in _to_do()]


def _check(actor: User) -> None:
    if not accounts.may(actor, Action.ADMINISTER):
        raise PermissionDenied


def _state() -> State:
    settings = in_force()
    paths = dict.fromkeys(filter(None, (settings.certificate, settings.automatic_certificate))) if settings.endpoint else {}
    circuit = events.circuit_of(settings.endpoint)
    host = urlsplit(settings.endpoint).hostname or ""
    return State(host, [_held(path) for path in paths], circuit.faults, circuit.rests_until)


def _held(path: str) -> Held:
    try:
        held = read_certificate(path)
    except NotConfigured as error:
        return Held(error.reason, None, to_do=True)
    return Held(held.name, held.ends, to_do=held.ends < timezone.now() + SOON)


def _line(row: InsiAnswer) -> Line:
    seconds = (row.answered_at - row.asked_at).total_seconds()
    label = str(Outcome(row.outcome).label)
    return Line(row.pk, row.answered_at, row.operation, row.outcome, label, row.code, seconds, row.automatic)


def _to_do() -> Iterator[str]:
    held = _state()
    if not held.host:
        return
    since = InsiAnswer.objects.filter(answered_at__gt=timezone.now() - WINDOW)
    refused = since.filter(outcome=Outcome.MALFORMED).count()
    if refused:
        words = ngettext("%d réponse d'INSi refusée en sept jours", "%d réponses d'INSi refusées en sept jours", refused)
        yield words % refused
    last = since.values_list("outcome", "code").order_by("-answered_at").first()
    if last and last[0] == Outcome.FAULT and any(code in last[1] for code in OURS):
        yield _("INSi refuse les appels de cette plateforme (%s) : un réglage est à revoir") % last[1]
    if held.rests_until:
        yield _("INSi est en pause après %d fautes de suite") % held.faults
    for certificate in held.certificates:
        if certificate.to_do and certificate.ends:
            yield _("Certificat %(name)s : fin le %(day)s") % {
                "name": certificate.name,
                "day": f"{certificate.ends:%d/%m/%Y}",
            }
