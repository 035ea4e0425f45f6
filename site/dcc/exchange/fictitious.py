"""A document of nobody: what a form, a legal text or a list is tried and proved on, before anyone writes with it.

The patient is the official test identity PAT-TROIS DOMINIQUE (INS under the test authority), the physician and the establishment
do not exist. The same schema, answers and texts always give the same snapshot, identifiers included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from dcc.accounts.api import Facility, organisation_value
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
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
)
from dcc.documents import api as documents
from forms_config.legal import api as legal
from forms_config.schema.answers import exportable
from forms_config.schema.canonical import schema_hash, sha256_of
from forms_config.schema.model import FormSchema, schema_to_json
from forms_config.terminology import api as terminology

MOMENT = datetime(2026, 1, 5, 13, 30, 15, tzinfo=UTC)
"""When a fictitious document was written, unless another time is wanted."""

NAMESPACE = UUID("0b0c5bfa-3f0b-5c55-9e0a-5f7f1b1d0c11")
"""What identifiers of fictitious documents are made of; never changes."""

_ADDRESS = {"use": "WP", "house_number": "1", "street": "rue de l'Essai", "postal_code": "49000", "city": "ANGERS"}
ESTABLISHMENT: Mapping[str, Any] = {
    "name": "Établissement d'essai (fictif)",
    "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490099999"},
    "address": _ADDRESS,
    "telecoms": [{"value": "tel:0199000000", "use": "WP"}],
}
PHYSICIAN: Mapping[str, Any] = {
    "family": "FICTIF",
    "given": "Camille",
    "prefix": "MME",
    "suffix": "DR",
    "id": {"root": "1.2.250.1.71.4.2.1", "extension": "899700000001"},
    "profession": {"code": "G15_10/SM36", "system": "1.2.250.1.213.1.1.4.5", "label": "Médecin - Oncologie, opt médicale (SM)"},
}
PATIENT = PatientSnapshot(
    patient_id=UUID(int=0),
    traits=IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY"),
    status="qualifiee",
    used_name="PAT-TROIS",
    used_given_name="DOMINIQUE",
    ins=InstanceId("1.2.250.1.213.1.4.10", "279035121518989"),
    address={**_ADDRESS, "use": "H", "country": "FRANCE"},
    telecoms=({"value": "tel:0199000001", "use": "H"},),
)


def fictitious(
    schema: FormSchema,
    answers: Mapping[str, Any],
    *,
    status: str = "valide",
    at: datetime = MOMENT,
    facility_id: UUID | None = None,
    legal_texts: Sequence[LegalText] | None = None,
    patient: PatientSnapshot = PATIENT,
    attachments: tuple[AttachmentSnapshot, ...] = (),
) -> DocumentSnapshot:
    """The snapshot of a trial document: ``answers`` to a form, published or not, by a fictitious physician on ``patient``.

    Texts are those in force now in the establishment (none: the region), unless given. Raises ``NoLegalText``.
    """
    kept, custodian, texts = exportable(schema, answers), _custodian(facility_id), _texts(facility_id, legal_texts)
    form, author = _form(schema), HeaderActor({**PHYSICIAN, "organisation": custodian}, at)
    document_id = uuid5(NAMESPACE, sha256_of([form.sha256, kept, [text.sha256 for text in texts], status, at.isoformat()]))
    return DocumentSnapshot(
        rendition_id=uuid5(document_id, "rendition"),
        document_id=document_id,
        document_type=schema.document_type,
        volet_version=schema.volet_version,
        set_id=InstanceId(f"2.25.{document_id.int}"),
        version_number=1,
        status=status,
        status_time=at,
        effective_time=at,
        title=documents.title_of(schema.document_type, kept),
        form=form,
        patient=patient,
        answers=kept,
        authors=(author,),
        legal_authenticator=author,
        custodian=custodian,
        legal_texts=texts,
        attachments=attachments,
        trial=True,
        reference=_followed(schema.document_type, at),
    )


def _texts(facility_id: UUID | None, given: Sequence[LegalText] | None) -> tuple[LegalText, ...]:
    return tuple(legal.texts_for(facility_id, timezone.now()) if given is None else given)


def _followed(document_type: str, at: datetime) -> DocumentReference | None:
    """What a document of this type follows: one that does not exist either."""
    kind = current().find(DocumentType, document_type)
    if kind is None or not kind.follows:
        return None
    identifier = InstanceId(f"2.25.{uuid5(NAMESPACE, kind.follows).int}")
    return DocumentReference(kind.follows, identifier, version_number=1, date=at.date())


def _form(schema: FormSchema) -> FormSnapshot:
    """The form as if it were published; its number says that it is not."""
    return FormSnapshot(schema.key, 0, schema_hash(schema), schema_to_json(schema))


def _custodian(facility_id: UUID | None) -> Mapping[str, Any]:
    if facility_id is None:
        return ESTABLISHMENT
    return organisation_value(Facility.objects.get(pk=facility_id), label=terminology.label)
