"""What the client certificate says: its OU is who emits, its CN must be one of two (SEL-MP-043, fault desir_560)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _

from dcc.contracts.errors import NotConfigured
from dcc.contracts.untrusted import why

NAMES = ("INSI-AUTO", "INSI-MANU")
"""Common names that INSi takes: calls of a machine, calls that a person starts."""


class Certificate(NamedTuple):
    """Subject and end of a certificate."""

    name: str
    unit: str
    ends: datetime


def read_certificate(path: str) -> Certificate:
    """The first certificate of a PEM file. Raises :class:`NotConfigured` in French, naming the file."""
    try:
        changed = Path(path).stat().st_mtime_ns
        return _read(path, changed)
    except OSError as error:
        raise NotConfigured(_("Certificat INSi illisible (%(path)s) : %(why)s") % {"path": path, "why": why(error)}) from None
    except ValueError:
        raise NotConfigured(_("Certificat INSi illisible (%s) : ce n'est pas un certificat PEM") % path) from None


@lru_cache(maxsize=8)
def _read(path: str, _changed: int) -> Certificate:
    found = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
    name, unit = (_attribute(found, oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME))
    return Certificate(name, unit, found.not_valid_after_utc)


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
