"""Before terms are published: who will be asked, when, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.models import Role, User
from dcc.trust.due import PARIS, Accepted, Edition, Facts, Reason, Standing, standing
from dcc.trust.models import Acceptance, FirstSignIn, TermsSet, TermsSettings
from dcc.trust.models.terms import canonical, plain
from dcc.trust.standing import Profile, aimed_at

if TYPE_CHECKING:
    from dcc.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class Line:
    """One person that the draft concerns; ``since`` is when she will be asked, at her next request (nothing: not now)."""

    name: str
    username: str
    roles: str
    places: str
    reason: Reason | None
    since: datetime | None
    next: datetime | None
    signed_in: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """What publishing the latest draft of a set would do."""

    starts: datetime
    sha256: str
    same_words: bool
    lines: Sequence[Line]
    by_role: Sequence[tuple[str, int]]
    by_place: Sequence[tuple[str, int]]

    @property
    def asked(self) -> Sequence[Line]:
        """Those who will be asked as soon as it is in force."""
        return [line for line in self.lines if line.reason is not None]


def forecast(terms: TermsSet, *, at: datetime | None = None) -> Forecast:
    """The forecast of the latest draft, were it approved at a moment (now)."""
    now = at or timezone.now()
    draft = terms.get_latest_revision_as_object()
    starts = max(datetime.combine(draft.effective_on, time(), PARIS), now) if draft.effective_on else now
    digest = canonical(key=draft.key, title=draft.title, body=plain(draft.body), has_clause=draft.has_clause)
    editions = [Edition(v.number, v.sha256, v.effective_from, v.withdrawn) for v in terms.versions.all()]
    latest = max(editions, key=lambda edition: edition.number, default=None)
    planned = [*editions, Edition(latest.number + 1 if latest else 1, digest, starts)]
    known = _Known(terms, planned, starts)
    people = [person for person in _people() if aimed_at(draft.roles, draft.network, _profile(person)) and draft.asked]
    lines = [known.line(person) for person in people]
    asked = {line.username for line in lines if line.reason is not None}
    posts = [post for person in people if person.username in asked for post in person.memberships.all()]
    return Forecast(starts, digest, latest is not None and latest.sha256 == digest, lines, *_counts(posts))


class _Known:
    """What is recorded of everybody, read at once."""

    def __init__(self, terms: TermsSet, editions: Sequence[Edition], starts: datetime) -> None:
        self.editions, self.starts = editions, starts
        self.rules = TermsSettings.load()
        self.first = dict(FirstSignIn.objects.values_list("user_id", "at"))
        self.accepted: dict[object, list[Accepted]] = defaultdict(list)
        self.known = set(Acceptance.objects.values_list("user_id", flat=True).distinct())
        for user_id, digest, moment in Acceptance.objects.filter(version__terms=terms).values_list(
            "user_id", "sha256", "accepted_at"
        ):
            self.accepted[user_id].append(Accepted(digest, moment))

    def line(self, person: User) -> Line:
        """What the draft changes for a person."""
        profile = _profile(person)
        stands = self._standing(person, self.rules.months_for(profile.roles))
        places = sorted({post.facility.name for post in person.memberships.all() if post.facility is not None})
        return Line(
            name=str(person),
            username=person.username,
            roles=", ".join(sorted(str(Role(role).label) for role in profile.roles)),
            places=", ".join(places) or _("région"),
            reason=stands.reason,
            since=max(stands.since, self.starts) if stands.since is not None else None,
            next=stands.until,
            signed_in=person.pk in self.first,
        )

    def _standing(self, person: User, months: int) -> Standing:
        first = self.first.get(person.pk, self.starts)
        newcomer = person.pk not in self.known
        return standing(Facts(self.editions, self.accepted[person.pk], newcomer, first, self.starts, months))


def _people() -> Sequence[User]:
    """Active people who may sign in: an account of the platform itself has neither password nor professional."""
    found = User.objects.filter(is_active=True, memberships__isnull=False).distinct()
    rows = found.select_related("practitioner").prefetch_related("memberships__facility").order_by("last_name", "username")
    return [person for person in rows if person.has_usable_password() or person.practitioner_id]


def _profile(person: User) -> Profile:
    posts = person.memberships.all()
    networks = frozenset(post.facility.network for post in posts if post.facility is not None)
    return Profile(frozenset(post.role for post in posts), networks)


def _counts(posts: Sequence[Membership]) -> tuple[Sequence[tuple[str, int]], Sequence[tuple[str, int]]]:
    roles = Counter(str(Role(role).label) for role, _person in {(post.role, post.user_id) for post in posts})
    places = Counter(
        name for name, _person in {(post.facility.name if post.facility else str(_("région")), post.user_id) for post in posts}
    )
    return sorted(roles.items()), sorted(places.items())
