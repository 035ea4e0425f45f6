"""The little software of an establishment: it signs a contextual call as a real one does, with a key of its own."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key
from django.conf import settings

from dcc.accounts.api import Facility, User
from dcc.accounts.calls import api as calls
from dcc.contracts.snapshots import PatientSnapshot

CODE, NAME, KID = "dpi-demo", "DPI Démonstration", "demo"
TRAITS = ("birth_name", "first_given_name", "given_names", "sex", "birth_date", "birth_place_code", "birth_place_name")


def registered(facility: Facility) -> calls.CallingSoftware:
    """The software, registered with its key; asking again changes nothing."""
    software = calls.CallingSoftware.objects.filter(code=CODE).first()
    if software is None:
        software = calls.register_software(actor=None, code=CODE, name=NAME, facility=facility)
    public = _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    known = calls.CallingKey.objects.filter(software=software, kid=KID).first()
    if known is None:
        calls.add_key(actor=None, software=software, kid=KID, pem=public)
    elif known.public_key != public:
        raise ValueError("La clé de démonstration n'est plus celle qui est enregistrée : supprimez la base ou remettez la clé")
    return software


def signed(software: calls.CallingSoftware, user: User, patient: PatientSnapshot, *, altered: bool = False) -> str:
    """A call for a patient as the software knows him, under a number it made up; ``altered`` gives him another birth date.

    Raises ``ValueError`` when the account is tied to no professional.
    """
    if user.practitioner is None:
        raise ValueError(f"Le compte {user.username} n'est lié à aucun professionnel")
    said = {name: getattr(patient.traits, name) for name in TRAITS}
    if oid := software.facility.identifier_oid:
        known = (i.extension or "" for i in patient.identifiers if i.root == oid)
        said["ipp"] = next(known, f"DEMO-{patient.patient_id}"[:20])
    if altered:
        said["birth_date"] = "1901-01-01"
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": software.code,
        "aud": calls.audience(),
        "iat": now,
        "exp": now + 30,
        "jti": secrets.token_urlsafe(18),
        "sub": user.practitioner.national_id,
        "finess": software.facility.finess,
        "auth_time": now - 300,
        "amr": ["pwd", "otp"],
        "patient": {name: value for name, value in said.items() if value},
    }
    return jwt.encode(claims, _key(), algorithm="ES256", headers={"typ": calls.TYPE, "kid": KID})


def _key() -> ec.EllipticCurvePrivateKey:
    """The private key, which a real software keeps for itself: made once, in the data folder of the demonstration."""
    path = Path(settings.DATA_DIR) / "demo-call-key.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = ec.generate_private_key(ec.SECP256R1())
        path.touch(mode=0o600)
        path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101  (written just above; this tells the type checker)
    return key
