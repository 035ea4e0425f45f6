"""Certificates of the stand-in, made when it is prepared: authority, server, the two names that INSi takes, one it refuses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

UNIT = "490000031"
"""OU of the client certificates: the FINESS number of the hospital of the demonstration."""
CLIENTS = ("INSI-MANU", "INSI-AUTO", "AUTRE-NOM")
LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files in a folder; each PEM of a party holds its certificate, ``.key`` its key."""

    folder: Path

    @property
    def authority(self) -> Path:
        """What both sides trust."""
        return self.folder / "authority.pem"

    def certificate(self, name: str) -> Path:
        """The certificate of ``server`` or of a client, by its CN."""
        return self.folder / f"{name.lower()}.pem"

    def key(self, name: str) -> Path:
        """Its key."""
        return self.folder / f"{name.lower()}.key"

    def are_good(self) -> bool:
        """Whether they are all there, with a month to go."""
        needed = [self.authority, *(path(name) for name in ("server", *CLIENTS) for path in (self.certificate, self.key))]
        if not all(path.is_file() for path in needed):
            return False
        held = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return held.not_valid_after_utc > datetime.now(UTC) + timedelta(days=30)


def make_certificates(folder: Path) -> Certificates:
    """The certificates of a folder, made if they are not there; the key of the authority is kept nowhere."""
    made = Certificates(folder)
    if made.are_good():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("BAC A SABLE AC IGC-SANTE ELEMENTAIRE ORGANISATIONS", "BAC A SABLE")
    own = x509.BasicConstraints(ca=True, path_length=0)
    authority = _builder(name, name, key).add_extension(own, critical=True).sign(key, SHA256())
    for who in ("server", *CLIENTS):
        _issue(made, who, authority, key)
    made.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    return made


def _issue(made: Certificates, who: str, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name("localhost" if who == "server" else who, UNIT), authority.subject, key)
    for extension, critical in _extensions(who == "server", authority_key):
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(authority_key, SHA256())
    made.certificate(who).write_bytes(certificate.public_bytes(Encoding.PEM))
    path = made.key(who)
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _extensions(server: bool, authority: ec.EllipticCurvePrivateKey) -> Iterator[tuple[x509.ExtensionType, bool]]:
    yield x509.BasicConstraints(ca=False, path_length=None), True
    yield x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False
    yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH]), False
    if server:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        yield x509.SubjectAlternativeName(names), False


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str, unit: str) -> x509.Name:
    rows = (
        (NameOID.COUNTRY_NAME, "FR"),
        (NameOID.ORGANIZATION_NAME, "BAC A SABLE"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, common),
    )
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in rows])
