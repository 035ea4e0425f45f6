"""What is known of a transmission: states, causes, and the one action that unblocks each. Pure tables.

The states follow mss_hl7.md §5: SMTP's 250 is « envoyée », a DSN « remise », an MDN « lue » or a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where a transmission stands."""

    HELD = "retenue"
    QUEUED = "en_file"
    SENT = "envoyee"
    DELIVERED = "remise"
    READ = "lue"
    FAILED = "echec"
    SUPERSEDED = "remplacee"
    ABANDONED = "abandonnee"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a state is shown and what may follow it."""

    label: str
    follows: frozenset[State]
    open: bool = False
    arrived: bool = False


STATES: Mapping[State, Standing] = {
    State.HELD: Standing(
        "Retenue",
        frozenset({State.HELD, State.QUEUED, State.SENT, State.SUPERSEDED, State.ABANDONED, State.FAILED}),
        open=True,
    ),
    State.QUEUED: Standing(
        "En file", frozenset({State.SENT, State.HELD, State.FAILED, State.SUPERSEDED, State.ABANDONED}), open=True
    ),
    State.SENT: Standing("Envoyée", frozenset({State.DELIVERED, State.READ, State.FAILED})),
    State.DELIVERED: Standing("Remise", frozenset({State.READ, State.FAILED}), arrived=True),
    State.READ: Standing("Lue ou intégrée", frozenset({State.FAILED}), arrived=True),
    State.FAILED: Standing(
        "Échec",
        frozenset({State.QUEUED, State.SENT, State.DELIVERED, State.READ, State.SUPERSEDED, State.ABANDONED}),
        open=True,
    ),
    State.SUPERSEDED: Standing("Remplacée", frozenset()),
    State.ABANDONED: Standing("Abandonnée", frozenset({State.QUEUED, State.SENT, State.SUPERSEDED})),
}


CHANNEL_STATES: Mapping[tuple[str, State], Standing] = {
    ("dmp", State.SENT): replace(STATES[State.SENT], label="Déposée au DMP", arrived=True),
    ("dmp", State.FAILED): replace(STATES[State.FAILED], label="Refusée"),
}
"""Where a channel says a state otherwise: a deposit is answered at once, so that what was sent has arrived."""


def standing_of(channel: str, state: State) -> Standing:
    """The row of a state, as a channel says it."""
    return CHANNEL_STATES.get((channel, state), STATES[state])


class Unblock(StrEnum):
    """The one action that unblocks a transmission, and by whom it is done."""

    NONE = "rien"
    QUALIFY = "qualifier_identite"
    CONTINUITY = "motiver_continuite"
    ADDRESS = "indiquer_adresse"
    CONFIGURE = "configurer"
    RETRY = "relancer"
    REDIRECT = "rediriger"
    TAKE_BACK = "reprendre"
    SESSION = "ouvrir_psc"
    WAIT = "attendre"
    CORRECT = "corriger_identite"
    DMP = "ouvrir_dmp"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a transmission is where it is: words for people (French, without patient data) and the one action.

    ``held``: a channel that refuses for it has not failed; the line waits until what it says is otherwise.
    """

    words: str
    unblock: Unblock
    held: bool = False


