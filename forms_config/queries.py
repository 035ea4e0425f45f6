"""Reads published forms. A version never changes, so each process parses it once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.urls import reverse

from dcc.contracts.snapshots import FormSnapshot
from forms_config.models import FormDefinition, FormVersion
from forms_config.schema.model import FormSchema, schema_from_json


class UnknownForm(LookupError):
    """No published form of that key, or no such version; the message is French."""


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """One immutable version of a form."""

    version_id: UUID
    key: str
    number: int
    sha256: str
    title: str
    document_type: str
    volet: str
    volet_version: str
    published_at: datetime
    schema: FormSchema = field(repr=False)
    canonical: str = field(repr=False)

    @property
    def snapshot(self) -> FormSnapshot:
        """The version as plugins see it."""
        return FormSnapshot(self.key, self.number, self.sha256, json.loads(self.canonical))


def latest_version(key: str) -> PublishedForm:
    """The version of a form in which new documents are written; raises :class:`UnknownForm`."""
    latest = FormVersion.objects.filter(definition__key=key, definition__live=True).order_by("-number")
    version_id = latest.values_list("pk", flat=True).first()
    if version_id is None:
        raise UnknownForm(f"Formulaire inconnu ou non publié : {key}")
    return form_version(version_id)


def live_keys() -> list[str]:
    """Keys of the forms that are live."""
    return list(FormVersion.objects.filter(definition__live=True).values_list("definition__key", flat=True).distinct())


def latest_versions(document_type: str = "") -> list[PublishedForm]:
    """The live forms of a document type (of all by default) in their latest version, in order of title."""
    rows = FormVersion.objects.filter(definition__live=True)
    rows = rows.filter(definition__document_type=document_type) if document_type else rows
    latest = dict(rows.order_by("number").values_list("definition_id", "pk"))
    return sorted(
        (form_version(version_id) for version_id in latest.values()), key=lambda form: (form.title.casefold(), form.key)
    )


@lru_cache(maxsize=64)
def form_version(version_id: UUID) -> PublishedForm:
    """One version, whether live or not; raises :class:`UnknownForm`, ``ValueError`` when the stored form was tampered with."""
    row = FormVersion.objects.select_related("definition").filter(pk=version_id).first()
    if row is None:
        raise UnknownForm(f"Version de formulaire inconnue : {version_id}")
    if hashlib.sha256(row.canonical.encode()).hexdigest() != row.sha256:
        raise ValueError(f"Formulaire {row.definition.key} v{row.number} : le contenu ne répond plus à son empreinte")
    schema = schema_from_json(json.loads(row.canonical))
    return PublishedForm(
        version_id=row.pk,
        key=schema.key,
        number=row.number,
        sha256=row.sha256,
        title=schema.title,
        document_type=schema.document_type,
        volet=row.volet,
        volet_version=row.volet_version,
        published_at=row.published_at,
        schema=schema,
        canonical=row.canonical,
    )


def schema_of(version_id: UUID) -> FormSchema:
    """The schema of a version, parsed once per process; raises :class:`UnknownForm`."""
    return form_version(version_id).schema


def form_page(key: str) -> str:
    """Path of a form's page in the admin, empty when there is no such form."""
    definition = FormDefinition.objects.filter(key=key).first()
    return reverse(FormDefinition.snippet_viewset.get_url_name("inspect"), args=[definition.pk]) if definition else ""


def gate_page(key: str, report_id: UUID) -> str:
    """Path of a report on the page « Contrôle » of a form in the admin, empty when there is no such form."""
    definition = FormDefinition.objects.filter(key=key).first()
    return f"{reverse('forms_config:gate', args=[definition.pk])}?rapport={report_id}" if definition else ""
