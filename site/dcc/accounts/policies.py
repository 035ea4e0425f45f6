"""Who may do what: one table, role by action, whose cells say what must tie a person to the patient or the document. Pure.

A cell is ``any`` (everybody who holds the role, wherever), ``-`` (nobody), or the letters of the relations of which one suffices:

======  ====================================================================================================================
letter  relation
======  ====================================================================================================================
A       author: whoever started the document or wrote in it
T       care team: whoever is named in the patient's care team (Code de la santé publique, art. L. 1110-12, 2°; decision 0220)
R       RCP: a member of the RCP that the document is addressed to
F       facility: whoever holds the role in the facility of the document, or in one that follows the patient
G       broken glass: a physician without any other relation, who said why, for a few hours
======  ====================================================================================================================

After its action a line may name a type of document (``*``: whichever) and a status: the most specific line wins, the type before
the status. Of a masked patient (:data:`SET_ASIDE_WHEN_MASKED`) the facility and the RCP no longer suffice.

Source: CDC §1.2 (R-002: access limited to authorised roles), §2.1.1.1 (contributors, validation by a physician). DSRC editors and
administrators see no clinical data, nor does who answers for accesses (RSSI, DPO), and a superuser flag opens none. An assistant
enters and completes, never validates. What one person may do is :class:`dcc.accounts.rights.Rights`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Action(StrEnum):
    """What can be asked of :func:`dcc.accounts.api.may`."""

    SEARCH_PATIENTS = "patient.search"
    CREATE_PATIENT = "patient.create"
    OPEN_PATIENT = "patient.open"
    UPDATE_PATIENT = "patient.update"
    MERGE_PATIENTS = "patient.merge"
    UNMERGE_PATIENTS = "patient.unmerge"
    NAME_TEAM = "patient.team"
    MASK_PATIENT = "patient.mask"
    BREAK_GLASS = "patient.break_glass"
    QUALIFY_IDENTITY = "patient.qualify"
    RECONCILE_IDENTITY = "patient.reconcile"
    CONFIGURE_IDENTITY = "identity.configure"
    CREATE_DOCUMENT = "document.create"
    OPEN_DOCUMENT = "document.open"
    EDIT_DOCUMENT = "document.edit"
    COMPLETE_DOCUMENT = "document.complete"
    VALIDATE_DOCUMENT = "document.validate"
    CANCEL_DOCUMENT = "document.cancel"
    FOLLOW_FORM = "document.follow_form"
    DOWNLOAD_ARTIFACT = "document.download"
    IMPORT_DOCUMENT = "document.import"
    SEND_DOCUMENT = "document.send"
    SEND_UNQUALIFIED = "document.send_unqualified"
    WATCH_TRANSMISSIONS = "transmissions.watch"
    CONFIGURE_TRANSMISSIONS = "transmissions.configure"
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
    """What ties a person to a document or to a patient."""

    NONE = "none"
    AUTHOR = "author"
    TEAM = "team"
    RCP = "rcp"
    FACILITY = "facility"
    BROKEN_GLASS = "glass"


LETTERS: Mapping[str, Relation] = {
    "A": Relation.AUTHOR,
    "T": Relation.TEAM,
    "R": Relation.RCP,
    "F": Relation.FACILITY,
    "G": Relation.BROKEN_GLASS,
}
SET_ASIDE_WHEN_MASKED = frozenset({Relation.FACILITY, Relation.RCP})
"""What counts for nothing when a patient is masked: who works in his establishment without caring for him sees nothing."""
ANY_TYPE = "*"

_TABLE = """
                               medecin  assistant  lecteur  editeur  administrateur  responsable
