"""Which DCC has an FRCP that two of them work on: one table, (state, what happened) -> state. Pure.

Out: this DCC sent a completed FRCP to an RCP of another region and reads it only, until the validated one comes back. In: another
DCC sent it here; it is completed and validated here, then given back. Source: CDC §2.1.4, R-078...R-089; decisions 0300 to 0303.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an entrusted FRCP stands."""

    SENT = "partie"
    RECEIVED = "recue"
    NOT_RECEIVED = "non_recue"
    RETURNED = "rendue"
    TAKEN_BACK = "reprise"
    FORCED_BACK = "reprise_forcee"
    LATE = "retour_tardif"
    SET_ASIDE = "retour_ecarte"
    TO_COMPLETE = "a_completer"
    GIVING_BACK = "retour_envoye"
    BACK_REFUSED = "retour_en_echec"
    GIVEN_BACK = "retour_recu"


class Happening(StrEnum):
    """What may happen to it."""

    LEFT = "envoi"
    READ = "lecture"
    FAILED = "echec"
    RETURNED = "retour"
    TAKEN_BACK = "reprise"
    FORCED_BACK = "reprise_forcee"
    ADOPTED = "retour_adopte"
    SET_ASIDE = "retour_ecarte"
    VALIDATED = "validation"


TRANSITIONS: Mapping[tuple[State, Happening], State] = {
    (State.SENT, Happening.LEFT): State.SENT,
    (State.SENT, Happening.READ): State.RECEIVED,
    (State.SENT, Happening.FAILED): State.NOT_RECEIVED,
    (State.SENT, Happening.RETURNED): State.RETURNED,
    (State.SENT, Happening.TAKEN_BACK): State.TAKEN_BACK,  # while its message is still here
    (State.SENT, Happening.FORCED_BACK): State.FORCED_BACK,
    (State.RECEIVED, Happening.FAILED): State.NOT_RECEIVED,
    (State.RECEIVED, Happening.RETURNED): State.RETURNED,
    (State.RECEIVED, Happening.FORCED_BACK): State.FORCED_BACK,
    (State.NOT_RECEIVED, Happening.LEFT): State.SENT,
    (State.NOT_RECEIVED, Happening.READ): State.RECEIVED,
    (State.NOT_RECEIVED, Happening.RETURNED): State.RETURNED,
    (State.NOT_RECEIVED, Happening.TAKEN_BACK): State.TAKEN_BACK,
    (State.TAKEN_BACK, Happening.RETURNED): State.LATE,
    (State.FORCED_BACK, Happening.RETURNED): State.LATE,
    (State.FORCED_BACK, Happening.FAILED): State.TAKEN_BACK,
    (State.LATE, Happening.ADOPTED): State.RETURNED,
    (State.LATE, Happening.SET_ASIDE): State.SET_ASIDE,
    (State.SET_ASIDE, Happening.RETURNED): State.LATE,
    (State.TO_COMPLETE, Happening.VALIDATED): State.GIVING_BACK,
    (State.GIVING_BACK, Happening.READ): State.GIVEN_BACK,
    (State.GIVING_BACK, Happening.FAILED): State.BACK_REFUSED,
    (State.BACK_REFUSED, Happening.LEFT): State.GIVING_BACK,
    (State.BACK_REFUSED, Happening.READ): State.GIVEN_BACK,
    (State.GIVEN_BACK, Happening.FAILED): State.BACK_REFUSED,
}
"""What is not in it does not happen: a report that comes late or twice changes nothing, and a gesture is refused."""

LABELS: Mapping[State, str] = {
    State.SENT: "Envoyée, pas encore reçue",
    State.RECEIVED: "Reçue par l'autre région, qui la complète",
    State.NOT_RECEIVED: "Non prise en charge par l'autre région",
    State.RETURNED: "Rendue, validée par l'autre région",
    State.TAKEN_BACK: "Reprise : l'autre région ne l'avait pas prise en charge",
    State.FORCED_BACK: "Reprise alors que l'autre région peut l'avoir reçue",
    State.LATE: "Retour reçu après la reprise : à décider",
    State.SET_ASIDE: "Retour reçu après la reprise, écarté",
    State.TO_COMPLETE: "Reçue, à compléter et à valider ici",
    State.GIVING_BACK: "Validée ici, en cours de retour",
    State.BACK_REFUSED: "Validée ici, retour en échec",
    State.GIVEN_BACK: "Validée ici et rendue",
}
HAPPENING_LABELS: Mapping[Happening, str] = {
    Happening.LEFT: "Envoi",
    Happening.READ: "Reçue et intégrée",
    Happening.FAILED: "Non prise en charge",
    Happening.RETURNED: "Retour de la fiche validée",
    Happening.TAKEN_BACK: "Reprise",
    Happening.FORCED_BACK: "Reprise malgré l'envoi",
    Happening.ADOPTED: "Retour adopté",
    Happening.SET_ASIDE: "Retour écarté",
    Happening.VALIDATED: "Validation et retour",
}
OPEN = frozenset({State.SENT, State.RECEIVED, State.NOT_RECEIVED, State.TO_COMPLETE})
"""One of the two has yet to write in it: a document is entrusted once at a time."""
ABROAD = frozenset({State.SENT, State.RECEIVED, State.NOT_RECEIVED})
"""The other DCC has the say: it is read here only."""
GIVEN_UP = frozenset({State.TAKEN_BACK, State.FORCED_BACK, State.LATE, State.SET_ASIDE})
"""This DCC took it back: what still returns is kept aside until somebody decides."""
DOUBTFUL = frozenset({State.FORCED_BACK, State.LATE})
"""Two DCC may be writing under one reference: said on the document until it is settled (R-087)."""


def after(state: State, happening: Happening) -> State | None:
    """The state that follows; nothing when the table does not let it happen."""
    return TRANSITIONS.get((state, happening))
