"""Snapshots to start from: fictitious, complete enough to render, changed by keyword."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dcc.contracts.snapshots import (
    Artifact,
    DocumentSnapshot,
    FormSnapshot,
    HeaderActor,
    IdentityTraits,
    InstanceId,
    Package,
    PatientSnapshot,
    Recipient,
)

MOMENT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
"""The time of everything made here, so that what is rendered from it can be compared byte by byte."""

_TEST_ROOT = "1.2.250.1.213.1.1.9"


def make_traits(**changes: Any) -> IdentityTraits:
    """Traits of a fictitious person."""
    traits = IdentityTraits(
        birth_name="PATIENT-TEST",
        first_given_name="JEANNE",
        given_names="JEANNE MARIE",
        sex="F",
        birth_date="1950-01-01",
        birth_place_code="49007",
        birth_place_name="ANGERS",
    )
    return replace(traits, **changes)


def make_patient(**changes: Any) -> PatientSnapshot:
    """A fictitious patient, of status *provisoire*: no INS."""
    return replace(PatientSnapshot(patient_id=UUID(int=1), traits=make_traits(), status="provisoire"), **changes)


def make_snapshot(**changes: Any) -> DocumentSnapshot:
    """A validated FRCP with no answer; ``make_snapshot(answers={...}, status=...)`` changes any field of the snapshot."""
    author = HeaderActor(professional={"family": "MARTIN", "given": "Alice", "id": {"extension": "810000000001"}}, time=MOMENT)
    snapshot = DocumentSnapshot(
        rendition_id=UUID(int=2),
        document_id=UUID(int=3),
        document_type="frcp",
        volet_version="2025.01",
        set_id=InstanceId(_TEST_ROOT, "set-1"),
        version_number=1,
        status="valide",
        status_time=MOMENT,
        effective_time=MOMENT,
        title="Fiche RCP de démonstration",
        form=FormSnapshot(key="frcp", number=1, sha256="0" * 64, schema={}),
        patient=make_patient(),
        answers={},
        authors=[author],
        legal_authenticator=author,
        custodian={"name": "Centre hospitalier de Démonstration"},
    )
    return replace(snapshot, **changes)


def make_artifact(format_: str = "demo", content: bytes = b"demo", **changes: Any) -> Artifact:
    """An artifact of any format."""
    artifact = Artifact(
        format=format_,
        media_type="application/octet-stream",
        content=content,
        filename=f"{format_}.bin",
        identifier=InstanceId(_TEST_ROOT, "artifact-1"),
    )
    return replace(artifact, **changes)


def make_package(*artifacts: Artifact, snapshot: DocumentSnapshot | None = None) -> Package:
    """What a transport is given."""
    chosen = artifacts or (make_artifact(),)
    return Package(snapshot=snapshot or make_snapshot(), artifacts={artifact.format: artifact for artifact in chosen})


def make_recipient(**changes: Any) -> Recipient:
    """Somebody who receives."""
    return replace(Recipient(kind="professionnel", address="alice.martin@test.mssante.invalid", label="Alice MARTIN"), **changes)
