"""The kinds of people, and what the table of policies answers for each. Nothing here asks the code that is under test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcc.accounts.models import Facility, Membership, User
from dcc.accounts.policies import EVERYTHING, POLICY, SET_ASIDE_WHEN_MASKED, Action, Relation, Scope, enough
from tests.fixtures import make_user

A, T, R, F, G = Relation.AUTHOR, Relation.TEAM, Relation.RCP, Relation.FACILITY, Relation.BROKEN_GLASS
HERE, ELSEWHERE, REGION = "here", "elsewhere", "region"


def counts(role: str, where: str) -> bool:
    """A role of the region held in a facility opens nothing of what is asked here: it admits people there."""
    return where == REGION or role not in ("editeur", "administrateur", "responsable")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of person: the posts held (role, where), and what ties her to the documents and the patient of the world.

    The RCP is that of the FRCP: it ties nobody to the PPS, nor to the patient.
    """

    posts: tuple[tuple[str, str], ...]
    ties: frozenset[Relation] = frozenset()
    active: bool = True
    superuser: bool = False

    def may(self, action: Action | str, scope: Scope, *, masked: bool = False) -> bool:
        """What the table answers of a document, cell by cell."""
        return self._may(action, scope, self.ties if scope.document_type == "frcp" else self.ties - {R}, masked)

    def may_at(self, action: Action | str, on: str, *, masked: bool = False) -> bool:
        """The same of the patient, whom alice's facility follows (``patient``), or of that facility itself (``here``).

        The patients room knows no author: who opens a document sees its patient by the documents room, which says so.
        """
        return self._may(action, EVERYTHING, self.ties - {A, R} if on == "patient" else frozenset(), masked)

    def may_open_file(self) -> bool:
        """Whether the page of the patient opens: it asks the documents room who wrote."""
        return self._may(Action.OPEN_PATIENT, EVERYTHING, self.ties - {R}, False)

    def may_somewhere(self, action: Action | str) -> bool:
        """Whether she may do it in some facility: what pages without any patient ask."""
        admits = Action(action) is Action.ADMIT_PEOPLE
        held = [role for role, where in self.posts if admits or counts(role, where)]
        return self.active and any(F in enough(POLICY.cell(role, Action(action), EVERYTHING)) for role in held)

    def _may(self, action: Action | str, scope: Scope, ties: frozenset[Relation], masked: bool) -> bool:
        if not self.active:
            return False
        dropped = SET_ASIDE_WHEN_MASKED if masked else frozenset()
        held = {where: (ties | {Relation.NONE} | ({F} if where == HERE else set())) - dropped for _role, where in self.posts}
        return any(
            counts(role, where) and held[where] & enough(POLICY.cell(role, Action(action), scope)) for role, where in self.posts
        )


KINDS: Mapping[str, Kind] = {
    "alice": Kind((("medecin", HERE),), frozenset({A})),
    "bob": Kind((("medecin", HERE),)),
    "amina": Kind((("assistant", HERE),), frozenset({A})),
    "sonia": Kind((("assistant", HERE),)),
    "lea": Kind((("lecteur", HERE),)),
    "charlie": Kind((("medecin", ELSEWHERE),)),
    "chloe": Kind((("assistant", ELSEWHERE),)),
    "coralie": Kind((("medecin", ELSEWHERE),), frozenset({A})),
    "tom": Kind((("medecin", ELSEWHERE),), frozenset({T})),
    "tessa": Kind((("assistant", ELSEWHERE),), frozenset({T})),
    "rita": Kind((("medecin", ELSEWHERE),), frozenset({R})),
    "gil": Kind((("medecin", ELSEWHERE),), frozenset({G})),
    "double": Kind((("lecteur", HERE), ("medecin", ELSEWHERE))),
    "edith": Kind((("editeur", REGION),)),
    "adrien": Kind((("administrateur", REGION),)),
    "luc": Kind((("administrateur", HERE),)),
    "rachel": Kind((("responsable", REGION),)),
    "ines": Kind((("medecin", HERE),), active=False),
    "remi": Kind(()),
    "root": Kind((), superuser=True),
}
"""Author; colleague; assistant who wrote; assistant; reader; physician, assistant of another facility; a former author who works
elsewhere now; physician, assistant of the care team elsewhere; member of the RCP; physician who broke the glass; reader here and
physician elsewhere; editor; administrator; administrator of alice's facility only; responsible; account closed; roles taken away;
a superuser without any role."""


def make_people(here: Facility, elsewhere: Facility) -> dict[str, User]:
    """One of each. What ties them is made with the documents."""
    places = {HERE: here, ELSEWHERE: elsewhere, REGION: None}
    people = {}
    for number, (name, kind) in enumerate(KINDS.items(), start=1):
        clinical = any(role == "medecin" for role, _where in kind.posts)
        first = kind.posts[0] if kind.posts else ("lecteur", HERE)
        user = make_user(
            name,
            first[0],
            places[first[1]],
            family=name.upper(),
            given=name.title(),
            national_id=f"8100000001{number:02}" if clinical else "",
        )
        for role, where in kind.posts[1:]:
            Membership.objects.create(user=user, role=role, facility=places[where])
        if not kind.posts:
            user.memberships.all().delete()
        user.is_active, user.is_superuser = kind.active, kind.superuser
        user.save()
        people[name] = user
    return people
