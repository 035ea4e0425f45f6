"""Who may do what: one table, role by action, whose cells say how near to the document or the patient one must be. Pure.

=========  ====================================================================================================
cell       allowed to
=========  ====================================================================================================
any        everybody who holds the role, wherever
team       whoever holds the role in a facility of the document or of the patient, and its authors and contributors
author     its authors and contributors only
\\-         nobody
=========  ====================================================================================================

Source: CDC §1.2 (R-002: access limited to authorised roles), §2.1.1.1 (contributors, validation by a physician). DSRC editors and
administrators see no clinical data, nor does who answers for accesses (RSSI, DPO), and a superuser flag opens none. An assistant
enters and completes, never validates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Action(StrEnum):
    """What can be asked of :func:`dcc.accounts.api.may`."""

    SEARCH_PATIENTS = "patient.search"
    CREATE_PATIENT = "patient.create"
    OPEN_PATIENT = "patient.open"
    UPDATE_PATIENT = "patient.update"
    CREATE_DOCUMENT = "document.create"
    OPEN_DOCUMENT = "document.open"
    EDIT_DOCUMENT = "document.edit"
    COMPLETE_DOCUMENT = "document.complete"
    VALIDATE_DOCUMENT = "document.validate"
    CANCEL_DOCUMENT = "document.cancel"
    FOLLOW_FORM = "document.follow_form"
    DOWNLOAD_ARTIFACT = "document.download"
    IMPORT_DOCUMENT = "document.import"
    WATCH_TRANSMISSIONS = "transmissions.watch"
    CONFIGURE_FORMS = "forms.configure"
    APPROVE_FORMS = "forms.approve"
    EDIT_DIRECTORY = "directory.edit"
    ADMINISTER = "platform.administer"
    ADMIT_PEOPLE = "accounts.admit"
    MANAGE_CONVENTIONS = "conventions.manage"
    EDIT_TERMS = "terms.edit"
    APPROVE_TERMS = "terms.approve"
    READ_JOURNAL = "journal.read"
    REVIEW_ACCESS = "access.review"


class Relation(StrEnum):
    """What ties a person to a document (or to a patient through one), beyond the facilities they share."""

    NONE = "none"
    TEAM = "team"
    AUTHOR = "author"


_TABLE = """
                      medecin  assistant  lecteur  editeur  administrateur  responsable
patient.search        team     team       team     -        -               -
patient.create        team     team       -        -        -               -
patient.open          team     team       team     -        -               -
patient.update        team     team       -        -        -               -
document.create       team     team       -        -        -               -
document.open         team     team       team     -        -               -
document.edit         team     team       -        -        -               -
document.complete     team     team       -        -        -               -
document.validate     team     -          -        -        -               -
document.cancel       team     author     -        -        -               -
document.follow_form  author   author     -        -        -               -
document.download     team     team       team     -        -               -
document.import       team     team       -        -        -               -
transmissions.watch   team     team       -        -        any             -
forms.configure       -        -          -        any      -               -
forms.approve         -        -          -        any      any             -
directory.edit        -        -          -        any      any             -
platform.administer   -        -          -        -        any             -
accounts.admit        -        -          -        -        any             -
conventions.manage    -        -          -        -        any             -
terms.edit            -        -          -        any      any             -
terms.approve         -        -          -        any      any             -
journal.read          -        -          -        -        -               any
access.review         -        -          -        -        -               any
"""

_ENOUGH: Mapping[str, frozenset[Relation]] = {
    "any": frozenset(Relation),
    "team": frozenset({Relation.TEAM, Relation.AUTHOR}),
    "author": frozenset({Relation.AUTHOR}),
    "-": frozenset(),
}


def _parsed(table: str) -> dict[tuple[str, Action], str]:
    header, *lines = (line.split() for line in table.strip().splitlines())
    return {(role, Action(action)): cell for action, *cells in lines for role, cell in zip(header, cells, strict=True)}


POLICY: Mapping[tuple[str, Action], str] = _parsed(_TABLE)
"""The table, cell by cell: ``(role, action)`` to ``any``, ``team``, ``author`` or ``-``; the help page shows the same."""


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in a facility, or for the region (no facility)."""

    role: str
    facility_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything one person may do, read once; ask it many times."""

    posts: tuple[Post, ...] = ()

    def may(self, action: Action | str, *, facility_ids: Collection[UUID] = (), relation: Relation = Relation.NONE) -> bool:
        """Whether one of the posts allows ``action``; see :func:`dcc.accounts.api.may`."""
        return any(
            _nearness(post, facility_ids, relation) in _ENOUGH[POLICY[post.role, Action(action)]]
            for post in self.posts
            if (post.role, Action(action)) in POLICY
        )

    def facilities(self, action: Action | str) -> frozenset[UUID]:
        """Facilities in which the person may do ``action`` as a member of the team."""
        action = Action(action)
        return frozenset(
            p.facility_id for p in self.posts if p.facility_id is not None and POLICY.get((p.role, action)) == "team"
        )


def _nearness(post: Post, facility_ids: Collection[UUID], relation: Relation) -> Relation:
    if relation is Relation.NONE and post.facility_id is not None and post.facility_id in facility_ids:
        return Relation.TEAM
    return relation
