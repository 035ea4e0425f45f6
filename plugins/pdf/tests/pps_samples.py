"""PPS to print: a minimal, a typical (realistic) and a maximal one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from dcc.contracts.snapshots import AttachmentSnapshot, DocumentReference, DocumentSnapshot, InstanceId
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import FormSchema
from plugins.pdf.tests import samples

SCHEMA = default_schema(load_catalogue("pps", "2025.01"))
ANSWERS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "pps_case.yaml").read_text(encoding="utf-8"))["answers"]
AS_OF = samples.AS_OF
FRCP = DocumentReference(
    "frcp",
    InstanceId("1.2.250.1.999.3", "58f1c0aa"),
    InstanceId("1.2.250.1.999.2", "58f1c0"),
    1,
    "Fiche de réunion de concertation pluridisciplinaire",
    date(2025, 2, 5),
)
SHEET = AttachmentSnapshot(UUID(int=11), "Fiche d'information : FEC 100", "application/pdf", "d" * 64, b"%PDF" + b"0" * 120_000)


def snapshot_of(answers: Mapping[str, Any], *, schema: FormSchema = SCHEMA, **change: Any) -> DocumentSnapshot:
    """A validated PPS with these answers; ``change`` replaces any attribute."""
    facts = {"document_type": "pps", "title": "Programme personnalisé de soins", "reference": FRCP, **change}
    return samples.snapshot_of(answers, schema=schema, **facts)


def typical(answers: Mapping[str, Any] = ANSWERS, **change: Any) -> DocumentSnapshot:
    """A realistic case of breast cancer in the middle of its chemotherapy."""
    return snapshot_of(answers, **{"attachments": (SHEET,), **change})


def updated(**change: Any) -> DocumentSnapshot:
    """Its second version, which says why it was updated."""
    motive = {"code": "GEN-176", "system": "1.2.250.1.213.1.1.4.322", "label": "Modification de calendrier"}
    answers = {**ANSWERS, "pps.statut.motif": motive, "pps.statut.motif_precision": "La troisième cure est avancée d'un jour."}
    former = {"cda-n3": InstanceId("1.2.250.1.999.3", "1")}
    return typical(answers, **{"version_number": 2, "replaces": former, **change})


def minimal(**change: Any) -> DocumentSnapshot:
    """Only what the volet requires."""
    answers = {
        q.key: samples.sample_value(q, rows=1, texts=("Texte",), required_only=True)
        for q in SCHEMA.questions()
        if q.required != "never"
    }
    return snapshot_of(answers, patient=samples.PROVISIONAL, reference=None, **change)


def maximal(
    *, rows: int = 3, texts: Sequence[str] = ("Texte de démonstration sur une ligne.",), **change: Any
) -> DocumentSnapshot:
    """Every question answered, groups with ``rows`` rows, texts taken in turn from ``texts``."""
    answers = {q.key: samples.sample_value(q, rows=rows, texts=texts) for q in SCHEMA.questions()}
    return snapshot_of(answers, **{"attachments": (SHEET,) * 3, **change})
