"""What keeps the DMP from being reached tomorrow: system checks of the settings, and the line of the digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings as django_settings
from django.core import checks
from django.utils import timezone
from django.utils.translation import ngettext

from dcc.contracts.capabilities import DigestLine
from dcc.contracts.errors import ContractError
from dcc.contracts.events import TransmissionRequested
from dcc.events import api as events
from plugins.dmp.apps import DmpSettings
from plugins.dmp.sessions.opening import PSC
from plugins.dmp.sessions.waiting import CHANNEL, to_show
from plugins.dmp.settings import in_force

SOON = timedelta(days=45)
"""An organisation certificate is ordered, not renewed by itself."""
LONG = timedelta(days=3)
"""From when on a document that waits for somebody's connection is told to who administers."""
TEST_OIDS = ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11", "1.2.250.1.213.1.4.999")
"""Of test and demonstration: never in production (dmp_psc.md §2.3)."""
TEST_HOSTS = (".dev1.", ".de2.", ".df1.", "localhost", "127.0.0.1")


def check_dmp(**_: object) -> list[checks.CheckMessage]:
    """What a call would stumble on; nothing while no proxy is set."""
    try:
        settings = in_force()
    except ContractError:
        return []  # said by the check of every plugin
    return list(_found(settings)) if settings.proxy else []


def _found(settings: DmpSettings) -> Iterator[checks.CheckMessage]:
    for name, path in (
        ("DCC_DMP_CERTIFICATE", settings.certificate),
        ("DCC_DMP_SIGNING_CERTIFICATE", settings.signing_certificate),
    ):
        if path:
            yield from _of_certificate(name, path)
    for name, path in (("DCC_DMP_CERTIFICATE_KEY", settings.certificate_key), ("DCC_DMP_SIGNING_KEY", settings.signing_key)):
        if path and not _is_key(path):
            yield checks.Error(f"DMP : clé privée illisible ({name}) : {path}", id="dmp.E002")
    if not (django_settings.DEBUG or django_settings.DCC_DEMO):
        yield from _of_production(settings)


def _of_certificate(name: str, path: str) -> Iterator[checks.CheckMessage]:
    try:
        ends = x509.load_pem_x509_certificates(Path(path).read_bytes())[0].not_valid_after_utc
    except (OSError, ValueError):
        yield checks.Error(f"DMP : certificat illisible ({name}) : {path}", id="dmp.E001")
        return
    # No error: the platform must start again on a day when nobody can renew a certificate.
    if ends < timezone.now():
        yield checks.Warning(f"DMP : le certificat {path} est échu depuis le {_day(ends)}", id="dmp.W001")
    elif ends < timezone.now() + SOON:
        yield checks.Warning(f"DMP : le certificat {path} expire le {_day(ends)}", id="dmp.W002")


def _is_key(path: str) -> bool:
    try:
        load_pem_private_key(Path(path).read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return False
    return True


def _of_production(settings: DmpSettings) -> Iterator[checks.CheckMessage]:
    for name, value in (("DCC_DMP_SOURCE_ID", settings.source_id), ("DCC_DMP_SOFTWARE_ID", settings.software_id)):
        if any(value == oid or value.startswith(f"{oid}.") for oid in TEST_OIDS):
            yield checks.Error(f"DMP : OID de test en production ({name}) : {value}", id="dmp.E003")
    if not settings.software_id or not settings.approval:
        words = "DMP : l'identifiant du logiciel ou son numéro d'homologation manque (DCC_DMP_SOFTWARE_ID, DCC_DMP_APPROVAL)"
        yield checks.Warning(words, id="dmp.W003")
    if any(host in settings.services or host in settings.proxy for host in TEST_HOSTS):
        yield checks.Warning("DMP : l'adresse du proxy ou des services est celle d'un environnement d'essai", id="dmp.W004")


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}"


def digest(_person: UUID) -> Sequence[DigestLine]:
    """Documents that wait for long."""
    since = timezone.now() - LONG
    found = events.awaiting_session(kind=PSC, event=TransmissionRequested.name)
    late = {str(one.payload["document_id"]) for one in found if one.at < since and one.payload["channel"] == CHANNEL}
    late |= {str(one.document_id) for one in to_show() if one.since < since}
    if not late:
        return []
    words = ngettext(
        "%(n)d document attend depuis plus de %(days)d jours la connexion d'un de ses auteurs au DMP",
        "%(n)d documents attendent depuis plus de %(days)d jours la connexion d'un de leurs auteurs au DMP",
        len(late),
    )
    return [DigestLine(words % {"n": len(late), "days": LONG.days})]
