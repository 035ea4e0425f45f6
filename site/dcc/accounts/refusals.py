"""Every refused request leaves a trace; a flood of them leaves few: beyond some in a minute, they are counted (decision 0226).

The trace names the address by its name in the table of addresses and by the ids it holds, never by what was typed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from dcc.accounts.lockout import client_ip
from dcc.accounts.models import User
from dcc.audit import api as audit

REASONS: Mapping[int, str] = {401: "session", 403: "droit", 404: "introuvable", 429: "rythme"}
"""Why, by status. A 404 of an address with ids is also what somebody gets who may not know of what it names."""
WINDOW = 60.0
ALONE = 20
"""Refusals of one source that are told one by one in a window (seconds)."""
SOURCES = 500
"""Sources told apart in a window; those beyond are one."""

Ids = Mapping[str, UUID | int]


@dataclass(frozen=True, slots=True)
class Source:
    """Who is refused: a person if one signed in (``pk``), and where the requests come from."""

    pk: UUID | None
    ip: str


OTHERS = Source(None, "others")


class Flood:
    """Counts refusals by source, in one process. What is over the measure waits until the window ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = time.monotonic()
        self._counts: dict[Source, int] = {}

    def passes(self, source: Source) -> bool:
        """Count one refusal; whether it is told alone."""
        with self._lock:
            if source not in self._counts and len(self._counts) >= SOURCES:
                source = OTHERS
            self._counts[source] = self._counts.get(source, 0) + 1
            return self._counts[source] <= ALONE

    def over(self, now: float) -> Mapping[Source, int]:
        """When the window has ended, how many refusals of each source were not told alone; a new window begins."""
        if now - self._since < WINDOW:
            return {}
        with self._lock:
            counts, self._counts, self._since = self._counts, {}, now
        return {source: count - ALONE for source, count in counts.items() if count > ALONE}


flood = Flood()


def refused_for(request: HttpRequest, reason: str) -> None:
    """Say why this request is about to be refused, where its status does not (``csrf``)."""
    request.dcc_refused = reason  # type: ignore[attr-defined]  # carried by the request, as Django's own middleware does


def refusal_told(request: HttpRequest) -> None:
    """Say that whoever refuses this request left a trace of it that says more (sign-in by Pro Santé Connect, calls)."""
    request.dcc_refusal_told = True  # type: ignore[attr-defined]  # as above


class RefusalMiddleware:
    """Outside the middlewares that refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told = getattr(request, "dcc_refusal_told", False)
        if response.status_code in REASONS and not told and _matters(request, response.status_code):
            _tell(request, response.status_code)
        for source, count in flood.over(time.monotonic()).items():
            _tell_counted(source, count)
        return response


def _matters(request: HttpRequest, status: int) -> bool:
    """A wrong address that names nothing is no refusal."""
    return status != 404 or (request.resolver_match is not None and bool(_ids(request)) and _person(request) is not None)


@transaction.atomic
def _tell(request: HttpRequest, status: int) -> None:
    person, match = _person(request), request.resolver_match
    source = Source(person.pk if person else None, client_ip(request))
    if not flood.passes(source):
        return
    ids, address = _ids(request), match.view_name if match and match.view_name else "unknown"
    patient_id = ids.get("patient_id")
    audit.record(
        actor=person,
        action="access.refused",
        subject=f"address:{address}",
        patient_id=patient_id if isinstance(patient_id, UUID) else None,
        reason=getattr(request, "dcc_refused", REASONS[status]),
        method=request.method,
        ip=source.ip,
        ids=[f"{name}:{value}" for name, value in ids.items()],
    )


@transaction.atomic
def _tell_counted(source: Source, count: int) -> None:
    actor = source if source.pk else None
    audit.record(actor=actor, action="access.refusals_counted", subject="address:several", count=count, ip=source.ip)


def _person(request: HttpRequest) -> User | None:
    user: Any = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_authenticated else None


def _ids(request: HttpRequest) -> Ids:
    match = request.resolver_match
    return {name: value for name, value in match.kwargs.items() if isinstance(value, UUID | int)} if match else {}
