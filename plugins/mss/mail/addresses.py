"""Addresses of secure mail: their shape, their domain as it is compared, as it is written on the wire. Pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused

PATIENT_DOMAIN = "patient.mssante.fr"
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\Z")


def domain_of(address: str) -> str:
    """The domain in lower case and ASCII (IDNA), as domains are compared; empty when it cannot be one."""
    return ascii_domain(address.rpartition("@")[2])


def ascii_domain(domain: str) -> str:
    """A domain, maybe with accents, in lower case and ASCII; empty when it cannot be one."""
    try:
        plain = domain.strip().rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return ""
    return plain if _DOMAIN.match(plain) else ""


def for_wire(address: str) -> str:
    """The address as SMTP takes it. Raises ``Refused`` (cause ``unknown_box``) when it cannot be one."""
    local, at, _domain = address.strip().rpartition("@")
    domain = domain_of(address)
    if not at or not domain or len(local) > 64 or not _LOCAL.match(local):
        raise Refused(_("L'adresse du destinataire n'est pas une adresse de messagerie"), cause="unknown_box")
    return f"{local}@{domain}"
