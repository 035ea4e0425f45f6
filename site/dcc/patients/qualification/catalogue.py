"""Justificatifs: what proves an identity, and how much (RNIV §3.3.2; codes of HL7 v2 ZFD-7 and FR Core). Pure.

``eleve``: enough by itself. ``condition``: enough under the condition that its words state, which the professional declares met.
``faible``: kept, proves nothing. ``retire``: not offered. A region changes levels (:class:`policy.Policy`), codes are national.
« Tiers de confiance » comes by flow only: it is in no menu, and refused when somebody names it (R-131, R-158).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcc.patients.qualification.policy import THIRD_PARTY, Policy

_TABLE = """
CN    eleve      Carte nationale d'identité
PA    eleve      Passeport
CS    eleve      Carte ou titre de séjour
eCN   eleve      Carte nationale d'identité électronique (France Identité)
IN    eleve      Identité numérique La Poste
AV    eleve      Application carte Vitale
CE    condition  Carte nationale d'identité d'un État de l'Union européenne, de l'EEE ou de la Suisse
DC    condition  Document de circulation pour étranger mineur, avec photographie
CC    condition  Carnet de circulation, avec photographie
AN    condition  Extrait d'acte de naissance d'un mineur, avec un justificatif d'un parent ou du tuteur
AC    condition  Acte de naissance d'un mineur, avec un justificatif d'un parent ou du tuteur
LE    condition  Livret de famille, pour un mineur, avec un justificatif d'un parent ou du tuteur
LEP   condition  Livret de famille des parents, avec un justificatif d'un parent
ANCV  condition  Acte de naissance et carte Vitale avec photographie (entrée en EHPAD)
LECV  condition  Livret de famille et carte Vitale avec photographie (entrée en EHPAD)
CM    faible     Carte militaire
PC    faible     Permis de conduire
TC    eleve      Tiers de confiance
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of justificatif; ``words`` are French."""

    code: str
    level: str
    words: str


CATALOGUE: Mapping[str, Kind] = {
    code: Kind(code, level, words) for code, level, words in (line.split(maxsplit=2) for line in _TABLE.strip().splitlines())
}


def kind_of(code: str, policy: Policy) -> Kind | None:
    """A kind with the level that the region gives it; nothing for an unknown code."""
    known = CATALOGUE.get(code)
    return Kind(code, policy.proofs.get(code, known.level), known.words) if known else None


def offered(policy: Policy) -> Sequence[Kind]:
    """What a person may choose, in the order of the catalogue; nothing of it is chosen beforehand (EXI SI 10)."""
    kinds = (kind_of(code, policy) for code in CATALOGUE if code != THIRD_PARTY)
    return [kind for kind in kinds if kind is not None and kind.level != "retire"]


def received_level(code: str, policy: Policy) -> str:
    """The level of a proof that a flow names: an unknown one counts for little."""
    kind = kind_of(code, policy)
    return kind.level if kind and kind.level != "retire" else "faible"
