"""Certificates of the stand-in, made when it is prepared: authority, server, the two names that INSi takes, one it refuses."""

from __future__ import annotations

from pathlib import Path

from plugins.sandbox import authority
from plugins.sandbox.authority import Certificates

UNIT = "490000031"
"""OU of the client certificates: the FINESS number of the hospital of the demonstration."""
CLIENTS = ("INSI-MANU", "INSI-AUTO", "AUTRE-NOM")
AUTHORITY = "BAC A SABLE AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"


def make_certificates(folder: Path) -> Certificates:
    """The certificates of a folder, made if they are not there."""
    return authority.make_certificates(folder, CLIENTS, common=AUTHORITY, unit=UNIT)
