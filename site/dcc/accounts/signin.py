"""Signing in: password first, second factor next, and only then a session. Nobody is half signed in.

Between the two, the session holds the id of who gave the password, for ten minutes and five codes; ``request.user`` stays
anonymous.
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Any
from uuid import UUID

import django_otp
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_otp.models import Device

from dcc.accounts import factors, sessions
from dcc.accounts.devices import Authenticator, MailedCode, RecoveryDevice
from dcc.accounts.lockout import client_ip
from dcc.accounts.models import User
from dcc.accounts.passwords import renewal
from dcc.accounts.psc import vault
from dcc.audit import api as audit

PENDING = "dcc_pending"
PENDING_SECONDS = 600
CODES_PER_PASSWORD = 5
FACTORS: dict[type[Device], str] = {Authenticator: "totp", RecoveryDevice: "recovery", MailedCode: "email"}
"""What the journal calls a second factor."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Step(StrEnum):
    """What a person who gave the right password does next."""

    PASSWORD = "password"  # noqa: S105  (the name of a page)
    ENROL = "enrol"
    CODE = "code"
    REFUSED = "refused"


def signed_in(request: HttpRequest) -> User | None:
    """Who proved to be who she says, in one of the ways of :class:`dcc.accounts.sessions.Level`, or nothing."""
    user = request.user
    if not user.is_authenticated:
        return None
    by_code = sessions.level_of(request.session) is sessions.Level.OTP
    if by_code and not user.is_verified():  # type: ignore[attr-defined]  # added by OTPMiddleware
        return None
    return user


def check_password(request: HttpRequest, username: str, password: str) -> User | None:
    """The active user of a username and password, or nothing; wrong ones are counted and end in a lock-out (django-axes)."""
    user = auth.authenticate(request, username=username, password=password)
    if isinstance(user, User):
        renewal.note_leak(user, password)
        return user
    known = User.objects.filter(username=username).values_list("pk", flat=True).first()
    _record(request, None, "session.password_refused", f"user:{known or 'unknown'}")
    return None


def next_step(user: User) -> Step:
    """What comes after the password. Only an invited person may enrol: a stolen password alone never enrols a telephone."""
    if user.enrolment_until is not None and user.enrolment_until > timezone.now():
        return Step.PASSWORD if user.one_time_password else Step.ENROL
    if user.one_time_password:
        return Step.REFUSED
    return Step.CODE if factors.has_device(user) else Step.REFUSED


def begin(request: HttpRequest, user: User, *, then: str) -> None:
    """Remember who gave the right password, and where to go ``then``; the session changes its key."""
    request.session.flush()
    request.session[PENDING] = {
        "user": str(user.pk),
        "then": then,
        "until": time.time() + PENDING_SECONDS,
        "hash": user.get_session_auth_hash(),
        "codes": 0,
    }


def pending_user(request: HttpRequest) -> User | None:
    """Who gave the right password a short while ago, and has not changed it since."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < time.time() or pending["codes"] >= CODES_PER_PASSWORD:
        request.session.pop(PENDING, None)
        return None
    user = User.objects.filter(pk=UUID(pending["user"]), is_active=True).first()
    if user is None or not constant_time_compare(pending["hash"], user.get_session_auth_hash()):
        request.session.pop(PENDING, None)
        return None
    return user


def count_code(request: HttpRequest, user: User) -> None:
    """Count a wrong code: after five, the password is asked again."""
    pending = request.session[PENDING]
    request.session[PENDING] = {**pending, "codes": pending["codes"] + 1}
    _record(request, user, "session.code_refused", f"user:{user.pk}")


@transaction.atomic
def set_password(request: HttpRequest, user: User, password: str) -> None:
    """Give ``user`` the password chosen (already checked by the form); a pending sign-in goes on."""
    renewal.keep_former(user)
    user.set_password(password)
    user.one_time_password, user.password_breached, user.password_changed_at = False, False, timezone.now()
    user.save(update_fields=["password", "one_time_password", "password_breached", "password_changed_at"])
    request.session.pop(renewal.ASKED, None)
    if PENDING in request.session:
        request.session[PENDING] = {**request.session[PENDING], "hash": user.get_session_auth_hash()}
    else:
        auth.update_session_auth_hash(request, user)
    _record(request, user, "account.password_changed", f"user:{user.pk}")


@transaction.atomic
def finish(request: HttpRequest, user: User, device: Device) -> str:
    """Open the session: both factors were given. Key and CSRF token change; returns where the person wanted to go."""
    then: str = request.session.pop(PENDING, {}).get("then", "")
    vault.withdraw(request.session)
    auth.login(request, user, backend=BACKEND)
    django_otp.login(request, device)
    sessions.begin(request.session, sessions.Level.OTP)
    facts = {"factor": FACTORS[type(device)]}
    if (why := renewal.ask(request, user)) is not None:
        facts["renewal"] = why.value
    _record(request, user, "session.opened", f"user:{user.pk}", **facts)
    return then


@transaction.atomic
def end(request: HttpRequest, *, why: str = "asked") -> None:
    """Close the session, and forget the tokens it rests on; ``why`` is ``asked``, ``timeout`` or ``psc``."""
    vault.withdraw(request.session)
    if request.user.is_authenticated:
        audit.record(actor=request.user, action="session.closed", subject=f"user:{request.user.pk}", why=why)
    auth.logout(request)


@transaction.atomic
def _record(request: HttpRequest, actor: User | None, action: str, subject: str, **facts: Any) -> None:
    audit.record(actor=actor, action=action, subject=subject, ip=client_ip(request), **facts)
