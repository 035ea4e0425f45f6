"""A certificate of our own, which signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.signing import Signer, signer_of
from plugins.dmp.transactions.tests.exchanges import AT, SETTINGS


@pytest.fixture(scope="module")
def signed_settings(tmp_path_factory: pytest.TempPathFactory) -> DmpSettings:
    """Settings with a certificate of our own."""
    folder = tmp_path_factory.mktemp("signing")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    names = ((NameOID.COUNTRY_NAME, "FR"), (NameOID.ORGANIZATION_NAME, "ÉDITEUR"), (NameOID.COMMON_NAME, "client-exemple"))
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(AT).not_valid_after(AT + timedelta(days=3650))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    (folder / "dcc.pem").write_bytes(pem)
    (folder / "dcc.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return replace(SETTINGS, signing_certificate=str(folder / "dcc.pem"), signing_key=str(folder / "dcc.key"))


@pytest.fixture(scope="module")
def signer(signed_settings: DmpSettings) -> Signer:
    """Who signs by it."""
    found = signer_of(signed_settings)
    assert found is not None
    return found
