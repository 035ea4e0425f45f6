"""Why a call is refused: one table. Its codes are those of the answer to the software, and of the journal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

REFUSALS: Mapping[str, tuple[int, str]] = {
    "too_long": (413, "L'appel dépasse la taille admise."),
    "unreadable": (400, "L'appel est illisible : un jeton JWT signé est attendu dans le champ « jwt »."),
    "media_type": (415, "L'appel doit être du JSON, ou un formulaire envoyé par le navigateur."),
    "not_a_call": (400, "Le jeton n'est pas un appel contextuel : « typ » doit valoir « dcc-call+jwt »."),
    "unknown_software": (401, "Ce logiciel n'est pas enregistré, ou n'est plus en service."),
    "unknown_key": (401, "La clé nommée par « kid » n'est pas enregistrée pour ce logiciel, ou n'est plus en service."),
    "algorithm": (401, "L'algorithme de signature n'est pas celui de la clé enregistrée."),
    "signature": (401, "La signature ne correspond pas : l'appel a été modifié, ou signé par une autre clé."),
    "audience": (401, "L'appel est destiné à une autre plateforme : « aud » doit être l'adresse de celle-ci."),
    "expired": (401, "L'appel a expiré : recommencez depuis le logiciel, et vérifiez son horloge."),
    "not_yet": (401, "L'appel est daté du futur : vérifiez l'horloge du logiciel."),
    "too_long_lived": (400, "L'appel est valable trop longtemps : l'écart entre « iat » et « exp » est borné."),
    "claims": (400, "Une information obligatoire de l'appel manque ou n'a pas la forme attendue."),
    "replayed": (409, "Cet appel a déjà été reçu : chaque appel porte un « jti » nouveau."),
    "weak": (403, "L'appel ne dit pas que la personne s'est authentifiée par deux facteurs dans le logiciel."),
    "stale": (403, "La personne s'est authentifiée il y a trop longtemps dans le logiciel."),
    "other_facility": (403, "L'appel est fait pour une autre structure que celle du logiciel."),
    "unknown_person": (403, "Ce professionnel n'a pas de compte sur cette plateforme."),
    "no_membership": (403, "Ce professionnel n'a pas de rôle clinique sur cette plateforme pour cette structure."),
    "patient": (422, "Les traits du patient sont incomplets ou illisibles."),
    "unknown_link": (404, "Ce lien n'existe pas ou n'existe plus."),
    "used": (410, "Ce lien a déjà servi."),
    "expired_link": (410, "Ce lien a expiré."),
}
"""HTTP status and French sentence by code."""


class CallRefused(Exception):
    """A call, or its link, is refused; ``detail`` says what of it, in French and without any value of the patient."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        self.software_id: UUID | None = None
        self.status, sentence = REFUSALS[code]
        self.message = f"{sentence} {detail}".strip()
        super().__init__(self.message)
