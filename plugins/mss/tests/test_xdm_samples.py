"""The official envelopes, and ours for the same CDA: equal slot by slot, but for what is listed with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dcc.contracts import xds
from dcc.contracts.xds.tests.facts import facts
from plugins.mss import xdm
from tests.fixtures import reference_dir
from tests.proofs.recorder import Proof

AT = datetime(2026, 5, 20, 15, 51, 51, tzinfo=UTC)
WHOLE = ("FRCP_2025.01_Appareil", "PPS_2025.01", "N1_non_structure")
"""Envelopes that the reference has whole."""

ANOTHER_EDITION: Mapping[str, str] = {
    "FRCP_2022.01_Appareil": "exemples_2022.01/CANCER-FRCP_2022.01_Appareil.xml",
    "PPS_2022.01_Autopresentable": "exemples_2022.01/CANCER-PPS_2022.01_feuille-de-style-externe.xml",
    "CR-GM_2022.01": "cda-kit/ExemplesCDA/CANCER-CR-GM_2022.01_AnalyseRealisee.xml",
}
"""Envelopes of which only the metadata are there, with another edition of the same document."""

METADATA_ONLY = ("remplacement_V1", "remplacement_V2_action_C", "suppression_V2_action_D")
ALL = (*WHOLE, *ANOTHER_EDITION, *METADATA_ONLY)


def _blanks_apart(value: Any) -> str:
    return str(value).replace(" ^", "^").replace(" '", "'")


def _always(_ours: Any, _theirs: Any) -> bool:
    return True


def _but_for_blanks(ours: Any, theirs: Any) -> bool:
    return _blanks_apart(ours) == _blanks_apart(theirs)


def _but_for_the_birth_date(ours: Any, theirs: Any) -> bool:
    return [v for v in ours if v != "PID-7|19790328"] == [v for v in theirs if v != "PID-7|19760531"]


def _a_spelling(ours: Any, theirs: Any) -> bool:
    return str(ours).replace("XDSSubmissionSet", "XDSSumissionSet") == str(theirs)


BLANKS = "l'échantillon garde l'espace qui termine un prénom du CDA, nous l'ôtons"
JUSTIFIED: Mapping[tuple[str, str, str], tuple[str, Callable[[Any, Any], bool]]] = {
    ("lot", "Slot", "submissionTime"): ("l'heure de chaque envoi", _always),
    ("lot", "ExternalIdentifier", "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"): ("l'identifiant de chaque envoi", _always),
    ("lot", "ExternalIdentifier", "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"): (
        "l'échantillon écrit « XDSSumissionSet », nous l'écrivons comme IHE",
        _a_spelling,
    ),
    ("lot", "Classification", "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"): (BLANKS, _but_for_blanks),
    ("document", "Classification", "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"): (BLANKS, _but_for_blanks),
    ("document", "Slot", "legalAuthenticator"): (BLANKS, _but_for_blanks),
}
"""Why a value of ours may differ from that of the sample, and how far."""

OTHER_BYTES: Mapping[tuple[str, str, str], tuple[str, Callable[[Any, Any], bool]]] = {
    **JUSTIFIED,
    ("document", "Slot", "hash"): ("le CDA de la référence est une autre édition", _always),
    ("document", "Slot", "size"): ("le CDA de la référence est une autre édition", _always),
    ("document", "Slot", "sourcePatientInfo"): (
        "l'autre édition corrige la date de naissance de l'identité de test",
        _but_for_the_birth_date,
    ),
    ("document", "ExternalIdentifier", "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"): (
        "l'autre édition a un autre identifiant",
        _always,
    ),
    ("document", "Name", ""): ("l'échantillon garde l'espace qui termine le titre du CDA", _but_for_blanks),
    ("lot", "Name", ""): ("l'échantillon garde l'espace qui termine le titre du CDA", _but_for_blanks),
}


def folder(name: str) -> Path:
    return reference_dir() / "mss" / "xdm" / name


def metadata_of(name: str) -> bytes:
    return (folder(name) / "IHE_XDM" / "SUBSET01" / "METADATA.XML").read_bytes()


def cda_of(name: str) -> bytes:
    if name in ANOTHER_EDITION:
        return (reference_dir() / ANOTHER_EDITION[name]).read_bytes()
    return (folder(name) / "IHE_XDM" / "SUBSET01" / "DOC0001.XML").read_bytes()


def ours(name: str) -> bytes:
    """METADATA.XML of the envelope that we make of the sample's CDA."""
    envelope = xdm.read(xdm.build([cda_of(name)], sender=xdm.Sender(), submitted_at=AT))
    return xds.write(xds.Submission(envelope.lots[0], [document.entry for document in envelope.documents]))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The OASIS schema of ``SubmitObjectsRequest``."""
    return etree.XMLSchema(etree.parse(str(reference_dir() / "xds" / "wsdl" / "schema" / "ebRS30" / "lcm.xsd")))


@pytest.mark.parametrize("name", WHOLE)
def test_the_official_envelope_is_read_without_remark(name: str) -> None:
    envelope = xdm.read((folder(name) / "IHE_XDM.ZIP").read_bytes())
    assert [(d.name, d.content) for d in envelope.documents] == [("IHE_XDM/SUBSET01/DOC0001.XML", cda_of(name))]
    assert envelope.patient_id is not None
    assert (envelope.patient_id.root, envelope.patient_id.extension) == ("1.2.250.1.213.1.4.10", "279035121518989")
    assert envelope.findings == []


@pytest.mark.parametrize("name", [*WHOLE, *ANOTHER_EDITION])
def test_ours_says_what_the_official_one_says_slot_by_slot(name: str, schema: etree.XMLSchema) -> None:
    mine, official = facts(ours(name)), facts(metadata_of(name))
    assert [fact[:3] for fact in mine] == [fact[:3] for fact in official], "the same facts in the same order"
    allowed = JUSTIFIED if name in WHOLE else OTHER_BYTES
    for fact, theirs in zip(mine, official, strict=True):
        if fact != theirs:
            _reason, fits = allowed.get(fact[:3], ("", lambda *_: False))
            assert fits(fact[3], theirs[3]), f"{fact[:3]}: {fact[3]} instead of {theirs[3]}"
    assert schema.validate(etree.fromstring(ours(name))), schema.error_log


@pytest.mark.parametrize("name", ALL)
def test_the_official_metadata_are_read_whole(name: str, schema: etree.XMLSchema) -> None:
    theirs = xds.parse(metadata_of(name))
    written = xds.write(theirs)
    assert xds.parse(written) == theirs
    assert schema.validate(etree.fromstring(written)), schema.error_log
    assert theirs.entries[0].action == {"C": "C", "D": "D"}.get(name[-1], "")


def differing(name: str) -> list[tuple[str, str, str]]:
    """Places where our metadata and those of the sample differ."""
    return [a[:3] for a, b in zip(facts(ours(name)), facts(metadata_of(name)), strict=True) if a != b]


def test_every_justification_serves() -> None:
    """A difference that no sample shows any more leaves the table."""
    assert {place for name in (*WHOLE, *ANOTHER_EDITION) for place in differing(name)} == set(OTHER_BYTES)


@pytest.mark.prove
def test_what_differs_from_the_official_samples(proof: Proof) -> None:
    figures: dict[str, str] = {}
    for name in (*WHOLE, *ANOTHER_EDITION):
        reasons = [OTHER_BYTES[place][0] for place in differing(name)]
        said = " ; ".join(f"{reason} ({count})" for reason, count in Counter(reasons).items())
        figures[name] = f"{len(facts(ours(name)))} faits comparés, {len(reasons)} différences : {said}"
        assert all(reasons)
    proof.record(issue=7, title="METADATA.XML face aux exemples officiels", figures=figures)
