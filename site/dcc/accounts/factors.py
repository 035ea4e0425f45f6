"""The second factor: enrolling an authenticator by its QR code, checking codes, recovery codes."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass

import django_otp
import qrcode
from django.db import transaction
from django.utils import timezone
from django_otp.models import Device

from dcc.accounts import mailing
from dcc.accounts.devices import Authenticator, MailedCode, RecoveryCode, RecoveryDevice, recovery_digest
from dcc.accounts.models import User
from dcc.accounts.sealing import Unreadable
from dcc.audit import api as audit

RECOVERY_CODES = 10
_QUIET = 4
"""Light modules round a QR code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the enrolment page shows: the QR code as an SVG, the same secret to type, the URI for a telephone's own browser."""

    svg: str
    secret: str
    uri: str


def has_device(user: User) -> bool:
    """Whether the person has a confirmed authenticator."""
    return bool(Authenticator.objects.filter(user=user, confirmed=True).exists())


def begin_enrolment(user: User) -> Enrolment:
    """The authenticator being enrolled: the same one until it is confirmed, so that a page shown twice stays true."""
    device, _ = Authenticator.objects.get_or_create(user=user, confirmed=False, defaults={"name": "TOTP"})
    try:
        secret = b32encode(device.bin_key).decode()
    except Unreadable:  # its key was lost: nobody has used it yet
        device.delete()
        return begin_enrolment(user)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return Enrolment(qr_svg(device.uri), grouped, device.uri)


@transaction.atomic
def confirm_enrolment(user: User, code: str) -> tuple[Device, Sequence[str]] | None:
    """Confirm the authenticator by one of its codes; it replaces any former one, and the invitation is used up.

    Returns the device and ten new recovery codes, to be shown once; nothing when the code is wrong.
    """
    pending = Authenticator.objects.filter(user=user, confirmed=False).first()
    device = django_otp.verify_token(user, pending.persistent_id, code.replace(" ", "")) if pending else None
    if device is None:
        return None
    Authenticator.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save()
    User.objects.filter(pk=user.pk).update(enrolment_until=None)
    audit.record(actor=user, action="account.factor_enrolled", subject=f"user:{user.pk}")
    return device, renew_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User) -> Sequence[str]:
    """Ten new codes, the former ones being void; only digests are kept."""
    device, _ = RecoveryDevice.objects.get_or_create(user=user, defaults={"name": "secours"})
    device.codes.all().delete()
    codes = [_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(device=device, digest=recovery_digest(code)) for code in codes])
    audit.record(actor=user, action="account.recovery_codes_renewed", subject=f"user:{user.pk}")
    return codes


def _code() -> str:
    letters = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the person still has."""
    return RecoveryCode.objects.filter(device__user=user).count()


def check_code(user: User, code: str) -> Device | None:
    """The device that accepts a code: six digits for the authenticator, eight for a mailed code, else the recovery codes.

    A code is accepted once (a TOTP code is never replayed), within one step of the clock; wrong codes slow the next ones down.
    """
    code = "".join(code.split())
    kind = _kind(code)
    if kind is MailedCode and not mailing.is_allowed(user):
        return None
    for device in kind.objects.filter(user=user, confirmed=True):
        accepted = django_otp.verify_token(user, device.persistent_id, code)
        if accepted is not None:
            return accepted
    return None


def _kind(code: str) -> type[Device]:
    if not code.isdigit() or len(code) > MailedCode.DIGITS:
        return RecoveryDevice
    return MailedCode if len(code) == MailedCode.DIGITS else Authenticator


def wait_for(user: User) -> int:
    """Seconds during which codes are refused after too many wrong ones; zero when they are not."""
    waits = [0.0]
    for kind in (Authenticator, MailedCode, RecoveryDevice):
        for device in kind.objects.filter(user=user):
            allowed, why = device.verify_is_allowed()
            if not allowed and why and "locked_until" in why:
                waits.append((why["locked_until"] - timezone.now()).total_seconds())
    return int(max(waits) + 0.999)


def qr_svg(text: str) -> str:
    """A QR code as one SVG path: no inline style nor script, which the content security policy refuses."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=_QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(f"M{x},{y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    size = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="240" height="240" role="img" '
        f'aria-label="QR code" shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )
