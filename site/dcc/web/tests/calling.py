"""What the tests of contextual calls share: a software of alice's establishment, its keys, the calls it signs."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse

from dcc.accounts.calls import api as calls
from dcc.accounts.models import Facility, User

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
EC_KEY, OTHER_EC_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
RSA_KEY = rsa.generate_private_key(65537, 2048)
OID = "1.2.250.1.71.4.2.2.490000031"
PATIENT = {
    "birth_name": "PAT-TROIS",
    "first_given_name": "DOMINIQUE",
    "given_names": "DOMINIQUE MARIE-LOUISE",
    "sex": "F",
    "birth_date": "1979-03-28",
    "birth_place_code": "51215",
    "birth_place_name": "DOMPREMY",
    "ipp": "IPP-1",
}
"""The official test identity that ``make_patient`` creates, under a number of the establishment."""
NOBODY = {"birth_name": "DURAND", "first_given_name": "JEANNE", "sex": "F", "birth_date": "1950-02-01", "ipp": "IPP-2"}


def pem(key: Private) -> str:
    """The public key as it is registered."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True, slots=True)
class Software:
    """A registered software, and what it does."""

    row: calls.CallingSoftware
    kid: str = "k1"
    key: Private = EC_KEY

    def claims(self, user: User, **changed: Any) -> dict[str, Any]:
        """The claims of a good call for ``user``; one that is changed to ``...`` is left out."""
        now = int(time.time())
        good = {
            "iss": self.row.code,
            "aud": calls.audience(),
            "iat": now,
            "exp": now + 30,
            "jti": secrets.token_urlsafe(18),
            "sub": user.practitioner.national_id if user.practitioner else "",
            "finess": self.row.facility.finess,
            "auth_time": now - 600,
            "amr": ["pwd", "otp"],
            "patient": PATIENT,
        }
        return {name: value for name, value in {**good, **changed}.items() if value is not ...}

    def token(self, user: User, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A signed call."""
        named = {"typ": calls.TYPE, "kid": self.kid, **(header or {})}
        algorithm = "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(self.claims(user, **changed), self.key, algorithm=algorithm, headers=named)

    def link(self, user: User, **changed: Any) -> str:
        """The path of the link that a good call is given."""
        response = send(self.token(user, **changed))
        assert response.status_code == 201, response.content.decode()
        return str(response.json()["url"]).removeprefix(calls.audience())


def register(facility: Facility) -> Software:
    """A software of an establishment whose local numbers have their OID."""
    Facility.objects.filter(pk=facility.pk).update(identifier_oid=OID)
    facility.refresh_from_db()
    row = calls.register_software(actor=None, code="dpi-demo", name="DPI Démo", facility=facility)
    calls.add_key(actor=None, software=row, kid="k1", pem=pem(EC_KEY))
    return Software(row)


def send(token: Any, *, client: Client | None = None) -> Any:
    """A call sent from server to server."""
    sender = client or Client()
    return sender.post(reverse("web:call"), {"jwt": token}, content_type="application/json")
