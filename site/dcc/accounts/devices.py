"""Second factors: fields, and the check of a code. Enrolling, renewing and asking are services of :mod:`dcc.accounts.factors`.

django-otp brings the middleware, the lock on the row while a code is checked (``django_otp.verify_token``) and the growing wait
after wrong codes. Its own devices keep secrets and codes readable in the database: ours are sealed or hashed.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import time
from base64 import b32encode
from typing import cast
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from dcc.accounts.sealing import SealedField, Unreadable

logger = logging.getLogger(__name__)
_SIX = re.compile(r"[0-9]{6}\Z")


class Slowed(ThrottlingMixin):  # type: ignore[misc]  # django-otp ships no types
    """Each wrong code in a row doubles the wait before the next: 1 s, 2 s, 4 s…, half an hour at most."""

    throttling_failure_count: int

    MOST = 12
    """Wrong codes after which the wait grows no more: 2^11 s. 48 tries a day against a million codes give nothing away, and a
    person whose codes somebody else tried is not shut out for days."""

    class Meta:
        abstract = True

    def verify_token(self, token: str) -> bool:
        """Whether a code is right, which uses it up. The row is locked by the caller (``django_otp.verify_token``)."""
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        if not self.use_up(token):
            self.throttling_failure_count = min(self.throttling_failure_count, self.MOST - 1)
            self.throttle_increment()
            return False
        self.throttle_reset()
        return True

    def use_up(self, token: str) -> bool:
        """Whether a code is right; if it is, it will not be any more once the row is saved, which the caller does."""
        raise NotImplementedError

    def get_throttle_factor(self) -> float:
        """Seconds to wait after one wrong code, doubled by each other one."""
        return 1


class Authenticator(Slowed, Device):  # type: ignore[misc]  # django-otp ships no types
    """An application on a telephone that shows six digits every 30 s (TOTP, RFC 6238: SHA-1, what every application knows).

    A code is good one step of the clock either way, never more: a drift that was followed would widen it. ``last_t``, the step of
    the last code accepted, refuses it and any older one from then on.
    """

    STEP, DIGITS, TOLERANCE = 30, 6, 1

    sealed_key = SealedField(purpose="accounts.totp", bound_to="user_id")
    last_t = models.BigIntegerField(default=-1)

    class Meta:
        verbose_name = _("application d'authentification")
        verbose_name_plural = _("applications d'authentification")

    def __str__(self) -> str:
        return f"application d'authentification {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """A new one draws its secret: 160 random bits (RFC 4226 §4)."""
        if not self.sealed_key:
            self.give_key(secrets.token_bytes(20))
        super().save(*args, **kwargs)

    def give_key(self, key: bytes) -> None:
        """Seal a secret into the row, not saved yet."""
        _field().put(self, key)

    @property
    def bin_key(self) -> bytes:
        """The secret; raises ``Unreadable``."""
        return _field().read(self)

    def totp(self, *, steps: int = 0) -> TOTP:
        """The clock of the application, ``steps`` from now."""
        totp = TOTP(self.bin_key, self.STEP, 0, self.DIGITS)
        totp.time = time.time() + steps * self.STEP
        return totp

    def code(self, *, steps: int = 0) -> str:
        """What the application shows, ``steps`` from now: for demonstrations and tests."""
        return f"{self.totp(steps=steps).token():0{self.DIGITS}d}"

    def use_up(self, token: str) -> bool:
        """Whether six digits are those of now, of the step before or after, and newer than the last ones used."""
        if not _SIX.match(token):
            return False
        try:
            clocks = [self.totp(steps=steps) for steps in range(-self.TOLERANCE, self.TOLERANCE + 1)]
        except Unreadable as error:  # the person is refused; whoever runs the platform is told why
            logger.error("%s : %s", self, error)
            return False
        for totp in clocks:
            if totp.t() > self.last_t and hmac.compare_digest(f"{totp.token():0{self.DIGITS}d}", token):
                self.last_t = totp.t()
                return True
        return False

    @property
    def uri(self) -> str:
        """``otpauth://``: what the QR code says (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
        issuer = settings.OTP_TOTP_ISSUER
        facts = {"secret": b32encode(self.bin_key).decode(), "issuer": issuer, "algorithm": "SHA1"}
        query = urlencode({**facts, "digits": self.DIGITS, "period": self.STEP}, quote_via=quote)
        return f"otpauth://totp/{quote(f'{issuer}:{self.user.get_username()}')}?{query}"


def _field() -> SealedField:
    return cast(SealedField, Authenticator._meta.get_field("sealed_key"))


class RecoveryDevice(Slowed, Device):  # type: ignore[misc]  # django-otp ships no types
    """Ten codes that each open one session when the telephone is lost."""

    class Meta:
        verbose_name = _("codes de secours")
        verbose_name_plural = _("codes de secours")
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_recovery_once")]

    def __str__(self) -> str:
        return f"codes de secours {self.pk}"

    def use_up(self, token: str) -> bool:
        """Delete a code; a wrong one is none of them."""
        used, _by_model = self.codes.filter(digest=recovery_digest(token)).delete()
        return bool(used)


class RecoveryCode(models.Model):
    """One code not used yet, as its digest: 80 random bits need no slow hash."""

    device = models.ForeignKey(RecoveryDevice, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("code de secours")
        verbose_name_plural = _("codes de secours")
        constraints = [models.UniqueConstraint(fields=["device", "digest"], name="accounts_recovery_code_once")]

    def __str__(self) -> str:
        return f"code de secours {self.pk}"


class MailedCode(Slowed, Device):  # type: ignore[misc]  # django-otp ships no types
    """Eight digits sent to the person's address, where the region allows it (``DCC_EMAIL_CODE``): good once, for ten minutes.

    Two more than the authenticator's, so that each code is tried on one device.
    """

    DIGITS = 8

    digest = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("code par courriel")
        verbose_name_plural = _("codes par courriel")
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_mailed_code_once")]

    def __str__(self) -> str:
        return f"code par courriel {self.pk}"

    def use_up(self, token: str) -> bool:
        """Whether the digits are those that were sent last, less than ten minutes ago."""
        fresh = bool(self.digest) and self.until is not None and timezone.now() < self.until
        if not fresh or not hmac.compare_digest(self.digest, self.digest_of(token)):
            return False
        self.digest = ""
        return True

    def digest_of(self, token: str) -> str:
        """Keyed: all codes are soon tried by whoever copies the database."""
        return salted_hmac("dcc.accounts.mailed", f"{self.user_id}:{token}", algorithm="sha256").hexdigest()


def recovery_digest(code: str) -> str:
    """SHA-256 of a code, however it was typed."""
    return hashlib.sha256("".join(code.split()).replace("-", "").lower().encode()).hexdigest()
