"""What may become of a mail: one table of outcomes, one of the reasons for which somebody has to look. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plugins.mss.models.inbound import InboundState


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mail led to. ``error`` is what its sender is told (empty: that it was taken), ``tell`` whether he is told at all."""

    state: InboundState
    outcome: str = ""
    reason: str = ""
    findings: Sequence[str] = ()
    about: uuid.UUID | None = None
    document_id: uuid.UUID | None = None
    error: str = ""
    tell: bool = False


class More(TypedDict, total=False):
    """What else an outcome says."""

    about: uuid.UUID | None
    document_id: uuid.UUID | None
    error: str
    tell: bool


def done(outcome: str, *findings: str, **more: Unpack[More]) -> Outcome:
    """Nobody has to look. An outcome of no table is a bug: ``KeyError``."""
    OUTCOMES[outcome]
    return Outcome(InboundState.DONE, outcome, "", findings, **more)


def quarantine(reason: str, *findings: str, **more: Unpack[More]) -> Outcome:
    """Somebody has to look. A reason of no table is a bug: ``KeyError``."""
    REASONS[reason]
    return Outcome(InboundState.QUARANTINE, "", reason, findings, **more)


OUTCOMES: Mapping[str, Promise] = {
    "reported": _("suivi de l'envoi mis à jour"),
    "repeated": _("déjà connu, sans effet"),
    "delayed": _("remise différée par le serveur, l'issue viendra"),
    "integrated": _("document reçu"),
    "refused": _("document refusé, l'émetteur en est averti"),
    "automatic": _("réponse automatique, sans objet ici"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody has to look, and what he can do about it."""

    words: Promise
    action: Promise
    replay: bool = True


REASONS: Mapping[str, Reason] = {
    "unknown_sending": Reason(
        _("Rapport sans envoi connu"), _("Il parle d'un envoi qui n'est pas d'ici : classer, sauf restauration en cours.")
    ),
    "other_speaker": Reason(
        _("Rapport d'un autre que le destinataire"),
        _("L'adresse qui répond n'est pas celle de l'envoi : vérifier auprès du destinataire, puis classer."),
    ),
    "unreadable_report": Reason(_("Rapport qui ne dit rien de lisible"), _("Classer, ou signaler à l'opérateur de l'émetteur.")),
    "too_big": Reason(
        _("Message trop lourd, seuls ses en-têtes sont gardés"), _("Demander un envoi moins lourd à l'émetteur."), replay=False
    ),
    "lost": Reason(_("Le serveur ne rend pas ce message"), _("Le demander à l'opérateur de la boîte."), replay=False),
    "no_sender": Reason(_("Émetteur illisible"), _("Classer, ou signaler à l'opérateur de la boîte.")),
    "bad_envelope": Reason(_("Enveloppe refusée"), _("L'émetteur en est averti quand son adresse est sûre ; il doit renvoyer.")),
    "several_envelopes": Reason(_("Plusieurs enveloppes en un message"), _("Un message concerne un patient : faire renvoyer.")),
    "other_content": Reason(
        _("Message-ID déjà vu avec un autre contenu"), _("L'émetteur réutilise un identifiant : faire renvoyer sous un autre.")
    ),
    "not_configured": Reason(_("La structure qui reçoit n'est pas réglée"), _("Régler DCC_MSS_FACILITY, puis rejouer.")),
    "refused": Reason(
        _("Document refusé, sans adresse à laquelle le dire"), _("Prévenir l'émetteur par un autre moyen, puis classer.")
    ),
    "aside": Reason(
        _("Document gardé à part"), _("Rien n'a été remplacé : un professionnel de la structure décide, puis classer ici.")
    ),
    "unknown_sender": Reason(
        _("Émetteur inconnu"), _("L'ajouter à l'annuaire des RCP ou des boîtes nationales s'il est sûr, puis rejouer.")
    ),
    "deletion": Reason(
        _("L'émetteur demande le retrait d'un document"),
        _("Rien n'est retiré de soi-même : un professionnel de la structure décide, puis classer ici."),
    ),
    "later": Reason(_("Document pas encore intégré"), _("Rejouer dans quelques minutes.")),
    "patient": Reason(
        _("Le patient a répondu"), _("Le joindre par un autre moyen, puis classer : cette boîte n'est lue par personne.")
    ),
    "other": Reason(_("Ni rapport ni document"), _("Personne ne lit cette boîte : prévenir l'émetteur au besoin, puis classer.")),
}


ERRORS: Mapping[str, str] = {
    "900": "Version du document incorrecte lors d'une demande de remplacement/suppression",
    "901": "Auteur non autorisé à remplacer ou supprimer un document",
    "902": "Identifiant de patient inconnu",
    "903": "INS non présent dans le document",
    "904": "L'INS transmis ne correspond pas exactement à celui stocké dans la base du consommateur",
    "905": "L'INS transmis n'est pas complet",
    "906": "Erreur autre",
}
"""Official words of mss/codes/applicationErrorCode_HL70533.csv; those of 902 as the published examples write them."""
