"""Registering the software that may call, and its keys: acts of an administrator, journaled."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dcc.accounts.calls.models import CallingKey, CallingSoftware
from dcc.accounts.models import Facility, User
from dcc.accounts.policies import Action
from dcc.accounts.queries import may
from dcc.audit import api as audit

KEYS_AT_ONCE = 2
SMALLEST_RSA = 2048


class UnfitKey(ValueError):
    """A key that cannot be registered; says why in French."""


@transaction.atomic
def register_software(*, actor: User | None, code: str, name: str, facility: Facility, accepted_acr: str = "") -> CallingSoftware:
    """A software that may call once it has a key. ``actor`` is nothing when the operator's command asks.

    Raises ``PermissionDenied``; ``ValueError`` in French when the establishment cannot be named by a call or the code is taken.
    """
    _check_may(actor)
    if not facility.finess:
        raise ValueError(f"« {facility} » n'a pas de numéro FINESS : aucun appel ne pourrait la nommer")
    if CallingSoftware.objects.filter(code=code).exists():
        raise ValueError(f"Le code « {code} » est déjà celui d'un logiciel")
    software = CallingSoftware(code=code, name=name, facility=facility, accepted_acr=" ".join(accepted_acr.split()))
    software.full_clean()
    software.save(force_insert=True)
    _record(actor, software, "call.software_registered", facility_id=facility.pk)
    return software


@transaction.atomic
def add_key(*, actor: User | None, software: CallingSoftware, kid: str, pem: str) -> CallingKey:
    """Accept calls signed by a key, beside the former one while the software changes over; a third is refused.

    The algorithm follows from the key: ES256 for P-256, RS256 for RSA of 2048 bits and more. Raises :class:`UnfitKey`,
    ``PermissionDenied``.
    """
    _check_may(actor)
    algorithm, written = read_public_key(pem)
    CallingSoftware.objects.select_for_update().get(pk=software.pk)
    if software.keys.filter(active=True).count() >= KEYS_AT_ONCE:
        raise UnfitKey("Deux clés sont déjà en service : retirez d'abord l'ancienne")
    if software.keys.filter(kid=kid).exists():
        raise UnfitKey(f"La clé « {kid} » est déjà enregistrée : une nouvelle clé porte un nouveau nom")
    key = CallingKey(software=software, kid=kid, algorithm=algorithm, public_key=written)
    key.full_clean()
    key.save(force_insert=True)
    _record(actor, software, "call.key_added", key=key.pk, algorithm=algorithm)
    return key


@transaction.atomic
def withdraw_key(*, actor: User | None, key: CallingKey) -> None:
    """Refuse from now on the calls that a key signs; it stays listed, and its name is not used again."""
    _check_may(actor)
    if CallingKey.objects.filter(pk=key.pk, active=True).update(active=False):
        _record(actor, key.software, "call.key_withdrawn", key=key.pk)


@transaction.atomic
def set_active(*, actor: User | None, software: CallingSoftware, active: bool) -> None:
    """Answer the calls of a software, or not: links given and not opened are void with it."""
    _check_may(actor)
    if CallingSoftware.objects.filter(pk=software.pk, active=not active).update(active=active):
        _record(actor, software, "call.software_resumed" if active else "call.software_stopped")


def read_public_key(pem: str) -> tuple[str, str]:
    """The algorithm that goes with a public key, and the key written again as PEM; raises :class:`UnfitKey`."""
    try:
        key = load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnfitKey("Une clé publique au format PEM est attendue (« BEGIN PUBLIC KEY »)") from error
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        algorithm = "ES256"
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA:
        algorithm = "RS256"
    else:
        raise UnfitKey(f"Clé refusée : P-256 (ES256), ou RSA de {SMALLEST_RSA} bits au moins (RS256)")
    return algorithm, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _check_may(actor: User | None) -> None:
    if actor is not None and not may(actor, Action.ADMINISTER):
        raise PermissionDenied


def _record(actor: User | None, software: CallingSoftware, action: str, **facts: Any) -> None:
    audit.record(actor=actor, action=action, subject=f"calling_software:{software.pk}", **facts)
