"""The official envelopes, and ours for the same CDA: equal slot by slot, but for what is listed with its reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dcc.contracts import xds
from plugins.mss import xdm
from tests.fixtures import reference_dir

AT = datetime(2026, 5, 20, 15, 51, 51, tzinfo=UTC)
WHOLE = ("FRCP_2025.01_Appareil", "PPS_2025.01", "N1_non_structure")
"""Samples of which the reference has the CDA."""

BLANKS = "L'échantillon garde l'espace qui termine un prénom du CDA ; nous l'ôtons (une composante HL7 v2 n'en a pas)"
OF_THE_LOT = "Propre à chaque envoi"
JUSTIFIED: Mapping[str, str] = {
    "lot.unique_id": OF_THE_LOT,
    "lot.submission_time": OF_THE_LOT,
    "lot.authors": BLANKS,
    "entry.authors": BLANKS,
    "entry.legal_authenticator": BLANKS,
}
"""Why a value of ours may differ from that of the sample; a difference that is not here fails."""


def folder(name: str) -> Path:
    return reference_dir() / "mss" / "xdm" / name


def sample(name: str) -> tuple[bytes, xds.Submission]:
    """The CDA and the metadata of an official envelope."""
    subset = folder(name) / "IHE_XDM" / "SUBSET01"
    return (subset / "DOC0001.XML").read_bytes(), xds.parse((subset / "METADATA.XML").read_bytes())


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The OASIS schema of ``SubmitObjectsRequest``."""
    return etree.XMLSchema(etree.parse(str(reference_dir() / "xds" / "wsdl" / "schema" / "ebRS30" / "lcm.xsd")))


def differences(ours: xds.Submission, theirs: xds.Submission) -> Iterator[tuple[str, Any, Any]]:
    """Place, our value, theirs: every attribute of the lot and of each document."""
    pairs: list[tuple[str, Any, Any]] = [("lot", ours.lot, theirs.lot)]
    pairs += [("entry", a, b) for a, b in zip(ours.entries, theirs.entries, strict=True)]
    for kind, mine, other in pairs:
        for field in dataclasses.fields(mine):
            a, b = getattr(mine, field.name), getattr(other, field.name)
            if a != b:
                yield f"{kind}.{field.name}", a, b


@pytest.mark.parametrize("name", WHOLE)
def test_the_official_envelope_is_read_without_remark(name: str) -> None:
    envelope = xdm.read((folder(name) / "IHE_XDM.ZIP").read_bytes())
    cda, _ = sample(name)
    assert [(document.name, document.content) for document in envelope.documents] == [("IHE_XDM/SUBSET01/DOC0001.XML", cda)]
    assert envelope.patient_id is not None
    assert (envelope.patient_id.root, envelope.patient_id.extension) == ("1.2.250.1.213.1.4.10", "279035121518989")
    assert envelope.findings == []


@pytest.mark.parametrize("name", WHOLE)
def test_ours_says_what_the_official_one_says(name: str, schema: etree.XMLSchema) -> None:
    cda, theirs = sample(name)
    envelope = xdm.read(xdm.build([cda], sender=xdm.Sender(), submitted_at=AT))
    ours = xds.Submission(envelope.lots[0], tuple(document.entry for document in envelope.documents))
    assert {place for place, _, _ in differences(ours, theirs)} <= set(JUSTIFIED)
    metadata = xds.write(ours)
    assert schema.validate(etree.fromstring(metadata)), schema.error_log
    assert envelope.documents[0].content == cda
