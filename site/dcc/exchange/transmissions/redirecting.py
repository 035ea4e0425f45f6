"""Which transmissions may go to another address, and what is done with the others: one table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dcc.exchange.transmissions.follow_up import CAUSES, Unblock

Errand = Literal["professionnel", "retour", "fiche_confiee", "sans_autre_adresse"]
"""What a transmission is for: a professional or a structure; an FRCP that is given back to another region, or any validated
document sent there; an FRCP entrusted to the RCP of another region; whoever has one address only (patient, DMP, PDC)."""


@dataclass(frozen=True, slots=True)
class Redirection:
    """``refusal`` says why a transmission may not go to another address; ``instead``: the one action that pages then offer."""

    refusal: str = ""
    instead: Unblock = Unblock.REDIRECT


REDIRECTIONS: Mapping[Errand, Redirection] = {
    "professionnel": Redirection(),
    "retour": Redirection(instead=Unblock.RETRY),
    "fiche_confiee": Redirection(
        "Une fiche confiée va à la RCP à laquelle elle est adressée : la reprendre, puis l'adresser à nouveau", Unblock.TAKE_BACK
    ),
    "sans_autre_adresse": Redirection("Seul l'envoi à un professionnel ou à une structure peut être redirigé", Unblock.NONE),
}
"""By errand: the same table refuses, and says what pages offer. A return waits for the box of the region that entrusted the FRCP:
clinicians send it again there, another of its boxes is for who administers to choose (decision 0319)."""


def errand_of(recipient_kind: str, document_status: str) -> Errand:
    """The errand of a transmission to a kind of recipient (policy.py), by the status of the document as it was sent."""
    if recipient_kind == "ps":
        return "professionnel"
    if recipient_kind != "dcc":
        return "sans_autre_adresse"
    return "fiche_confiee" if document_status == "complete" else "retour"


def unblock_of(cause: str, errand: Errand) -> Unblock:
    """The one action that unblocks a transmission that stands for a cause."""
    wanted = CAUSES[cause].unblock
    return REDIRECTIONS[errand].instead if wanted is Unblock.REDIRECT else wanted
