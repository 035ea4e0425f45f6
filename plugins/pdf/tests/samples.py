"""Snapshots to print: a minimal, a typical (realistic) and a maximal FRCP, and what an identity may look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from dcc.contracts.snapshots import (
    AttachmentSnapshot,
    DocumentSnapshot,
    FormSnapshot,
    HeaderActor,
    IdentityTraits,
    InstanceId,
    LegalText,
    PatientSnapshot,
    RelatedPerson,
)
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.answers import exportable
from forms_config.schema.canonical import schema_hash
from forms_config.schema.model import FormSchema, Question, schema_to_json

CASE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "case.yaml").read_text(encoding="utf-8"))
ANSWERS: dict[str, Any] = CASE["answers"]
NOW = datetime(2025, 3, 12, 13, 2, tzinfo=UTC)
AS_OF = datetime(2025, 3, 12, 14, 30, tzinfo=UTC)
SCHEMA = default_schema(load_catalogue("frcp", "2025.01"))
INS = InstanceId("1.2.250.1.213.1.4.8", "277010115400329")
QUALIFIED = PatientSnapshot(
    patient_id=UUID(int=1),
    traits=IdentityTraits("GARCIA-HAMMADI", "SARAH-LOU", "SARAH-LOU ANNA", "F", "1977-01-21", "01154", "ETREZ"),
    status="qualifiee",
    used_name="LEFÈVRE",
    used_given_name="Sarah",
    ins=INS,
    identifiers=(InstanceId("1.2.250.1.999.1", "700456123"),),
    address={"house_number": "12", "street": "rue des Lilas", "postal_code": "49100", "city": "ANGERS"},
    telecoms=({"value": "tel:0612345678"},),
    related=(RelatedPerson("confiance", "LEFÈVRE", "Paul", telecoms=({"value": "tel:0698765432"},)),),
)
PROVISIONAL = replace(QUALIFIED, status="provisoire", ins=None)
LEGAL = (LegalText(2, "2025-02", CASE["legal_2"], "b" * 64), LegalText(1, "1", CASE["legal_1"], "a" * 64))


def professional(family: str, given: str, rpps: str, speciality: str) -> dict[str, Any]:
    """A physician of the hospital, with an RPPS number."""
    return {
        "family": family,
        "given": given,
        "suffix": "DR",
        "id": {"root": "1.2.250.1.71.4.2.1", "extension": f"8{rpps}"},
        "profession": {"code": "SM", "system": "1.2.250.1.213.1.1.4.5", "label": f"Médecin - {speciality} (SM)"},
        "organisation": {"name": "Centre hospitalier de Démonstration"},
    }


AUTHOR = HeaderActor(
    professional("MARTIN", "Alice", "10000000001", "Oncologie médicale"),
    NOW,
    {
        "code": "353",
        "system": "1.2.250.1.213.1.6.1.107",
        "label": "Membre de l'équipe de soins",
        "text": "Coordonnateur de la RCP",
    },
)
ATTACHMENT = AttachmentSnapshot(UUID(int=9), "IRM mammaire du 14/02/2025", "application/pdf", "c" * 64, b"%PDF" + b"0" * 84_000)


def snapshot_of(answers: Mapping[str, Any], *, schema: FormSchema = SCHEMA, **change: Any) -> DocumentSnapshot:
    """A validated FRCP with these answers; ``change`` replaces any attribute."""
    base = DocumentSnapshot(
        rendition_id=UUID(int=4),
        document_id=UUID("7b0f2a52-3d3c-4a0e-9a53-5d6f0c0a9e11"),
        document_type="frcp",
        volet_version="2025.01",
        set_id=InstanceId("1.2.250.1.999.2", "7b0f2a52"),
        version_number=1,
        status="valide",
        status_time=NOW,
        effective_time=NOW,
        title="Fiche de réunion de concertation pluridisciplinaire",
        form=FormSnapshot(schema.key, 3, schema_hash(schema), schema_to_json(schema)),
        patient=QUALIFIED,
        answers=exportable(schema, answers),
        authors=(AUTHOR,),
        legal_authenticator=AUTHOR,
        custodian={"name": "Réseau régional de cancérologie de Démonstration"},
        legal_texts=LEGAL,
    )
    return replace(base, **change)


def typical(answers: Mapping[str, Any] = ANSWERS, **change: Any) -> DocumentSnapshot:
    """A realistic case of breast cancer, some four pages."""
    return snapshot_of(answers, **{"attachments": (ATTACHMENT,), **change})


def minimal(**change: Any) -> DocumentSnapshot:
    """Only what the volet requires."""
    answers: dict[str, Any] = {}
    for question in SCHEMA.questions():
        if question.required != "never":
            answers[question.key] = sample_value(question, rows=1, texts=("Texte",), required_only=True)
    return snapshot_of(
        answers, patient=replace(PROVISIONAL, used_name="", used_given_name="", address=None, telecoms=(), related=())
    )


def maximal(
    *, rows: int = 3, texts: Sequence[str] = ("Texte de démonstration sur une ligne.",), **change: Any
) -> DocumentSnapshot:
    """Every question answered, groups with ``rows`` rows, texts taken in turn from ``texts``."""
    answers = {q.key: sample_value(q, rows=rows, texts=texts) for q in SCHEMA.questions()}
    answers["frcp.motif.nature"] = {"code": "ORG-117", "system": "1.2.250.1.213.1.1.4.322", "label": "Organe"}
    answers["frcp.motif.statut_cas"] = {"code": "ORG-128", "system": "1.2.250.1.213.1.1.4.322", "label": "Enregistré"}
    return snapshot_of(answers, **{"attachments": (ATTACHMENT,) * 3, **change})


def sample_value(question: Question, *, rows: int, texts: Sequence[str], required_only: bool = False, rank: int = 0) -> Any:
    """A value of the question's shape, the same for the same question."""
    if question.datatype == "group":
        columns = [c for c in question.columns if c.required != "never" or not required_only]
        return [
            {
                "id": f"r{i}",
                "values": {c.key: sample_value(c, rows=0, texts=texts, rank=i + j) for j, c in enumerate(columns)},
            }
            for i in range(rows)
        ]
    value = _simple(question, texts[rank % len(texts)], rank)
    return [value] if question.multiple else value


def _simple(question: Question, text: str, rank: int) -> Any:
    label = f"{question.label[:40]} {rank + 1}"
    values: dict[str, Any] = {
        "string": f"{label} {text}"[:400],
        "text": f"{label} : {text}",
        "boolean": rank % 2 == 0,
        "integer": rank + 1,
        "decimal": f"{60 + rank}.5",
        "date": f"2024-0{rank % 9 + 1}-17",
        "datetime": f"2024-0{rank % 9 + 1}-17T09:30:00+01:00",
        "coded": {"code": f"C{rank}", "system": "1.2.3", "label": f"Valeur de « {label} »"},
        "professional": professional("ZENBERGER", f"Michel {rank + 1}", f"1000000{rank:04d}", "Radiothérapie"),
        "organisation": {
            "name": "Centre hospitalier de Démonstration",
            "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490000031"},
        },
    }
    return values[question.datatype]