CAUSES: Mapping[str, Cause] = {
    "": Cause("", Unblock.NONE),
    "identity": Cause("L'identité du patient n'est pas qualifiée", Unblock.QUALIFY),
    "no_address": Cause("Aucune adresse MSSanté connue pour ce destinataire", Unblock.ADDRESS),
    "not_configured": Cause("La messagerie sécurisée n'est pas configurée", Unblock.CONFIGURE),
    "channel_off": Cause("Aucun module installé ne transmet par ce canal", Unblock.CONFIGURE),
    "opposition": Cause("Le patient s'oppose à recevoir ses documents par messagerie", Unblock.NONE),
    "masked": Cause("Le document est masqué au patient", Unblock.NONE),
    "session": Cause("En attente d'une session Pro Santé Connect", Unblock.SESSION),
    "domain": Cause("Le domaine de l'adresse n'est pas dans l'espace de confiance MSSanté", Unblock.REDIRECT),
    "unknown_box": Cause("La boîte aux lettres n'existe pas", Unblock.REDIRECT),
    "closed_box": Cause("La boîte du patient est fermée, ou inconnue de Mon espace santé", Unblock.NONE),
    "quota": Cause("La boîte aux lettres du destinataire est pleine", Unblock.RETRY),
    "too_big": Cause("Le message dépasse la taille admise", Unblock.REDIRECT),
    "refused": Cause("Le serveur refuse le message", Unblock.RETRY),
    "unreachable": Cause("Le serveur ne répond pas", Unblock.RETRY),
    "deferred": Cause("Le serveur du destinataire diffère la remise", Unblock.WAIT),
    "certificate": Cause("Le certificat est refusé ou périmé", Unblock.CONFIGURE),
    "patient_unknown": Cause("Le destinataire ne connaît pas ce patient (902)", Unblock.REDIRECT),
    "ins_missing": Cause("Le destinataire n'a pas trouvé d'INS (903)", Unblock.CORRECT),
    "ins_differs": Cause("L'INS diffère de celle du destinataire (904)", Unblock.CORRECT),
    "ins_incomplete": Cause("L'INS est incomplète pour le destinataire (905)", Unblock.CORRECT),
    "version": Cause("Le destinataire ne lit pas cette version du document (900)", Unblock.REDIRECT),
    "author": Cause("Le destinataire n'admet pas cet émetteur (901)", Unblock.REDIRECT),
    "integration": Cause("Le destinataire n'a pas intégré le document (906)", Unblock.RETRY),
    "not_conformant": Cause("Les fichiers du document ne sont pas conformes", Unblock.CONFIGURE),
    "internal": Cause("Incident technique de la plateforme", Unblock.RETRY),
    "again": Cause("Un nouvel envoi part à sa place", Unblock.NONE),
    "taken_back": Cause("La fiche a été reprise par la région qui l'avait confiée : elle ne part plus", Unblock.NONE),
    "newer": Cause("Une version plus récente part à sa place", Unblock.NONE),
    "former_ins": Cause("L'INS du patient a été corrigée depuis : ce contenu ne part plus", Unblock.NONE),
    "not_validated": Cause("Le document n'est pas validé", Unblock.NONE, held=True),
    "no_dmp": Cause("Le patient n'a pas de DMP", Unblock.RETRY, held=True),
    "closed_dmp": Cause("Le DMP du patient est fermé", Unblock.RETRY, held=True),
    "dmp_opposition": Cause("Le patient s'oppose à l'alimentation de son DMP", Unblock.DMP, held=True),
    "minor": Cause("Patient mineur : dire si ses représentants légaux voient ses documents", Unblock.DMP, held=True),
    "dmp_off": Cause("L'accès au DMP n'est pas configuré", Unblock.CONFIGURE),
    "unknown_outcome": Cause("Réponse perdue : le DMP est interrogé avant tout nouvel essai", Unblock.WAIT),
    "dmp_forbidden": Cause("Le DMP refuse l'accès à ce professionnel", Unblock.RETRY),
    "dmp_refused": Cause("Le DMP refuse le document", Unblock.RETRY),
    "dmp_removed": Cause("Le document a été retiré du DMP", Unblock.NONE),
    "dmp_busy": Cause("Le DMP est occupé", Unblock.WAIT),
    "dmp_patient": Cause("Le DMP ne reconnaît pas l'INS du patient", Unblock.CORRECT),
    "dmp_professional": Cause("Le DMP ne reconnaît pas la situation de ce professionnel", Unblock.RETRY),
    "dmp_duplicate": Cause("Un document du même identifiant est déjà dans le DMP", Unblock.RETRY),
    "dmp_replaced": Cause("Le document à remplacer n'est plus celui du DMP", Unblock.RETRY),
    "dmp_version": Cause("Le document a changé dans le DMP entre-temps", Unblock.RETRY),
    "dmp_unreadable": Cause("La réponse du DMP est illisible", Unblock.RETRY),
}
"""By code; those of refusals of integration are HL7 table 0533 as MSSanté uses it (mss_hl7.md §5)."""

PASSING = frozenset({"not_configured", "dmp_off", "certificate", "channel_off", "session"})
"""Causes that the delivery itself waits out: it comes back to a line that was held for one of them."""

ERROR_CODES: Mapping[str, str] = {
    "900": "version",
    "901": "author",
    "902": "patient_unknown",
    "903": "ins_missing",
    "904": "ins_differs",
    "905": "ins_incomplete",
    "906": "integration",
}
