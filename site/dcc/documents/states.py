"""The state table of documents: (status, action) -> status. Pure data; code, tests and help page read this one table.

Source: CDC 2025 §2.1.1.1, R-022...R-032. « Annulé » is internal: never encoded, never transmitted. A validated document is
immutable; ``amend`` opens a new version of it, which the region allows or not (R-210, off by default for an FRCP).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Status = Literal["en_cours", "complete", "valide", "cloture", "annule"]
Action = Literal["save", "complete", "reopen", "validate", "amend", "close", "cancel"]
STATUSES: tuple[Status, ...] = get_args(Status)
ACTIONS: tuple[Action, ...] = get_args(Action)

TRANSITIONS: Mapping[tuple[Status, Action], Status] = {
    ("en_cours", "save"): "en_cours",
    ("en_cours", "complete"): "complete",
    ("en_cours", "cancel"): "annule",
    ("complete", "reopen"): "en_cours",
    ("complete", "validate"): "valide",
    ("complete", "cancel"): "annule",
    ("valide", "amend"): "valide",
    ("valide", "close"): "cloture",
}

STATUS_LABELS: Mapping[Status, str] = {
    "en_cours": "En cours",
    "complete": "Complété",
    "valide": "Validé",
    "cloture": "Clôturé",
    "annule": "Annulé",
}
ACTION_LABELS: Mapping[Action, str] = {
    "save": "Enregistrer",
    "complete": "Terminer ma saisie",
    "reopen": "Reprendre la saisie",
    "validate": "Valider",
    "amend": "Actualiser (nouvelle version)",
    "close": "Clôturer",
    "cancel": "Annuler le document",
}
FROZEN: frozenset[Status] = frozenset({"valide", "cloture", "annule"})
"""Statuses in which no answer changes any more."""


class ForbiddenTransition(ValueError):
    """The action does not exist in this status; the message says so in French."""


def after(status: Status, action: Action) -> Status:
    """Status that follows; raises :class:`ForbiddenTransition`."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ForbiddenTransition(
            f"« {ACTION_LABELS[action]} » n'est pas possible sur un document « {STATUS_LABELS[status]} »"
        ) from None


def actions_from(status: Status) -> tuple[Action, ...]:
    """Actions that exist in a status, in their usual order."""
    return tuple(action for action in ACTIONS if (status, action) in TRANSITIONS)
