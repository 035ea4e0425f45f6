"""Proofs of acceptance, as a table (R-122): who, when, exact text (version, hash), means of login."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.trust.due import PARIS
from dcc.trust.models import Acceptance

READERS = (Action.MANAGE_CONVENTIONS, Action.READ_JOURNAL)
"""Who holds one of these takes the proofs out."""


def may_export(actor: User) -> bool:
    """Whether a person may take the proofs out."""
    return any(accounts.may(actor, action) for action in READERS)


def rows(actor: User) -> Sequence[Sequence[object]]:
    """The header, then a row per acceptance, oldest first; raises ``PermissionDenied``."""
    if not may_export(actor):
        raise PermissionDenied(_("Ce compte ne peut pas exporter les preuves d'acceptation"))
    header = [
        _("personne"), _("compte"), _("identifiant national"), _("conditions"), _("titre"), _("version"), _("empreinte SHA-256"),
        _("clause de confiance"), _("en vigueur depuis"), _("acceptées le"), _("moyen de connexion"), _("motif de la demande"),
    ]  # fmt: skip
    kept = Acceptance.objects.select_related("user__practitioner", "version__terms").order_by("accepted_at", "pk")
    return [header, *(_row(one) for one in kept)]


def _row(one: Acceptance) -> Sequence[object]:
    version = one.version
    practitioner = one.user.practitioner
    return [
        one.user,
        one.user.username,
        practitioner.national_id if practitioner else "",
        version.terms.key,
        version.title,
        version.number,
        one.sha256,
        _("oui") if version.has_clause else _("non"),
        version.effective_from.astimezone(PARIS).isoformat(timespec="seconds"),
        one.accepted_at.astimezone(PARIS).isoformat(timespec="seconds"),
        one.level,
        one.reason,
    ]
