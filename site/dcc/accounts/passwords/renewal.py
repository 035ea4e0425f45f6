"""When another password is asked for: the one in use leaked, or is too old for what the person may do.

It is asked once the session is open, both factors given: the next page that the person goes to is that of the change, with the
way back. What her open pages still have to save is saved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dcc.accounts.models import FormerPassword, Membership, User
from dcc.accounts.passwords.breached import is_breached
from dcc.accounts.rights import OF_THE_REGION

ASKED = "dcc_renewal"


class Reason(StrEnum):
    """Why another password is asked for."""

    BREACHED = "divulgue"
    AGE = "age"


WORDS: dict[Reason, str | Promise] = {
    Reason.BREACHED: _("Votre mot de passe figure dans une liste de mots de passe divulgués : choisissez-en un autre."),
    Reason.AGE: _("Votre mot de passe a atteint sa durée de validité : choisissez-en un autre."),
}


def note_leak(user: User, password: str) -> None:
    """Keep on the account whether the right password, just typed, is in the list of leaked ones (which may have grown since)."""
    leaked = is_breached(password)
    if leaked != user.password_breached:
        user.password_breached = leaked
        user.save(update_fields=["password_breached"])


def reason(user: User) -> Reason | None:
    """Why ``user`` must choose another password now, if she must."""
    if user.password_breached:
        return Reason.BREACHED
    end = valid_until(user)
    return Reason.AGE if end is not None and end <= timezone.now() else None


def valid_until(user: User) -> datetime | None:
    """When the password of ``user`` is too old, or nothing when it never is."""
    privileged = Membership.objects.filter(user=user, role__in=OF_THE_REGION).exists()
    limits = [settings.DCC_PASSWORD_MAX_AGE_DAYS, settings.DCC_PASSWORD_MAX_AGE_PRIVILEGED_DAYS if privileged else 0]
    days = min((limit for limit in limits if limit), default=0)
    return (user.password_changed_at or user.date_joined) + timedelta(days=days) if days else None


def ask(request: HttpRequest, user: User) -> Reason | None:
    """Keep in the session that was just opened whether another password is asked for."""
    why = reason(user)
    if why is not None:
        request.session[ASKED] = why.value
    return why


def asked(request: HttpRequest) -> Reason | None:
    """What :func:`ask` kept."""
    kept = request.session.get(ASKED)
    return Reason(kept) if kept else None


def keep_former(user: User) -> None:
    """Keep the password in use among the former ones, as its hash; only the last ones are kept."""
    if not user.one_time_password and user.has_usable_password():
        FormerPassword.objects.create(user=user, password=user.password)
    kept = FormerPassword.objects.filter(user=user).order_by("-pk")[: settings.DCC_PASSWORD_HISTORY]
    FormerPassword.objects.filter(user=user).exclude(pk__in=[one.pk for one in kept]).delete()
