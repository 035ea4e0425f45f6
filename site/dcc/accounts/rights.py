"""What one person may do: the posts held, read against the table of :mod:`dcc.accounts.policies`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from dcc.accounts.policies import EVERYTHING, POLICY, SET_ASIDE_WHEN_MASKED, Action, Policy, Relation, Scope, enough

OF_THE_REGION = frozenset({"editeur", "administrateur", "responsable"})
"""Roles that are held for the region."""
KEPT_LOCALLY = frozenset({Action.ADMIT_PEOPLE})
"""What such a role still does when it is held in one facility."""
OF_SEVERAL_PATIENTS = frozenset({Action.SEARCH_PATIENTS, Action.CREATE_PATIENT, Action.BREAK_GLASS, Action.IMPORT_DOCUMENT})
"""What a session bound to one patient never does."""


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in a facility, or for the region (no facility)."""

    role: str
    facility_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is asked of, beyond its facilities: the patient, and of a document its type and status."""

    patient_id: UUID | None = None
    masked: bool = False
    document_type: str = ""
    status: str = ""


UNSAID = Subject()


@dataclass(frozen=True, slots=True)
class Reach:
    """A relation by which an action is allowed: for which scopes (none: all), and of ``FACILITY`` in which facilities."""

    relation: Relation
    scopes: tuple[Scope, ...]
    facility_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything one person may do, read once; ask it many times.

    ``local`` are posts of a role of the region held in one facility only (the administrator of an establishment): they count for
    :data:`KEPT_LOCALLY` and nothing else, and whoever asks that looks in which facility.

    ``only_patient`` is the one patient a session was opened for (contextual call, R-109): of anybody or anything else it answers
    no, and so must every list (:meth:`reach` says what a person may see, :attr:`only_patient` of whom).
    """

    posts: tuple[Post, ...] = ()
    only_patient: UUID | None = None
    policy: Policy = POLICY
    local: tuple[Post, ...] = ()

    def may(
        self,
        action: Action | str,
        *,
        facility_ids: Collection[UUID] = (),
        relation: Relation = Relation.NONE,
        subject: Subject = UNSAID,
    ) -> bool:
        """Whether one of the posts allows ``action``; see :func:`dcc.accounts.api.may`."""
        action, scope = Action(action), Scope(subject.document_type, subject.status)
        if self.only_patient is not None and (subject.patient_id != self.only_patient or action in OF_SEVERAL_PATIENTS):
            return False
        for post in (*self.posts, *(self.local if action in KEPT_LOCALLY else ())):
            ties = {Relation.NONE, relation}
            if post.facility_id is not None and post.facility_id in facility_ids:
                ties.add(Relation.FACILITY)
            if subject.masked:
                ties -= SET_ASIDE_WHEN_MASKED
            if ties & enough(self.policy.cell(post.role, action, scope)):
                return True
        return False

    def facilities(self, action: Action | str) -> frozenset[UUID]:
        """Facilities in which the person may do ``action`` because of a post there."""
        action = Action(action)
        if self.only_patient is not None and action in OF_SEVERAL_PATIENTS:
            return frozenset()
        return frozenset().union(*(reach.facility_ids for reach in self.reach(action)))

    def reach(self, action: Action | str) -> list[Reach]:
        """The relations by which the person may do ``action``, for the filter of a list: the table, read the other way round."""
        action = Action(action)
        whole = self.policy.scopes(action)
        found: dict[tuple[Relation, UUID | None], set[Scope]] = {}
        for post, scope, relation in self._ways(action, whole):
            place = post.facility_id if relation is Relation.FACILITY else None
            found.setdefault((relation, place), set()).add(scope)
        merged: dict[tuple[Relation, tuple[Scope, ...]], set[UUID]] = {}
        for (relation, place), scopes in found.items():
            key = (relation, () if len(scopes) == len(whole) else tuple(sorted(scopes)))
            merged.setdefault(key, set()).update({place} if place else ())
        return [Reach(relation, scopes, frozenset(places)) for (relation, scopes), places in merged.items()]

    def _ways(self, action: Action, scopes: tuple[Scope, ...]) -> Iterator[tuple[Post, Scope, Relation]]:
        """One by one; what is allowed to everybody is tied to nothing, and no filter is made of it."""
        for post in self.posts:
            for scope in scopes:
                ties = enough(self.policy.cell(post.role, action, scope))
                for relation in () if Relation.NONE in ties else ties:
                    if relation is not Relation.FACILITY or post.facility_id is not None:
                        yield post, scope, relation


def set_apart(posts: Iterable[Post]) -> tuple[tuple[Post, ...], tuple[Post, ...]]:
    """The posts that count everywhere they say, and those of the region held in a facility (``local``)."""
    held = tuple(posts)
    local = tuple(post for post in held if post.role in OF_THE_REGION and post.facility_id is not None)
    return tuple(post for post in held if post not in local), local


def holds_for_all(policy: Policy, role: str, action: Action) -> bool:
    """Whether a role allows an action wherever, whatever ties its holder to it."""
    return policy.cell(role, action, EVERYTHING) == "any"
