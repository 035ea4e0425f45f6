"""What keeps mail from leaving tomorrow: system checks of the settings, and the lines of the digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004  (its own words)
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.capabilities import DigestLine
from dcc.contracts.errors import ContractError, NotConfigured
from dcc.events import api as events
from plugins.mss.apps import MssSettings
from plugins.mss.sending.domains import allowed_domains
from plugins.mss.sending.pauses import PREFIX
from plugins.mss.settings import in_force
from plugins.mss.tls import certificate_end, client_context

SOON = timedelta(days=45)
"""An organisation certificate is ordered, not renewed by itself."""


def check_mss(**_: object) -> list[CheckMessage]:
    """What a sending would stumble on; nothing while no server is set."""
    try:
        settings = in_force()
    except ContractError:
        return []  # said by the check of every plugin
    return list(_found(settings)) if settings.smtp_host else []


def digest(_person: UUID) -> Sequence[DigestLine]:
    """What waits for an operator."""
    settings = in_force()
    return [DigestLine(words) for words in _to_do(settings)] if settings.smtp_host else []


def _found(settings: MssSettings) -> Iterator[CheckMessage]:
    try:
        client_context(settings)
    except NotConfigured as error:
        yield Error(error.reason, id="mss.E001")
        return
    if not settings.certificate:
        yield Warning("MSSanté : le certificat d'organisation manque (DCC_MSS_CERTIFICATE)", id="mss.W001")
    else:
        yield from _of_certificate(settings.certificate)
    if not settings.nil:
        yield Warning("MSSanté : la « référence produit » manque (DCC_MSS_NIL), que chaque courriel porte", id="mss.W004")
    yield from _of_domains(settings)


def _of_certificate(path: str) -> Iterator[CheckMessage]:
    # No errors: the platform must start again on a day when nobody can renew a certificate.
    ends = certificate_end(path)
    if ends < timezone.now():
        yield Warning(f"MSSanté : le certificat {path} est échu depuis le {_day(ends)}", id="mss.W002")
    elif ends < timezone.now() + SOON:
        yield Warning(f"MSSanté : le certificat {path} expire le {_day(ends)}", id="mss.W003")


def _of_domains(settings: MssSettings) -> Iterator[CheckMessage]:
    if settings.domains:
        try:
            allowed_domains(settings.domains)
        except NotConfigured as error:
            yield Error(error.reason, id="mss.E002")
    elif not django_settings.DEBUG:
        words = "MSSanté : sans liste blanche (DCC_MSS_DOMAINS), un document peut partir hors de l'espace de confiance"
        yield Warning(words, id="mss.W005")


def _to_do(settings: MssSettings) -> Iterator[str]:
    for address in events.resting(PREFIX):
        yield _("MSSanté : envois en pause après plusieurs échecs (%s)") % address.removeprefix(PREFIX)
    if settings.certificate and Path(settings.certificate).is_file():
        ends = certificate_end(settings.certificate)
        if ends < timezone.now() + SOON:
            yield _("Certificat MSSanté : fin le %s") % _day(ends)


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}"
