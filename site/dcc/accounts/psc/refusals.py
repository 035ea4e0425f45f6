"""Why Pro Santé Connect does not open a session: one table; a row is a page, a status and a word of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

BAD, FORBIDDEN, GATEWAY = 400, 403, 502

_AGAIN = _("Recommencez. Si le refus revient, prévenez l’assistance de votre région en donnant le code ci-dessous.")
_WARN = _("Ne recommencez pas sans prévenir l’assistance de votre région : donnez-lui le code ci-dessous.")
_LATER = _("Réessayez dans quelques minutes, ou connectez-vous avec votre mot de passe et votre code.")
_CLOCKS = _("Recommencez. Si le refus revient, l’horloge du serveur est à vérifier : prévenez l’assistance de votre région.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row: HTTP status, what went wrong, what the person can do."""

    status: int
    what: str
    advice: str


def _row(status: int, what: object, advice: object) -> Refusal:
    return Refusal(status, what, advice)  # type: ignore[arg-type]  # a lazy text is a text, said in the reader's language


REFUSALS: Mapping[str, Refusal] = {
    # Pro Santé Connect does not answer, or not as it should.
    "unreachable": _row(GATEWAY, _("Pro Santé Connect ne répond pas."), _LATER),
    "provider": _row(GATEWAY, _("La réponse de Pro Santé Connect est illisible."), _LATER),
    "code": _row(BAD, _("Le code de cette connexion n’est pas reconnu : il a expiré, ou il a déjà servi."), _AGAIN),
    # The person, or her browser.
    "cancelled": _row(FORBIDDEN, _("Vous avez renoncé à la connexion, ou Pro Santé Connect l’a refusée."), _AGAIN),
    "state": _row(BAD, _("Cette connexion n’a pas commencé dans cette fenêtre, ou elle a trop attendu."), _AGAIN),
    # The signed proof of identity is not what was asked for.
    "token": _row(FORBIDDEN, _("La preuve d’identité reçue est incomplète ou illisible."), _AGAIN),
    "algorithm": _row(FORBIDDEN, _("La preuve d’identité n’est pas signée par un procédé admis."), _WARN),
    "key": _row(FORBIDDEN, _("La preuve d’identité est signée par une clé que Pro Santé Connect ne publie pas."), _AGAIN),
    "signature": _row(FORBIDDEN, _("La signature de la preuve d’identité est fausse."), _WARN),
    "issuer": _row(FORBIDDEN, _("La preuve d’identité ne vient pas de Pro Santé Connect."), _WARN),
    "audience": _row(FORBIDDEN, _("La preuve d’identité a été faite pour un autre service."), _WARN),
    "expired": _row(FORBIDDEN, _("La preuve d’identité a expiré."), _CLOCKS),
    "future": _row(FORBIDDEN, _("La preuve d’identité est datée du futur."), _CLOCKS),
    "nonce": _row(FORBIDDEN, _("La preuve d’identité répond à une autre demande que la vôtre."), _AGAIN),
    "acr": _row(
        FORBIDDEN,
        _("Le niveau de garantie de cette authentification ne suffit pas."),
        _("Utilisez votre carte CPS ou l’application e-CPS."),
    ),
    "subject": _row(FORBIDDEN, _("L’identité détaillée n’est pas celle de la personne authentifiée."), _WARN),
    # The professional.
    "identity": _row(FORBIDDEN, _("Pro Santé Connect n’a pas transmis d’identifiant national (RPPS ou ADELI)."), _AGAIN),
    "situation": _row(
        FORBIDDEN,
        _("Pro Santé Connect ne vous connaît aucune activité en cours : retraite, études, changement de poste non enregistré."),
        _("Faites mettre à jour votre situation par votre ordre ou votre ARS ; un compte local reste utilisable."),
    ),
    "closed": _row(
        FORBIDDEN, _("Votre compte est fermé sur cette plateforme."), _("Adressez-vous à l’administrateur de votre région.")
    ),
    "other_person": _row(
        FORBIDDEN,
        _("La personne authentifiée par Pro Santé Connect n’est pas celle de la session ouverte ici."),
        _("Déconnectez-vous d’abord, puis connectez-vous sous votre identité."),
    ),
    "no_practitioner": _row(
        FORBIDDEN,
        _("Votre compte n’est lié à aucun professionnel : il ne peut pas être confirmé par Pro Santé Connect."),
        _("Demandez à l’administrateur de votre région de compléter votre compte."),
    ),
}


class Refused(Exception):
    """Pro Santé Connect opens no session; ``code`` is a row of :data:`REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.refusal = REFUSALS[code]
