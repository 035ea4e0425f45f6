"""TLS to the servers of the applicative mailbox, for sending and receiving: who they are is checked, who we are is shown.

Source: référentiel socle MSSanté #2 (mss_hl7.md §4): TLS 1.2 at least, four suites, certificate of the organisation (AUTH_CLI).
"""

from __future__ import annotations

import ssl
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.utils.translation import gettext as _

from dcc.contracts.errors import NotConfigured
from dcc.contracts.untrusted import why
from plugins.mss.apps import MssSettings

SUITES = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256"
"""Of TLS 1.2, by their OpenSSL names; those of TLS 1.3 are the system's."""


def client_context(settings: MssSettings) -> ssl.SSLContext:
    """The context of a connection; the same one as long as the files do not change.

    Raises :class:`NotConfigured` (cause ``certificate``) in French, naming the file that cannot be read.
    """
    files = (settings.certificate, settings.certificate_key, settings.authorities)
    return _context(files, tuple(_changed(path) for path in files))


def _changed(path: str) -> int:
    if not path:
        return 0
    try:
        return Path(path).stat().st_mtime_ns
    except OSError as error:
        raise _unreadable(path, why(error)) from None


@lru_cache(maxsize=8)
def _context(files: tuple[str, str, str], _changed_at: tuple[int, ...]) -> ssl.SSLContext:
    certificate, key, authorities = files
    try:
        context = ssl.create_default_context(cafile=authorities or None)
    except (ssl.SSLError, OSError):
        raise _unreadable(authorities, _("ce ne sont pas des certificats PEM")) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    if certificate:
        try:
            context.load_cert_chain(certificate, key or None)
        except (ssl.SSLError, OSError):
            raise _unreadable(certificate, _("certificat ou clé PEM attendus, qui vont ensemble")) from None
    return context


def _unreadable(path: str, reason: str) -> NotConfigured:
    words = _("MSSanté : fichier illisible (%(path)s) : %(why)s") % {"path": path, "why": reason}
    return NotConfigured(words, cause="certificate")


def certificate_end(path: str) -> datetime:
    """When the certificate of a PEM file ends (aware). Raises :class:`NotConfigured` (cause ``certificate``)."""
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())[0].not_valid_after_utc
    except (OSError, ValueError):
        raise _unreadable(path, _("ce ne sont pas des certificats PEM")) from None
