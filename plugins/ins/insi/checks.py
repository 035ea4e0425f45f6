"""System checks: when INSi is on, its certificates are there, of the right name, and not over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004  (its own words)
from django.utils import timezone

from dcc.contracts.errors import ContractError, NotConfigured
from plugins.ins.apps import InsiSettings
from plugins.ins.insi.certificate import NAMES, read_certificate

SOON = timedelta(days=45)


def check_insi(**_: object) -> list[CheckMessage]:
    """What a call would stumble on; nothing while INSi is off."""
    from plugins.ins.insi.capability import in_force

    try:
        settings = in_force()
    except ContractError:
        return []  # said by the check of every plugin
    return list(_found(settings)) if settings.endpoint else []


def _found(settings: InsiSettings) -> Iterator[CheckMessage]:
    if not settings.idam:
        yield Error("INSi : le numéro d'autorisation du logiciel manque (DCC_INSI_IDAM)", id="ins.E001")
    for path in filter(None, (settings.certificate_key, settings.automatic_key, settings.authorities)):
        if not Path(path).is_file():
            yield Error(f"INSi : fichier absent ({path})", id="ins.E002")
    if not settings.certificate:
        yield Error("INSi : le certificat du client manque (DCC_INSI_CERTIFICATE)", id="ins.E002")
    for path in filter(None, (settings.certificate, settings.automatic_certificate)):
        yield from _of_certificate(path)


def _of_certificate(path: str) -> Iterator[CheckMessage]:
    try:
        held = read_certificate(path)
    except NotConfigured as error:
        yield Error(error.reason, id="ins.E002")
        return
    if held.name not in NAMES:
        yield Error(f"INSi : le CN du certificat {path} est « {held.name} » au lieu de {' ou '.join(NAMES)}", id="ins.E003")
    if not held.unit:
        yield Error(f"INSi : le certificat {path} n'a pas d'OU, qui nomme l'émetteur des appels", id="ins.E004")
    if held.ends < timezone.now():
        # No error: care goes on without INSi, and the platform must start again on a day when nobody can renew it.
        yield Warning(f"INSi : le certificat {path} est échu depuis le {held.ends:%d/%m/%Y}", id="ins.W002")
    elif held.ends < timezone.now() + SOON:
        yield Warning(f"INSi : le certificat {path} expire le {held.ends:%d/%m/%Y}", id="ins.W001")
