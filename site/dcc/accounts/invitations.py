"""Accounts: creating one with an invitation to enrol, inviting again who lost everything, closing one."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dcc.accounts.devices import Authenticator, MailedCode, RecoveryDevice
from dcc.accounts.models import Facility, Practitioner, Role, User
from dcc.accounts.passwords.renewal import keep_former
from dcc.accounts.roles import grant_role
from dcc.audit import api as audit

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    username: str,
    role: Role | str,
    facility: Facility | None = None,
    practitioner: Practitioner | None = None,
    given: str = "",
    family: str = "",
    email: str = "",
) -> tuple[User, str]:
    """A new account with one role, and the one-time password to give to the person.

    Raises ``ValueError`` in French: username taken, clinical role without facility, practitioner who has an account.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise ValueError(f"L'identifiant « {username} » est déjà pris")
    if practitioner is not None and User.objects.filter(practitioner=practitioner).exists():
        raise ValueError(f"{practitioner} a déjà un compte")
    user = User(
        username=username,
        practitioner=practitioner,
        first_name=given or (practitioner.given if practitioner else ""),
        last_name=family or (practitioner.family if practitioner else ""),
        email=email,
    )
    user.full_clean(exclude=["password"])
    user.save(force_insert=True)
    audit.record(actor=actor, action="account.created", subject=f"user:{user.pk}", role=Role(role).value)
    grant_role(actor=actor, user=user, role=role, facility=facility)
    return user, invite(actor=actor, user=user)


@transaction.atomic
def invite(*, actor: User | None, user: User) -> str:
    """Invite a person to choose a password and enrol an authenticator; returns the one-time password.

    Whatever she had (password, authenticator, recovery codes, open sessions) is void from now on.
    """
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    keep_former(user)
    user.set_password(password)
    user.one_time_password, user.password_breached = True, False
    user.enrolment_until = timezone.now() + timedelta(hours=settings.DCC_INVITATION_HOURS)
    user.save(update_fields=["password", "one_time_password", "password_breached", "enrolment_until"])
    for kind in (Authenticator, RecoveryDevice, MailedCode):
        kind.objects.filter(user=user).delete()
    audit.record(actor=actor, action="account.invited", subject=f"user:{user.pk}", until=user.enrolment_until)
    return password


@transaction.atomic
def close_account(*, actor: User | None, user: User) -> None:
    """Close an account: it cannot sign in any more, its open sessions are over; its traces stay."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    audit.record(actor=actor, action="account.closed", subject=f"user:{user.pk}")
