"""Demonstration accounts, whose secrets are printed: refused unless ``DCC_DEMO``, which only the development settings set."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dcc.accounts.devices import Authenticator
from dcc.accounts.models import Facility, Practitioner, Role, User
from dcc.accounts.roles import grant_role

PASSWORD = "Demonstration-2025"  # noqa: S105  (printed on purpose, development settings only)


class NotADemonstration(RuntimeError):
    """These settings are not those of a demonstration."""

    def __init__(self) -> None:
        super().__init__("Comptes de démonstration : seulement avec les réglages de développement (DCC_DEMO)")


def demo_account(
    *,
    username: str,
    role: Role | str,
    facility: Facility | None,
    given: str,
    family: str,
    practitioner: Practitioner | None = None,
) -> User:
    """A ready account with a known password and a fixed one-time-code secret; asking again resets it.

    Raises :class:`NotADemonstration` under other settings than those of development.
    """
    _check_demo()
    with transaction.atomic():
        user, _ = User.objects.get_or_create(
            username=username, defaults={"first_name": given, "last_name": family, "practitioner": practitioner}
        )
        user.set_password(PASSWORD)
        user.one_time_password, user.enrolment_until, user.is_active = False, None, True
        user.password_changed_at, user.password_breached = timezone.now(), False
        user.save()
        grant_role(actor=None, user=user, role=role, facility=facility)
        device = Authenticator.objects.filter(user=user, confirmed=True).first() or Authenticator(user=user, name="demo")
        device.give_key(_secret(username))
        device.throttle_reset()
    return user


def current_code(username: str) -> tuple[str, str]:
    """The next code that ``username`` can use, and the ``otpauth`` address of its secret.

    Raises :class:`NotADemonstration`, ``User.DoesNotExist``, ``Authenticator.DoesNotExist``.
    """
    _check_demo()
    device = Authenticator.objects.get(user=User.objects.get(username=username), confirmed=True)
    # When the code of this moment was used, the next one is accepted too (one step of tolerance).
    return device.code(steps=1 if device.totp().t() <= device.last_t else 0), device.uri


def _secret(username: str) -> bytes:
    return hashlib.sha256(f"oncodcc demo {username}".encode()).digest()[:20]


def _check_demo() -> None:
    if not settings.DCC_DEMO:
        raise NotADemonstration
