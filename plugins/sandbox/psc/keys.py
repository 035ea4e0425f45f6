"""The keys of the stand-in: one RSA, one EC, made when it starts, renewed on demand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Keys:
    """What signs; :meth:`published` is what others may see. Former keys are not published any more."""

    def __init__(self) -> None:
        self._generation = 0
        self._made: dict[str, Private] = {}
        self.rotate()

    def rotate(self) -> None:
        """New keys, under new names."""
        self._generation += 1
        self._made = {
            "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
        }

    def name(self, algorithm: str) -> str:
        """The ``kid`` of the key of an algorithm."""
        return f"{algorithm.lower()}-{self._generation}"

    def private(self, algorithm: str) -> Private:
        """The key that signs."""
        return self._made[algorithm]

    def published(self) -> Mapping[str, Any]:
        """The JWKS document."""
        return {"keys": [self._public(algorithm) for algorithm in self._made]}

    def sign(self, claims: Mapping[str, Any], algorithm: str, *, kind: str = "JWT") -> str:
        """A signed token."""
        headers = {"kid": self.name(algorithm), "typ": kind}
        return jwt.encode(dict(claims), self.private(algorithm), algorithm, headers=headers)

    def _public(self, algorithm: str) -> dict[str, Any]:
        key = self._made[algorithm].public_key()
        kind: Any = RSAAlgorithm if algorithm == "RS256" else ECAlgorithm
        return {**json.loads(kind.to_jwk(key)), "kid": self.name(algorithm), "use": "sig", "alg": algorithm}
