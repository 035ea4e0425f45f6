"""Where a person stands with each set of terms that is for her."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility
from dcc.trust.due import Accepted, Edition, Facts, Standing, standing
from dcc.trust.models import Acceptance, FirstSignIn, TermsSettings, TermsVersion

if TYPE_CHECKING:
    from dcc.accounts.models import User


@dataclass(frozen=True, slots=True)
class Asked:
    """A set of terms that is for a person, in its version in force, and where she stands with it."""

    version: TermsVersion
    standing: Standing
    accepted: Acceptance | None = None
    """Her last acceptance of these terms, whatever the version."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What decides which terms are for somebody: roles, and networks (DSRC) of the establishments; blank is this region's."""

    roles: frozenset[str]
    networks: frozenset[str]


def aimed_at(roles: Collection[str], network: str, profile: Profile) -> bool:
    """Whether terms for these roles (none: all) and this network (blank: all) are for somebody."""
    by_role = not roles or bool(profile.roles & set(roles))
    return bool(profile.roles) and by_role and (not network or network in profile.networks)


def profile_of(person: User) -> Profile:
    """The profile of a person, by the roles she holds now."""
    posts = accounts.rights(person).posts
    places = {post.facility_id for post in posts if post.facility_id is not None}
    networks = Facility.objects.filter(pk__in=places).values_list("network", flat=True)
    return Profile(frozenset(post.role for post in posts), frozenset(networks))


def standings(person: User, *, at: datetime | None = None) -> tuple[Sequence[Asked], datetime | None]:
    """The sets that are for a person and asked here, and when that may next change by itself."""
    moment = at or timezone.now()
    versions = editions_by_set()
    profile = profile_of(person)
    accepted = list(Acceptance.objects.filter(user=person, accepted_at__lte=moment).select_related("version"))
    first = FirstSignIn.objects.filter(user=person).values_list("at", flat=True).first() or moment
    months = TermsSettings.load().months_for(profile.roles)
    found, turning = [], []
    for rows in versions.values():
        mine = [one for one in accepted if one.version.terms_id == rows[0].terms_id]
        facts = facts_of(rows, mine, newcomer=not accepted, first=first, at=moment, months=months)
        held = facts.in_force
        stands = standing(facts)
        version = next((row for row in rows if held is not None and row.number == held.number), None)
        if version is not None and version.asked and aimed_at(version.roles, version.network, profile):
            found.append(Asked(version, stands, max(mine, key=lambda one: one.accepted_at, default=None)))
        turning += [row.effective_from for row in rows if row.effective_from > moment]
        turning += [stands.until] if stands.until is not None else []
    return found, min(turning, default=None)


def asked_of(person: User, *, at: datetime | None = None) -> Sequence[Asked]:
    """What is asked of a person now, the terms due for the longest first."""
    found, _turning = standings(person, at=at)
    due = [(asked.standing.since, asked) for asked in found if asked.standing.since is not None]
    return [asked for _since, asked in sorted(due, key=lambda pair: (pair[0], pair[1].version.pk))]


def clause_terms(person: User, *, at: datetime) -> Sequence[Asked]:
    """The terms with the trust clause, in force for the person at a moment, that were accepted and are not due again."""
    found, _turning = standings(person, at=at)
    return [asked for asked in found if asked.version.has_clause and not asked.standing.due]


def editions_by_set() -> dict[int, list[TermsVersion]]:
    """All published versions, by set."""
    by_set: dict[int, list[TermsVersion]] = defaultdict(list)
    for version in TermsVersion.objects.select_related("terms").order_by("terms__title", "number"):
        by_set[version.terms_id].append(version)
    return by_set


def nothing_published() -> bool:
    """Whether no terms at all are published, or all were withdrawn (R-117)."""
    return all(versions[-1].withdrawn for versions in editions_by_set().values())


def facts_of(
    versions: Iterable[TermsVersion],
    accepted: Iterable[Acceptance],
    *,
    newcomer: bool,
    first: datetime,
    at: datetime,
    months: int,
) -> Facts:
    """What the table of :mod:`.due` looks at, from rows of one set and one person."""
    return Facts(
        editions=[Edition(row.number, row.sha256, row.effective_from, row.withdrawn) for row in versions],
        accepted=[Accepted(one.sha256, one.accepted_at) for one in accepted],
        newcomer=newcomer,
        first_sign_in=first,
        at=at,
        months=months,
    )
