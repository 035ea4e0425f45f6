"""Where our requests differ from the samples, what they say instead: no place is left out of the comparison."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from plugins.dmp.transactions.signing import Signer
from plugins.dmp.transactions.tests.exchanges import reference_cda
from plugins.dmp.transactions.tests.test_samples import (
    AUTHOR,
    ENTRY_UNIQUE,
    FRCP,
    FRCP_ID,
    LOT_UNIQUE,
    METADATA,
    PPS,
    PPS_ID,
    Place,
    differing,
    grouped,
    signature_of,
)

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
SENT, CHANGED = "20260301080000", "20190301080000"
IPP = "1234567890121^^^&1.2.3.4.567.8.9.10&ISO^PI"
"""The local identifier that the official CDA gives beside the INS."""
SPECIALTY = ("authorSpecialty", ["G15_10/SM36^Médecin - Oncologie, opt médicale (SM)^1.2.250.1.213.1.1.4.5"])
PERSON = "^MULLER^Charles^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
STRUCTURE = "^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^"
BY_FRCP = [
    ("authorInstitution", [f"Centre Hospitalier d'Angers{STRUCTURE}1750100125"]),
    ("authorPerson", [f"401234567890009{PERSON}"]),
    ("authorRole", ["Membre de l'équipe de soins"]),
    SPECIALTY,
]
BY_PPS = [
    ("authorInstitution", [f"Clinique du Dr. MULLER{STRUCTURE}2801234567"]),
    ("authorPerson", [f"801234567897{PERSON}"]),
    SPECIALTY,
]
BY_CALLER = [
    ("authorInstitution", [f"Centre Hospitalier d'Angers{STRUCTURE}1120456789"]),
    ("authorPerson", [f"801234567897{PERSON}"]),
    SPECIALTY,
]
"""The authors of the official CDAs, and of the signature of a lot."""
Values = Mapping[Place, Sequence[Any]]


def lot(unique_id: str, title: str, at: str = SENT) -> Values:
    """What every lot says of itself."""
    return {
        ("lot", "Slot", "submissionTime"): [[at]],
        ("lot", "ExternalIdentifier", LOT_UNIQUE): [(unique_id, ["XDSSubmissionSet.uniqueId"])],
        ("lot", "Name", ""): [[title]],
    }


def documents(authors: Sequence[Any], *contents: bytes) -> Values:
    """What documents say, by their bytes: hash, size; whose local identifier; nothing of comments."""
    return {
        ("document", "Classification", AUTHOR): [("", slots, []) for slots in authors],
        ("document", "Description", ""): [[] for _each in contents],
        ("document", "Slot", "hash"): [[hashlib.sha1(each, usedforsecurity=False).hexdigest()] for each in contents],
        ("document", "Slot", "size"): [[str(len(each))] for each in contents],
        ("document", "Slot", "sourcePatientId"): [[IPP] for _each in contents],
    }


def names(*unique_ids: str) -> Values:
    """The identifiers of documents."""
    return {("document", "ExternalIdentifier", ENTRY_UNIQUE): [(each, ["XDSDocumentEntry.uniqueId"]) for each in unique_ids]}


def ours(name: str, own: Signer) -> Values:
    """What our request says where it differs from that sample."""
    frcp, pps = reference_cda(FRCP), reference_cda(PPS)
    title = "FRCP ONCO PAYS DE LA LOIRE / 3C CHU Angers / Sein"
    said: Mapping[str, Sequence[Values]] = {
        "iti41_frcp_invisible_patient.xml": [lot("2.25.1", title), documents([BY_FRCP], frcp)],
        "iti41_pps_visible_rplc.xml": [
            lot("2.25.1", "PROGRAMME PERSONNALISÉ DE SOINS EN CANCEROLOGIE"),
            documents([BY_PPS], pps),
            names(PPS_ID),
            {("document", "Slot", "serviceStartTime"): [["20190930111700"]]},
        ],
        "iti41_lot_signe.xml": [
            lot("2.25.1", title),
            documents([BY_FRCP, BY_CALLER], frcp, signature_of(own).content),
            names(FRCP_ID, "2.25.13"),
            {
                ("document", "Slot", "creationTime"): [["20190218084914"], [SENT]],
                ("document", "Slot", "serviceStartTime"): [["20190218144500"], [SENT]],
            },
        ],
        "iti57_rendre_visible_patient.xml": [lot("2.25.4", "FRCP rendue visible au patient", at=CHANGED)],
        "iti57_supprimer.xml": [lot("2.25.5", "delete", at=CHANGED)],
        "iti57_archiver.xml": [lot("2.25.5", "archive", at=CHANGED)],
    }
    return {place: values for part in said[name] for place, values in part.items()}


@pytest.mark.parametrize("name", METADATA)
def test_what_differs_says_what_it_must(name: str, signer: Signer) -> None:
    expected, said = ours(name, signer), grouped(METADATA[name][0](signer))
    assert {place: said.get(place) for place in {*expected, *differing(name, signer)}} == expected
