"""A reader that reads what a test wants: documents received from elsewhere, without their XML."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import (
    HeaderActor,
    IdentityTraits,
    InstanceId,
    PatientSnapshot,
    ReadResult,
    ReceivedFile,
    ReceivedHeader,
    UnknownPart,
)

DOCTOR = {"family": "MULLER", "given": "Charles", "id": {"root": "1.2.250.1.71.4.2.1", "extension": "801234567897"}}
MORNING = datetime.fromisoformat("2019-02-18T09:49:14+01:00")
IDENTITY = PatientSnapshot(
    patient_id=None,
    traits=IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY"),
    status="qualifiee",
    ins=InstanceId("1.2.250.1.213.1.4.10", "279035121518989"),
)


def result(**header: Any) -> ReadResult:
    """What the fake reader read: an FRCP « en cours », version 1, whose header says what is given."""
    head = ReceivedHeader(
        document_type="frcp",
        volet_version="2025.01",
        identifier=InstanceId("1.2.3.1"),
        set_id=InstanceId("1.2.3"),
        version_number=1,
        title="FRCP REÇUE",
        effective_time=MORNING,
        status="en_cours",
        authors=(HeaderActor(DOCTOR, MORNING),),
        legal_authenticator=HeaderActor(DOCTOR, MORNING),
        custodian={"name": "Centre Hospitalier d'Angers", "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1120456789"}},
    )
    return ReadResult(
        header=replace(head, **header),
        identity=IDENTITY,
        answers={"frcp.patient.commentaire": "lu"},
        files=(
            ReceivedFile("Bilan", "application/pdf", b"%PDF-1.4\n%%EOF\n"),
            ReceivedFile("Copie", "application/pdf", b"%PDF-1.4\n%%EOF\n", is_copy=True),
        ),
        unknown_parts=(UnknownPart("Section inconnue", "texte", "<section/>"),),
    )


class FakeReader:
    """Reads ``b"READ"`` files as whatever it is told."""

    def __init__(self) -> None:
        self.result = result()

    def supports(self, head: bytes) -> bool:
        return head.startswith(b"READ")

    def read(self, content: bytes) -> ReadResult:
        if content == b"READ broken":
            raise Refused("XML incorrect, ligne 3")
        return self.result
