"""The journal for whoever answers for accesses: searched, and told patient by patient. Reading it is itself in the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from dcc.accounts.models import Role, User
from dcc.accounts.policies import Action
from dcc.accounts.queries import may, names, words_of
from dcc.audit import api as audit

MOST_PEOPLE = 1_000
MOST_LINES = 20_000
"""Lines of a file that is handed over: beyond, a shorter period is asked for."""


class TooMuch(ValueError):
    """What is asked for is too long for one file; the message says so in French."""


def people_like(*, name: str = "", facility: str = "") -> Collection[UUID] | None:
    """Who is meant by words of a name (or an account), and by a facility (name or FINESS); nothing typed, nothing asked."""
    if not name.strip() and not facility.strip():
        return None
    found = User.objects.all()
    for word in words_of(name):
        named = Q(last_name__istartswith=word) | Q(first_name__istartswith=word) | Q(username__iexact=word)
        found = found.filter(named | Q(practitioner__family__istartswith=word) | Q(practitioner__given__istartswith=word))
    if facility.strip():
        place = " ".join(words_of(facility))
        found = found.filter(Q(memberships__facility__name__icontains=place) | Q(memberships__facility__finess__startswith=place))
    return list(found.distinct().values_list("pk", flat=True)[:MOST_PEOPLE])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the journal in words: name, account, and what she holds today."""

    name: str
    username: str
    roles: str
    places: str


NOBODY = Person("", "", "", "")


@dataclass(frozen=True, slots=True)
class Told:
    """A trace in words."""

    trace: audit.Trace
    who: Person
    what: str
    nature: audit.Nature | None
    glass: bool = False


def read_journal(
    *, actor: User, filters: audit.Filters, after: audit.Place | None = None, limit: int = 50
) -> tuple[Sequence[Told], audit.Place | None]:
    """A page of the journal and where the next one begins. Raises ``PermissionDenied``."""
    _require(actor)
    with transaction.atomic():
        page = audit.search(filters, after=after, limit=limit)
        _record(actor, "journal.searched", "journal:page", filters, len(page.traces))
    return told(page.traces), page.following


def journal_rows(*, actor: User, filters: audit.Filters) -> Sequence[Told]:
    """All that is found, for a file. Raises ``PermissionDenied``, :class:`TooMuch`."""
    _require(actor)
    with transaction.atomic():
        rows = _all(filters)
        _record(actor, "journal.exported", "journal:table", filters, len(rows))
    return rows


def accesses_of(
    *, actor: User, patient_id: UUID, also: Collection[UUID] = (), since: datetime, until: datetime, way: str = "page"
) -> Sequence[Told]:
    """Who read, wrote, took out of, or was refused what of a patient, newest first; « bris de glace » marked (right of access).

    ``also`` are the ids of the identities that a merge absorbed: the journal names the patient by them too. ``way`` is how it is
    shown (``page``, ``pdf``, ``csv``). Raises ``PermissionDenied``, :class:`TooMuch`.
    """
    _require(actor)
    filters = audit.Filters(since, until, patient_id=patient_id, also=also)
    with transaction.atomic():
        rows = _all(filters)
        audit.record(
            actor=actor,
            action="journal.report_made",
            subject=f"patient:{patient_id}",
            patient_id=patient_id,
            way=way,
            since=since,
            until=until,
            count=len(rows),
        )
    return _marked(rows)


def told(traces: Iterable[audit.Trace]) -> Sequence[Told]:
    """Traces in words, in a fixed number of queries."""
    found = list(traces)
    people = _people({trace.actor_id for trace in found if trace.actor_id})
    natures = audit.natures()
    return [
        Told(t, people.get(t.actor_id, NOBODY) if t.actor_id else NOBODY, audit.words_of(t.action), natures.get(t.action))
        for t in found
    ]


def _all(filters: audit.Filters) -> Sequence[Told]:
    traces = audit.search(filters, limit=MOST_LINES)
    if traces.following is not None:
        raise TooMuch(f"Plus de {MOST_LINES} traces : choisir une période plus courte")
    return told(traces.traces)


def _marked(rows: Sequence[Told]) -> Sequence[Told]:
    """Marks what was done under a « bris de glace »: by its author, from it until its end."""
    broken = [
        (row.trace.actor_id, row.trace.at, _instant(row.trace.facts.get("until")))
        for row in rows
        if row.trace.action == "glass.broken"
    ]

    def under(trace: audit.Trace) -> bool:
        return any(who == trace.actor_id and at <= trace.at <= end for who, at, end in broken)

    return [Told(row.trace, row.who, row.what, row.nature, under(row.trace)) for row in rows]


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _people(ids: Collection[UUID]) -> Mapping[UUID, Person]:
    labels = dict(Role.choices)
    called = names(ids)
    users = User.objects.filter(pk__in=ids).prefetch_related("memberships__facility")
    return {user.pk: Person(called[user.pk], user.username, *_posts(user, labels)) for user in users}


def _posts(user: User, labels: Mapping[str, Any]) -> Iterator[str]:
    posts = list(user.memberships.all())
    yield ", ".join(sorted({str(labels.get(post.role, post.role)) for post in posts}))
    yield ", ".join(sorted({str(post.facility) for post in posts if post.facility is not None}))


def _require(actor: User) -> None:
    if not may(actor, Action.READ_JOURNAL):
        raise PermissionDenied


def _record(actor: User, action: str, subject: str, filters: audit.Filters, count: int) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=subject,
        patient_id=filters.patient_id,
        since=filters.since,
        until=filters.until,
        kind=filters.kind,
        people=len(filters.actor_ids) if filters.actor_ids is not None else None,
        actions=len(filters.actions) if filters.actions is not None else None,
        count=count,
    )
