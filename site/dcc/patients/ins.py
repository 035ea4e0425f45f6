"""The INS: its authorities (OID) and the control of its 15 characters. Pure.

The nature (NIR, NIA) is read from the OID, never from the digits (CNDA test 1.10). The catalogue of OIDs can grow: it is data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dcc.contracts.datamatrix import INS_NATURES


@dataclass(frozen=True, slots=True)
class Authority:
    """Who assigns an INS: nature shown to people, and whether it only names test persons."""

    oid: str
    nature: str
    test: bool = False


_OF_TESTS = frozenset({"1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"})
AUTHORITIES = {oid: Authority(oid, nature, test=oid in _OF_TESTS) for oid, nature in INS_NATURES.items()}

MATRICULE = re.compile(r"(?P<number>[1-478]\d{2}(?P<month>\d{2})(?:\d{2}|2[AB])\d{6})(?P<key>\d{2})\Z", re.ASCII)
_CORSICA = {"2A": "19", "2B": "18"}
_MONTHS = frozenset({*range(1, 14), *range(20, 43), *range(50, 100)})


def check_matricule(text: str) -> str:
    """The 15 characters without spaces, in capitals; raises ``ValueError`` in French when shape, month or key is wrong."""
    matricule = "".join(text.split()).upper()
    match = MATRICULE.match(matricule)
    if not match or int(match["month"]) not in _MONTHS:
        raise ValueError("Matricule INS : 15 caractères attendus, clé comprise")
    if not key_fits(matricule):
        raise ValueError("Matricule INS : la clé ne correspond pas")
    return matricule


def key_fits(matricule: str) -> bool:
    """Whether the last two of the 15 characters are the key of the others; raises ``ValueError`` for a letter out of place.

    INSi itself may answer a wrong one, which is told and not refused (CNDA test 2.08).
    """
    return matricule[13:] == f"{key_of(matricule[:13]):02d}"


def key_of(number: str) -> int:
    """The key of the 13 first characters, 1 to 97; departments 2A and 2B count as 19 and 18.

    Raises ``ValueError`` for anything else than 13 such characters.
    """
    department = number[5:7]
    digits = number[:5] + _CORSICA.get(department, department) + number[7:]
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("Matricule INS : 13 caractères attendus")
    return 97 - int(digits) % 97


def check_authority(oid: str, *, test_allowed: bool) -> Authority:
    """The authority of an OID; raises ``ValueError`` in French when unknown, or a test one where tests are not allowed."""
    authority = AUTHORITIES.get(oid)
    if authority is None:
        raise ValueError(f"Autorité d'affectation INS inconnue : {oid}")
    if authority.test and not test_allowed:
        raise ValueError(f"Identité de test ({oid}), refusée sur cette plateforme")
    return authority
