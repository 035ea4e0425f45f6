"""A second factor by mail, only where the region allows it (``DCC_EMAIL_CODE``), never for who changes rules or accounts.

It replaces neither the authenticator, without which nobody enrols, nor the invitation of who lost everything.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.devices import MailedCode
from dcc.accounts.models import Membership, User
from dcc.accounts.rights import OF_THE_REGION
from dcc.audit import api as audit

logger = logging.getLogger(__name__)
GOOD_FOR = timedelta(minutes=10)
BETWEEN = timedelta(minutes=1)
"""Before another code is sent to the same person."""


class NotSent(Exception):
    """No code was sent; says why in French."""


def is_allowed(user: User) -> bool:
    """Whether ``user`` may ask for a code by mail."""
    if not settings.DCC_EMAIL_CODE or not user.email:
        return False
    return not Membership.objects.filter(user=user, role__in=OF_THE_REGION).exists()


def send_code(user: User) -> None:
    """Send a code to the address of ``user``, who gave the right password; the former one is void. Raises :class:`NotSent`."""
    if not is_allowed(user):
        raise NotSent(_("Le code par courriel n'est pas possible pour ce compte"))
    code = _draw(user)
    text = _(
        "Votre code de connexion : %(code)s\n\nIl sert une fois, dans les dix minutes. Si vous ne l'avez pas demandé, quelqu'un "
        "connaît votre mot de passe : changez-le et prévenez votre administrateur.\n"
    )
    try:
        send_mail(_("Code de connexion OncoDCC"), text % {"code": code}, None, [user.email])
    except OSError as error:  # smtplib's own errors are some too
        MailedCode.objects.filter(user=user).update(digest="", until=None)
        logger.error("Code par courriel non envoyé : %s", type(error).__name__)
        raise NotSent(_("Le courriel n'a pas pu être envoyé : réessayez, ou saisissez un code de secours")) from error


@transaction.atomic
def _draw(user: User) -> str:
    device, _created = MailedCode.objects.select_for_update().get_or_create(user=user, defaults={"name": "courriel"})
    now = timezone.now()
    if device.digest and device.until is not None and now < device.until - GOOD_FOR + BETWEEN:
        raise NotSent(_("Un code vient d'être envoyé : attendez une minute avant d'en demander un autre"))
    code = f"{secrets.randbelow(10**MailedCode.DIGITS):0{MailedCode.DIGITS}d}"
    device.digest, device.until = device.digest_of(code), now + GOOD_FOR
    device.save(update_fields=["digest", "until"])
    audit.record(actor=user, action="session.code_mailed", subject=f"user:{user.pk}")
    return code


def shown_address(user: User) -> str:
    """« a…@ch.example »: enough for the person to know which one."""
    name, _at, domain = user.email.partition("@")
    return f"{name[:1]}…@{domain}"
