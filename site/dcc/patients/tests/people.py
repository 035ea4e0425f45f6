"""The official test identities (CNDA, ANS) that the tests of this room use; nobody here exists."""

from __future__ import annotations

from datetime import date

from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot

NIR = "1.2.250.1.213.1.4.8"
NIR_TEST = "1.2.250.1.213.1.4.10"
TODAY = date(2026, 11, 1)

CORSE = IdentityTraits("CORSE", "ANTHONY", "ANTHONY", "M", "1980-03-02", "2B020")
ECETINSI = IdentityTraits("ECETINSI", "PIERRE-ALAIN", "PIERRE-ALAIN MURIEL FLORIANT", "M", "2009-07-14", "63220")
TCHITCHI = IdentityTraits("TCHITCHI", "CATARINA", "CATARINA BELLA", "F", "1936-06-21", "63220")
VINCI = IdentityTraits("DE VINCI", "LEONARDO", "LEONARDO PIERO", "M", "2014-02-01", "63220")
RUTH = IdentityTraits("DE VINCI", "RUTH", "RUTH", "F", "1976-07-14")
ARTAGNAN = IdentityTraits("D'ARTAGNAN DE L'HERAULT", "PIERRE-ALAIN", "PIERRE-ALAIN GUNTHER", "M", "2001-06-17", "63220")
NESSI = IdentityTraits("NESSI", "NATHALIE", "NATHALIE", "F", "1977-07-14", "63220")
MICHELANGELO = IdentityTraits("NESSI", "MICHELANGELO", "MICHELANGELO ANTHONY", "M", "2010-08-07", "63220")
ZOE = IdentityTraits("ADRUN", "ZOE", "ZOE", "F", "1975-12-31", "63220")
PAT_TROIS = IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")

MATRICULES = {
    "CORSE": "180032B02040123",
    "ECETINSI": "109076322083489",
    "TCHITCHI": "236066322083656",
    "DE VINCI": "114026322083356",
    "NESSI": "277076322082910",
    "ADRUN": "275126322074974",
    "PAT-TROIS": "279035121518989",
}


def header(
    traits: IdentityTraits, *, oid: str | None = NIR, identifiers: tuple[InstanceId, ...] = (), matricule: str = ""
) -> PatientSnapshot:
    """The patient of a received document; without ``oid``, the identity is not qualified."""
    ins = InstanceId(oid, matricule or MATRICULES[traits.birth_name]) if oid else None
    return PatientSnapshot(None, traits, "qualifiee" if ins else "provisoire", ins=ins, identifiers=identifiers)
