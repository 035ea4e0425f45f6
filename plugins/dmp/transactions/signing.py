"""The certificate that signs VIHF and lots, and its chain (PEM files of the settings)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.translation import gettext as _
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from dcc.contracts.errors import NotConfigured
from dcc.contracts.untrusted import why
from plugins.dmp.apps import DmpSettings

RSA_SHA256, SHA256 = SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA256
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, read once (RSA is checked when it is read, which takes its time), and its certificates, that of the key first."""

    key: rsa.RSAPrivateKey = field(repr=False)
    chain: Sequence[x509.Certificate]

    @property
    def subject(self) -> str:
        """The name in the certificate, as the VIHF writes it (RFC 4514)."""
        return self.chain[0].subject.rfc4514_string()


def signer_of(settings: DmpSettings) -> Signer | None:
    """Who signs: the signing certificate, else that of TLS; nobody when there is none. Raises :class:`NotConfigured`."""
    certificate, key = settings.signing_certificate, settings.signing_key
    if not certificate:
        certificate, key = settings.certificate, settings.certificate_key
    if not certificate:
        return None
    paths = (certificate, key or certificate)
    try:
        return _read(*paths, tuple(Path(path).stat().st_mtime_ns for path in paths))
    except OSError as error:
        words = {"path": error.filename or certificate, "why": why(error)}
        raise NotConfigured(_("DMP : certificat ou clé de signature illisible (%(path)s) : %(why)s") % words) from None
    except (ValueError, TypeError):
        raise NotConfigured(_("DMP : certificat ou clé de signature illisible (%s) : PEM attendu") % certificate) from None


@lru_cache(maxsize=4)
def _read(certificate: str, key: str, _changed: tuple[int, ...]) -> Signer:
    chain = tuple(x509.load_pem_x509_certificates(Path(certificate).read_bytes()))
    held = load_pem_private_key(Path(key).read_bytes(), None)
    if not isinstance(held, rsa.RSAPrivateKey):
        raise TypeError(key)
    return Signer(held, chain)
