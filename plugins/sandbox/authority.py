"""A test authority, the way IGC-Santé is: certificates of servers and of clients, made in a folder when they are needed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER = "server"
"""The party whose certificate is that of ``localhost``."""
LIFE = timedelta(days=90)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files in a folder; each PEM of a party holds its certificate, ``.key`` its key."""

    folder: Path
    clients: tuple[str, ...] = ()

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
        needed = [self.authority, *(path(name) for name in (SERVER, *self.clients) for path in (self.certificate, self.key))]
        if not all(path.is_file() for path in needed):
            return False
        held = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return held.not_valid_after_utc > datetime.now(UTC) + timedelta(days=30)


class Authority:
    """An authority that lives as long as the process: its key is kept nowhere.

    ``encrypts_with_rsa``: the suites of the MSSanté operators (ECDHE_RSA_…) ask RSA keys of servers and clients.
    """

    def __init__(self, common: str, *, encrypts_with_rsa: bool = False) -> None:
        self.rsa = encrypts_with_rsa
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = _name(common, "BAC A SABLE")
        own = x509.BasicConstraints(ca=True, path_length=0)
        self.certificate = _builder(name, name, self._key).add_extension(own, critical=True).sign(self._key, SHA256())

    def issue(self, made: Certificates, who: str, *, unit: str, life: timedelta | None = None) -> None:
        """Write certificate and key of a party; ``unit`` is its OU, a negative ``life`` makes one that has run out."""
        key = self._new_key()
        builder = _builder(_name("localhost" if who == SERVER else who, unit), self.certificate.subject, key, life)
        for extension, critical in self._extensions(who == SERVER):
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(self._key, SHA256())
        made.certificate(who).write_bytes(certificate.public_bytes(Encoding.PEM))
        path = made.key(who)
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def write(self, made: Certificates) -> None:
        """Write its own certificate."""
        made.authority.write_bytes(self.certificate.public_bytes(Encoding.PEM))

    def _new_key(self) -> Key:
        return rsa.generate_private_key(65537, 2048) if self.rsa else ec.generate_private_key(ec.SECP256R1())

    def _extensions(self, server: bool) -> Iterator[tuple[x509.ExtensionType, bool]]:
        yield x509.BasicConstraints(ca=False, path_length=None), True
        yield x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
        yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH]), False
        if server:
            names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            yield x509.SubjectAlternativeName(names), False


def make_certificates(
    folder: Path, clients: Sequence[str], *, common: str, unit: str, encrypts_with_rsa: bool = False
) -> Certificates:
    """The certificates of a folder, made if they are not there; ``common`` names the authority, ``unit`` is the OU."""
    made = Certificates(folder, tuple(clients))
    if made.are_good():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority(common, encrypts_with_rsa=encrypts_with_rsa)
    for who in (SERVER, *made.clients):
        authority.issue(made, who, unit=unit)
    authority.write(made)
    return made


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, life: timedelta | None = None) -> x509.CertificateBuilder:
    now, life = datetime.now(UTC), LIFE if life is None else life
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + min(life, timedelta()) - timedelta(hours=1))
        .not_valid_after(now + life)
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
