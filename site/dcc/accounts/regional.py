"""The table in force: the platform's, and the cells that a region changes in a file (``DCC_POLICY_FILE``; decision 0223).

A line of the file names an action, perhaps a type of document (``*``: whichever) and a status, then cells by role::

    # whoever reads here reads what is validated, and no more
    document.open                 lecteur=-
    document.open * valide        lecteur=ATF

It changes care, within bounds (:func:`problems_of`), and never who administers, answers for accesses or reads the journal.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from dcc.accounts.policies import EVERYTHING, POLICY, Action, Policy, Relation, Scope, enough, read_scope

CARE = frozenset({"medecin", "assistant", "lecteur"})
READING = frozenset({Action.SEARCH_PATIENTS, Action.OPEN_PATIENT, Action.OPEN_DOCUMENT, Action.DOWNLOAD_ARTIFACT})
BY_GLASS = READING - {Action.SEARCH_PATIENTS}
OF_PHYSICIANS = frozenset({Action.VALIDATE_DOCUMENT, Action.MASK_PATIENT, Action.BREAK_GLASS})
STARTING = frozenset({Action.CREATE_DOCUMENT, Action.IMPORT_DOCUMENT})
"""Of no document that is there already."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell of the region: what it says, and what the platform's table says there."""

    role: str
    action: Action
    scope: Scope
    cell: str
    ours: str


def policy_in_force() -> Policy:
    """The table that decides. A file that cannot be read stops the platform at its start (system check), and here."""
    return _read(settings.DCC_POLICY_FILE)[0]


def changes() -> tuple[Change, ...]:
    """What the region changed."""
    return _read(settings.DCC_POLICY_FILE)[1]


def problems() -> list[str]:
    """What is wrong with the region's file, in French, for the system check."""
    try:
        return list(problems_of(*_read(settings.DCC_POLICY_FILE)))
    except (OSError, ValueError) as error:
        return [str(error)]


@cache
def _read(path: str) -> tuple[Policy, tuple[Change, ...]]:
    return with_changes(Path(path).read_text(encoding="utf-8")) if path else (POLICY, ())


def with_changes(text: str) -> tuple[Policy, tuple[Change, ...]]:
    """Our table with the cells of a region's file, and these; raises ``ValueError`` in French, naming the line."""
    cells = dict(POLICY.cells)
    found: list[Change] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            for change in _changes_of(line.partition("#")[0].split()):
                cells[change.role, change.action, change.scope] = change.cell
                found.append(change)
        except ValueError as error:
            raise ValueError(f"Table des droits de la région, ligne {number} : {error}") from None
    return Policy(cells), tuple(found)


def _changes_of(words: list[str]) -> Iterator[Change]:
    if not words:
        return
    about, of_roles = [word for word in words if "=" not in word], [word for word in words if "=" in word]
    if not about or len(about) > 3 or not of_roles or words[: len(about)] != about:
        raise ValueError("attendu : action, type et statut s'il y a lieu, puis rôle=cellule")
    if about[0] not in set(Action):
        raise ValueError(f"action inconnue « {about[0]} »")
    action, scope = Action(about[0]), read_scope(about[1:])
    for word in of_roles:
        role, _sep, cell = word.partition("=")
        if role not in POLICY.roles():
            raise ValueError(f"rôle inconnu « {role} »")
        try:
            enough(cell)
        except ValueError:
            raise ValueError(f"cellule inconnue « {cell} »") from None
        yield Change(role, action, scope, cell, POLICY.cell(role, action, scope))


def problems_of(policy: Policy, changed: tuple[Change, ...]) -> Iterator[str]:
    """What a region may not decide, in French."""
    for change in changed:
        for wrong in _wrong(change):
            yield f"Table des droits de la région, {change.action} {change.role}={change.cell} : {wrong}"
    if changed:
        yield from _not_opened(policy)


def _wrong(change: Change) -> Iterator[str]:
    action, ties = change.action, enough(change.cell)
    if not action.value.startswith(("patient.", "document.")):
        yield "seules les actions sur les patients et les documents se règlent par région"
    if not ties:
        return
    if change.role not in CARE:
        yield "ce rôle ne voit aucune donnée de patient"
    if change.role == "lecteur" and action not in READING:
        yield "un lecteur ne fait que lire"
    if action in OF_PHYSICIANS and change.role != "medecin":
        yield "acte réservé aux médecins"
    if change.cell == "any" and action is not Action.BREAK_GLASS:
        yield "nul n'agit sur un patient sans lien avec lui"
    if Relation.BROKEN_GLASS in ties and change.cell != "any" and (action not in BY_GLASS or change.role != "medecin"):
        yield "le bris de glace est aux médecins, et pour lire"


def _not_opened(policy: Policy) -> Iterator[str]:
    """« Introuvable » is answered to whoever may not open: what one may do, one may open."""
    for action in Action:
        if not action.value.startswith("document.") or action in STARTING:
            continue
        scopes = {*policy.scopes(action), *policy.scopes(Action.OPEN_DOCUMENT)}
        for role, scope in itertools.product(sorted(CARE), sorted(scopes)):
            if not enough(policy.cell(role, action, scope)) <= enough(policy.cell(role, Action.OPEN_DOCUMENT, scope)):
                where = "" if scope == EVERYTHING else f" ({scope.document_type or '*'} {scope.status})"
                yield f"Table des droits de la région : {role} pourrait {action}{where} sans pouvoir ouvrir le document"
