"""Subjects of the gate, made of what rooms edit."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from forms_config.control.proofs import Subject
from forms_config.schema.model import FormSchema, schema_to_json

if TYPE_CHECKING:
    from forms_config.models import FormDefinition


def form_subject(schema: FormSchema) -> Subject:
    """A compiled form."""
    return Subject("form", schema.key, schema.title, schema_to_json(schema))


def draft_subject(definition: FormDefinition) -> Subject:
    """The latest draft of a form, compiled; raises :class:`forms_config.gate.GateRefused` when it is no form at all."""
    from forms_config.publishing import compile_draft

    return form_subject(compile_draft(definition.get_latest_revision_as_object()))


def text_subject(*, number: int, body: str, facility_id: UUID | None = None, title: str = "") -> Subject:
    """A patient-rights text as it would be published, for one establishment or (nothing) wherever no nearer text holds."""
    place = str(facility_id) if facility_id else "region"
    content = {"number": number, "body": body, "facility_id": str(facility_id) if facility_id else None}
    return Subject("text", f"{number}:{place}", title or f"Texte {number}", content)