patient.search                 TF       TF         TF       -        -               -
patient.create                 F        F          -        -        -               -
patient.open                   ATFG     ATF        ATF      -        -               -
patient.update                 ATF      ATF        -        -        -               -
patient.merge                  TF       TF         -        -        -               -
patient.unmerge                TF       TF         -        -        -               -
patient.team                   TF       TF         -        -        -               -
patient.mask                   TF       -          -        -        -               -
patient.break_glass            any      -          -        -        -               -
patient.qualify                TF       TF         -        -        -               -
patient.reconcile              TF       TF         -        -        -               -
identity.configure             -        -          -        any      any             -
document.create                F        F          -        -        -               -
document.open                  ATRFG    ATRF       ATRF     -        -               -
document.open * en_cours       ATFG     ATF        ATF      -        -               -
document.open * annule         ATFG     ATF        ATF      -        -               -
document.edit                  ATF      ATF        -        -        -               -
document.complete              ATF      ATF        -        -        -               -
document.validate              ATF      -          -        -        -               -
document.cancel                ATF      A          -        -        -               -
document.follow_form           A        A          -        -        -               -
document.download              ATRFG    ATRF       ATRF     -        -               -
document.download * en_cours   ATFG     ATF        ATF      -        -               -
document.download * annule     ATFG     ATF        ATF      -        -               -
document.import                F        F          -        -        -               -
document.send                  ATF      ATF        -        -        -               -
document.send_unqualified      ATF      -          -        -        -               -
transmissions.watch            ATF      ATF        -        -        any             -
transmissions.configure        -        -          -        any      any             -
forms.configure                -        -          -        any      -               -
forms.approve                  -        -          -        any      any             -
directory.edit                 -        -          -        any      any             -
platform.administer            -        -          -        -        any             -
accounts.admit                 -        -          -        -        any             -
conventions.manage             -        -          -        -        any             -
terms.edit                     -        -          -        any      any             -
terms.approve                  -        -          -        any      any             -
journal.read                   -        -          -        -        -               any
access.review                  -        -          -        -        -               any
"""
_NOBODY: frozenset[Relation] = frozenset()


@cache
def enough(cell: str) -> frozenset[Relation]:
    """The relations of which one suffices; raises ``ValueError`` for a cell that is not one."""
    if cell == "any":
        return frozenset(Relation)
    if cell == "-":
        return _NOBODY
    if not cell or len(set(cell)) != len(cell) or not set(cell) <= set(LETTERS):
        raise ValueError(cell)
    return frozenset(LETTERS[letter] for letter in cell)


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """What a line of the table speaks of: documents of a type, in a status; empty for all that no other line names."""

    document_type: str = ""
    status: str = ""


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Policy:
    """A table: cells by role, action and scope. The platform's is :data:`POLICY`; a region's differs by some cells."""

    cells: Mapping[tuple[str, Action, Scope], str]

    def cell(self, role: str, action: Action, scope: Scope = EVERYTHING) -> str:
        """The cell of the most specific line; ``-`` for a role that the table does not name."""
        for line in (scope, Scope(scope.document_type), Scope(status=scope.status), EVERYTHING):
            found = self.cells.get((role, action, line))
            if found is not None:
                return found
        return "-"

    def scopes(self, action: Action) -> tuple[Scope, ...]:
        """Everything an action may be asked of, cut where its lines differ; an empty field is « any other »."""
        lines = {scope for _role, named, scope in self.cells if named is action}
        types, statuses = ({getattr(scope, part) for scope in lines} | {""} for part in ("document_type", "status"))
        return tuple(sorted(Scope(document_type, status) for document_type in types for status in statuses))

    def roles(self) -> tuple[str, ...]:
        """The roles of the table, in its order."""
        return tuple(dict.fromkeys(role for role, _action, _scope in self.cells))

    def every_cell(self) -> Iterator[tuple[str, Action, Scope, Relation, bool]]:
        """Role, action, scope, relation, and whether that relation alone suffices: the whole table, for tests and pages."""
        for action in Action:
            for scope in self.scopes(action):
                for role in self.roles():
                    suffice = enough(self.cell(role, action, scope))
                    for relation in Relation:
                        yield role, action, scope, relation, relation in suffice


def read_table(text: str) -> Policy:
    """The table of a text laid out as ours; raises ``ValueError`` for a line that cannot be read."""
    header, *lines = (line.split() for line in text.strip().splitlines())
    cells: dict[tuple[str, Action, Scope], str] = {}
    for line in lines:
        about, of_roles = line[: -len(header)], line[-len(header) :]
        scope = read_scope(about[1:])
        for role, cell in zip(header, of_roles, strict=True):
            enough(cell)
            cells[role, Action(about[0]), scope] = cell
    return Policy(cells)


def read_scope(words: list[str]) -> Scope:
    """The scope of the words after an action: nothing, a type, or a type and a status."""
    document_type, status = (*words, "", "")[:2]
    return Scope("" if document_type == ANY_TYPE else document_type, status)


POLICY = read_table(_TABLE)
"""The platform's table."""
