"""Who may do what with a favourite: one table, scope and action by role. Pure.

======  ==================================================================================
cell    allowed to
======  ==================================================================================
own     whoever keeps the favourite, if that role is held
team    whoever holds the role in the favourite's facility
any     everybody who holds the role
\\-      nobody
======  ==================================================================================

``modifier`` changes a favourite at once; who may only ``proposer`` is answered by somebody else who may ``approuver``: nobody
approves an own proposal. Source: CDC §2.1.5.1 (a bank adapted by its users), R-092, R-093.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

from dcc.accounts.rights import Post


class Scope(StrEnum):
    """For whom a favourite is kept, nearest first."""

    PERSONAL = "personnel"
    SERVICE = "service"
    RCP = "rcp"
    FACILITY = "etablissement"
    REGION = "region"


class Action(StrEnum):
    """What one does with a favourite."""

    SEE = "voir"
    USE = "utiliser"
    EDIT = "modifier"
    PROPOSE = "proposer"
    APPROVE = "approuver"


_TABLE = """
                         medecin  assistant  lecteur  editeur  administrateur  responsable
personnel      voir      own      own        -        -        -               -
personnel      utiliser  own      own        -        -        -               -
personnel      modifier  own      own        -        -        -               -
personnel      proposer  own      own        -        -        -               -
personnel      approuver -        -          -        -        -               -
service        voir      team     team       team     any      -               -
service        utiliser  team     team       -        -        -               -
service        modifier  -        -          -        any      -               -
service        proposer  team     team       -        -        -               -
service        approuver team     -          -        any      -               -
rcp            voir      any      any        any      any      -               -
rcp            utiliser  any      any        -        -        -               -
rcp            modifier  -        -          -        any      -               -
rcp            proposer  any      any        -        -        -               -
rcp            approuver -        -          -        any      -               -
etablissement  voir      team     team       team     any      -               -
etablissement  utiliser  team     team       -        -        -               -
etablissement  modifier  -        -          -        any      -               -
etablissement  proposer  team     team       -        -        -               -
etablissement  approuver -        -          -        any      -               -
region         voir      any      any        any      any      any             -
region         utiliser  any      any        -        -        -               -
region         modifier  -        -          -        any      -               -
region         proposer  any      any        -        -        -               -
region         approuver -        -          -        any      -               -
"""


def _parsed(table: str) -> dict[tuple[Scope, Action, str], str]:
    header, *lines = (line.split() for line in table.strip().splitlines())
    return {
        (Scope(scope), Action(action), role): cell
        for scope, action, *cells in lines
        for role, cell in zip(header, cells, strict=True)
    }


POLICY: Mapping[tuple[Scope, Action, str], str] = _parsed(_TABLE)
"""The table, cell by cell: ``(scope, action, role)`` to ``own``, ``team``, ``any`` or ``-``."""


def allowed(posts: Iterable[Post], action: Action, scope: Scope, *, own: bool, facility_id: UUID | None = None) -> bool:
    """Whether one of the posts allows ``action`` on a favourite of ``scope``, kept by that person (``own``) or in a facility."""
    return any(
        cell == "any"
        or (cell == "own" and own)
        or (cell == "team" and post.facility_id is not None and post.facility_id == facility_id)
        for post in posts
        for cell in (POLICY.get((scope, action, post.role), "-"),)
    )
