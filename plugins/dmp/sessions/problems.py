"""Why a session of the trust space did not open: words for its person, and what she does about it. Pure table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Problem:
    """What happened and what to do; ``again`` when trying again may help at once."""

    words: str | Promise
    remedy: str | Promise
    again: bool = True


_OPERATOR = _("Signalez-le à l’assistance de la plateforme ; vos documents attendent, rien n’est perdu.")
_LATER = _("Réessayez dans quelques minutes ; vos documents attendent, rien n’est perdu.")

PROBLEMS: Mapping[str, Problem] = {
    "unconfirmed": Problem(
        _("La demande n’a pas été confirmée à temps"),
        _("Gardez votre téléphone ou votre carte à portée de main, puis demandez de nouveau l’ouverture."),
    ),
    "refused": Problem(
        _("La demande a été refusée sur votre téléphone ou votre carte"),
        _("Si ce n’est pas vous qui l’avez refusée, signalez-le à l’assistance. Sinon, demandez de nouveau l’ouverture."),
    ),
    "unknown": Problem(
        _("Le proxy de l’espace de confiance ne connaît pas votre identifiant national, ou pas cette plateforme (404)"),
        _OPERATOR,
        again=False,
    ),
    "misunderstood": Problem(_("Le proxy de l’espace de confiance n’a pas compris la demande"), _OPERATOR, again=False),
    "out_of_order": Problem(_("Le proxy de l’espace de confiance est en panne"), _LATER),
    "unavailable": Problem(_("Le proxy de l’espace de confiance est indisponible"), _LATER),
    "unreachable": Problem(_("Le proxy de l’espace de confiance ne répond pas"), _LATER),
    "certificate": Problem(_("Le certificat de la plateforme, ou celui du proxy, n’est pas accepté"), _OPERATOR, again=False),
    "elsewhere": Problem(
        _("Une session est déjà ouverte pour vous, que cette plateforme ne tient pas (304)"),
        _("Fermez-la dans l’autre logiciel, ou attendez sa fin, puis demandez de nouveau l’ouverture."),
    ),
    "closed": Problem(_("L’ouverture a été abandonnée"), _("Demandez-la de nouveau quand vous voulez.")),
    "lost": Problem(_("La demande a été interrompue"), _("Demandez de nouveau l’ouverture : un nouveau nombre vous sera donné.")),
    "structure": Problem(
        _("Votre situation d’exercice ne dit pas dans quelle structure vous exercez"),
        _("Choisissez une autre situation, ou faites compléter la vôtre dans l’annuaire santé (RPPS)."),
        again=False,
    ),
    "situation": Problem(
        _("Vous exercez en plusieurs lieux et n’en avez pas choisi un pour cette session"),
        _("Choisissez votre situation d’exercice, puis demandez l’ouverture."),
        again=False,
    ),
    "internal": Problem(_("Incident technique de la plateforme"), _OPERATOR),
}
"""By code; those that begin with the proxy's answers are of :data:`BY_STATUS`."""

BY_STATUS: Mapping[int, str] = {
    304: "elsewhere",
    400: "misunderstood",
    401: "refused",
    403: "refused",
    404: "unknown",
    408: "unconfirmed",
    500: "out_of_order",
    502: "unavailable",
    503: "unavailable",
    504: "unconfirmed",
}
"""What the proxy answers (dmp_psc.md §4.1); any other status is ``misunderstood``."""


BY_WORDS: Mapping[str, str] = {"access_denied": "refused", "expired_token": "unconfirmed"}
"""What the body of a 400 may say (OpenID Connect CIBA §11, §13)."""


class NotOpened(Exception):
    """No session was opened; ``code`` is one of :data:`PROBLEMS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def problem(self) -> Problem:
        """In words."""
        return PROBLEMS[self.code]
