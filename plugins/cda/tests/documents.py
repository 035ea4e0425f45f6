"""Snapshots to write (fictitious people, national texts, answers given or made by the sample maker), and how to read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from lxml import etree

import forms_config.legal
from dcc.contracts.snapshots import (
    AttachmentSnapshot,
    DocumentReference,
    DocumentSnapshot,
    FormSnapshot,
    HeaderActor,
    IdentityTraits,
    InstanceId,
    LegalText,
    PatientSnapshot,
    ReadResult,
    RelatedPerson,
)
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import FormSchema, schema_to_json
from forms_config.schema.samples import Kind, sample_answers
from forms_config.terminology.files import read_shipped
from plugins.cda.api import N3, PPS_N3, CdaReader, encode

MOMENT = datetime(2026, 1, 5, 14, 30, 15, tzinfo=timezone(timedelta(hours=1)))
SCHEMA: FormSchema = default_schema(load_catalogue("frcp", "2025.01"))
PPS_SCHEMA: FormSchema = default_schema(load_catalogue("pps", "2025.01"))
FOLLOWED = DocumentReference("frcp", InstanceId("2.25.77", "FRCP-1"), date=date(2026, 1, 2))
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

ADDRESS = {"house_number": "4", "street": "rue Larrey", "postal_code": "49933", "city": "ANGERS"}
HOSPITAL = {
    "name": "Centre hospitalier d'Angers",
    "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490000031"},
    "address": ADDRESS,
    "telecoms": [{"value": "tel:0241000000", "use": "WP"}],
}
ALICE: dict[str, Any] = {
    "family": "MARTIN",
    "given": "Alice",
    "prefix": "MME",
    "suffix": "DR",
    "id": {"root": "1.2.250.1.71.4.2.1", "extension": "810000000001"},
    "profession": {"code": "G15_10/SM36", "system": "1.2.250.1.213.1.1.4.5", "label": "Médecin - Oncologie, opt médicale (SM)"},
    "organisation": HOSPITAL,
}
TRAITS = IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")
RELATED = (
    RelatedPerson(
        "representant", "NESSI", "Jeanne", "MME", None, {**ADDRESS, "use": "H"}, ({"value": "tel:0147150000", "use": "H"},)
    ),
    RelatedPerson(
        "urgence",
        "NESSI",
        "Sophie",
        relation={"code": "SIS", "system": "2.16.840.1.113883.5.111", "label": "Soeur"},
        telecoms=({"value": "tel:0647150100", "use": "MC"},),
    ),
    RelatedPerson("confiance", "NESSI", "Paul"),
)
QUALIFIED = PatientSnapshot(
    patient_id=None,
    traits=TRAITS,
    status="qualifiee",
    used_name="NESSI",
    used_given_name="DOMINIQUE",
    ins=InstanceId("1.2.250.1.213.1.4.10", "279035121518989"),
    identifiers=(InstanceId("1.2.250.1.999.1", "1234567890121"),),
    address={**ADDRESS, "unit": "Escalier A", "country": "FRANCE"},
    telecoms=({"value": "tel:0144534551", "use": "H"}, {"value": "mailto:279035121518989@patient.mssante.fr"}),
    related=RELATED,
)
PROVISIONAL = PatientSnapshot(
    patient_id=None,
    traits=IdentityTraits("DURAND", "JEAN", "JEAN", "I", "1950"),
    status="provisoire",
    identifiers=(InstanceId("1.2.250.1.999.1", "77"),),
)


@cache
def legal_texts() -> tuple[LegalText, ...]:
    """The two national texts, as the product ships them."""
    path = Path(forms_config.legal.__file__).parent / "data" / "national_texts.yaml"
    texts = yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
    return tuple(LegalText(text["number"], "national-1", text["body"], "0" * 64) for text in texts)


@cache
def options(name: str) -> Sequence[Mapping[str, str]]:
    """Values of a shipped value set; none for a set we do not ship."""
    try:
        return tuple(concept.value for concept in read_shipped(name).concepts if concept.active)
    except KeyError:
        return ()


def label_of(name: str, code: str, system: str) -> str | None:
    """What the reader asks of value sets, answered by the shipped files."""
    found = _labels(name)
    if not found:
        raise LookupError(name)
    return found.get((code, system))


@cache
def _labels(name: str) -> Mapping[tuple[str, str], str]:
    return {(value["code"], value["system"]): value["label"] for value in options(name)}


@cache
def _sample(kind: Kind, document_type: str = "frcp") -> dict[str, Any]:
    return sample_answers(SCHEMA if document_type == "frcp" else PPS_SCHEMA, kind, options)


def answers_of(kind: Kind) -> dict[str, Any]:
    """Answers of a test document."""
    return deepcopy(_sample(kind))


def pps_answers_of(kind: Kind) -> dict[str, Any]:
    """Answers of a test PPS."""
    return deepcopy(_sample(kind, "pps"))


def make_document(answers: Mapping[str, Any], **changes: Any) -> DocumentSnapshot:
    """A validated document of these answers; any field may be changed."""
    actor = HeaderActor(ALICE, MOMENT - timedelta(hours=2), None, "")
    document = DocumentSnapshot(
        rendition_id=UUID(int=0xA11CE),
        document_id=UUID(int=0xD0C),
        document_type="frcp",
        volet_version="2025.01",
        set_id=InstanceId("1.2.250.1.999.2", "lot-1"),
        version_number=2,
        status="valide",
        status_time=MOMENT,
        effective_time=MOMENT,
        title="FRCP ONCO PAYS DE LA LOIRE / 3C CHU Angers / Sein",
        form=FormSnapshot("frcp_standard", 1, "0" * 64, schema_to_json(SCHEMA)),
        patient=QUALIFIED,
        answers=answers,
        authors=(actor,),
        legal_authenticator=HeaderActor(ALICE, MOMENT),
        custodian=HOSPITAL,
        legal_texts=legal_texts(),
        attachments=(AttachmentSnapshot(UUID(int=9), "Compte rendu d'imagerie", "application/pdf", "0" * 64, PDF),),
        replaces={"cda-n3": InstanceId("2.25.1"), "cda-n1": InstanceId("2.25.2")},
    )
    return replace(document, **changes)


def written(answers: Mapping[str, Any], pdf: bytes | None = PDF, **changes: Any) -> bytes:
    """The CDA N3 of these answers."""
    return encode(N3, make_document(answers, **changes), pdf)


def make_pps(answers: Mapping[str, Any], **changes: Any) -> DocumentSnapshot:
    """A validated PPS of these answers, which follows a FRCP."""
    form = FormSnapshot("pps_standard", 1, "0" * 64, schema_to_json(PPS_SCHEMA))
    mine = {"document_type": "pps", "title": "PROGRAMME PERSONNALISÉ DE SOINS", "form": form, "reference": FOLLOWED}
    return make_document(answers, **{**mine, **changes})


def written_pps(answers: Mapping[str, Any], pdf: bytes | None = PDF, **changes: Any) -> bytes:
    """The CDA N3 of these answers to a PPS."""
    return encode(PPS_N3, make_pps(answers, **changes), pdf)


def read(content: bytes) -> ReadResult:
    """What the reader makes of it, with the shipped value sets."""
    return CdaReader(value_sets=label_of).read(content)


def parsed(content: bytes) -> etree._Element:
    """The tree of a document of ours."""
    return etree.fromstring(content, etree.XMLParser(huge_tree=True, remove_comments=True, remove_pis=True))
