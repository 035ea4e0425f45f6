"""Demonstration accounts, whose secrets are printed: refused unless ``DCC_DEMO``, which only the development settings set."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

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
        user.save()
        grant_role(actor=None, user=user, role=role, facility=facility)
        TOTPDevice.objects.update_or_create(
            user=user, confirmed=True, defaults={"name": "demo", "key": _secret(username), "throttling_failure_count": 0}
        )
    return user


def current_code(username: str) -> tuple[str, str]:
    """The next code that ``username`` can use, and the ``otpauth`` address of its secret.

    Raises :class:`NotADemonstration`, ``User.DoesNotExist``, ``TOTPDevice.DoesNotExist``.
    """
    _check_demo()
    device = TOTPDevice.objects.get(user=User.objects.get(username=username), confirmed=True)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    if totp.t() <= device.last_t:  # the code of this moment was used: the next one is accepted too (one step of tolerance)
        totp.time += device.step
    return f"{totp.token():0{device.digits}d}", device.config_url


def _secret(username: str) -> str:
    return hashlib.sha256(f"oncodcc demo {username}".encode()).hexdigest()[:40]


def _check_demo() -> None:
    if not settings.DCC_DEMO:
        raise NotADemonstration
