"""What the codes of PID-32, PID-31 and ZFD say of an identity, as tables. Pure.

Sources: HL7 user table 0445 as PAM.fr 2.11 and FR Core have it (``hl7v2/tables``), RNIV 1 v2.0; decision 0261 says what is ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Received = Literal["provisoire", "recuperee", "validee", "qualifiee"]

_TABLE = """
VIDE    provisoire  -         Identité non encore qualifiée
PROV    provisoire  -         Identité provisoire
RECUP   recuperee   -         Identité récupérée (ancien émetteur ou versions récentes)
VALI    validee     -         Identité validée ; qualifiée quand l'INS est en PID-3
QUAL    qualifiee   -         Identité qualifiée (versions récentes)
FICT    provisoire  fictive   Identité fictive
DOUT    provisoire  douteuse  Identité douteuse
USUR    provisoire  douteuse  Identité usurpée
COLP    provisoire  douteuse  Collision potentielle
COLV    provisoire  douteuse  Collision avérée
ANOM    -           refuse    Anonyme
CACH    -           refuse    Identité cachée
DESA    -           refuse    Identité désactivée
INVA    -           refuse    Identité invalidée
HOMD    -           homonyme  Homonyme détecté
HOMA    -           homonyme  Homonyme avéré
DOUB    -           remarque  Doublon
DPOT    -           remarque  Doublon potentiel
DOUA    -           remarque  Doublon avéré
FILI    -           -         Filiation
IDVER   -           -         Identité vérifiée par le patient
RECD    -           -         Reçue d'un autre domaine
IDRA    -           -         Identité rapprochée dans un autre domaine
"""
_ORDER: Mapping[str, int] = {"provisoire": 0, "recuperee": 1, "validee": 2, "qualifiee": 3}


@dataclass(frozen=True, slots=True)
class Code:
    """A code of PID-32: the status it claims, if any, and what else it does."""

    status: Received | None
    effect: str
    words: str


def _read_table() -> Mapping[str, Code]:
    found: dict[str, Code] = {}
    for line in _TABLE.strip().splitlines():
        code, status, effect, words = line.split(maxsplit=3)
        found[code] = Code(None if status == "-" else status, "" if effect == "-" else effect, words)  # type: ignore[arg-type]  # the table has no other word
    return found


CODES = _read_table()

OBTAINED: Mapping[str, str] = {
    "SM": "saisie manuelle",
    "CV": "carte Vitale",
    "INSI": "téléservice INSi",
    "CB": "code à barres ou datamatrix",
    "RFID": "puce sans contact",
    "AV": "appli carte Vitale",
}
"""ZFD-5: how the sender got the identity."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """What a sender says an identity is worth: its status (RNIV), attributes, codes that refuse it or call for a remark."""

    status: Received
    doubtful: bool = False
    fictitious: bool = False
    homonym: bool = False
    refused_by: tuple[str, ...] = ()
    remarked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def reliability(codes: Collection[str], *, with_ins: bool) -> Reliability:
    """What these codes of PID-32 say together; ``with_ins``: an INS is in PID-3.

    Of two statuses the lower one counts, and a doubt brings any down to *provisoire*: nothing is guessed upwards. No code is
    *provisoire*; *validée* with an INS is *qualifiée*, *qualifiée* or *récupérée* without one says less than it claims.
    """
    known = [CODES[code] for code in codes if code in CODES]
    claimed = [code.status for code in known if code.status]
    status: Received = min(claimed, key=_ORDER.__getitem__, default="provisoire")
    if status == "validee" and with_ins:
        status = "qualifiee"
    elif not with_ins and status in ("qualifiee", "recuperee"):
        status = "validee" if status == "qualifiee" else "provisoire"
    effects = {code.effect for code in known}
    return Reliability(
        status,
        doubtful="douteuse" in effects and "fictive" not in effects,
        fictitious="fictive" in effects,
        homonym="homonyme" in effects and "fictive" not in effects,
        refused_by=tuple(sorted(code for code in codes if code in CODES and CODES[code].effect == "refuse")),
        remarked=tuple(sorted(code for code in codes if code in CODES and CODES[code].effect == "remarque")),
        unknown=tuple(sorted(code for code in codes if code not in CODES)),
    )
