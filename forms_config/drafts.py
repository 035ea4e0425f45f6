"""The draft of a form as it would be published, for who tries it."""

from __future__ import annotations

from dataclasses import dataclass

from forms_config.models import FormDefinition
from forms_config.publishing import compile_draft
from forms_config.queries import UnknownForm
from forms_config.schema.model import FormSchema


@dataclass(frozen=True, slots=True)
class DraftForm:
    """The latest draft of a definition, compiled."""

    definition_id: int
    key: str
    title: str
    schema: FormSchema


def draft_form(definition_id: int) -> DraftForm:
    """The latest draft of a form; raises :class:`UnknownForm`, :class:`GateRefused` when it is no form at all."""
    definition = FormDefinition.objects.filter(pk=definition_id).first()
    if definition is None:
        raise UnknownForm(f"Formulaire inconnu : {definition_id}")
    latest = definition.get_latest_revision_as_object()
    return DraftForm(definition.pk, definition.key, latest.title, compile_draft(latest))
