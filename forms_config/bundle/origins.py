"""Forms that belong to another platform: here, they only hold what it signed; an editor who wants to change one adopts a copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from forms_config.bundle.models import FormOrigin
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition
from forms_config.publishing import compile_draft
from forms_config.schema.canonical import sha256_of
from forms_config.schema.model import FormSchema, schema_to_json
from forms_config.services import save_draft

if TYPE_CHECKING:
    from dcc.accounts.models import User


def content_of(schema: FormSchema) -> str:
    """The hash of what a form holds, under whatever key and whatever versions of lists it is published."""
    return sha256_of(schema_to_json(replace(schema, value_sets={})) | {"key": ""})


def origin_of(form_id: int | None) -> FormOrigin | None:
    """The platform that a form belongs to, nothing when it is ours."""
    return FormOrigin.objects.filter(pk=form_id).first() if form_id is not None else None


def check_origin(definition: FormDefinition) -> None:
    """Raise ``PermissionDenied`` when a form of another platform would hold something that platform did not sign."""
    origin = origin_of(definition.pk)
    if origin is not None and _content_here(definition) != origin.content:
        raise PermissionDenied(
            _("Ce formulaire appartient à « %(region)s » : l'adopter, sous une autre clé, pour le modifier")
            % {"region": origin.region}
        )


def _content_here(definition: FormDefinition) -> str:
    try:
        return content_of(compile_draft(definition))
    except GateRefused:
        return ""


def adopt_form(*, actor: User | None, key: str, new_key: str, title: str) -> FormDefinition:
    """Copy a form under another key, as a draft of ours that editors change.

    Raises ``PermissionDenied``, ``FormDefinition.DoesNotExist`` and ``ValidationError`` (a key that is wrong or taken).
    """
    source = FormDefinition.objects.get(key=key)
    if FormDefinition.objects.filter(key=new_key).exists():
        raise ValidationError({"key": _("Un formulaire porte déjà cette clé.")})
    draft = source.get_latest_revision_as_object().draft
    return save_draft(actor=actor, key=new_key, document_type=source.document_type, title=title, draft={**draft, "key": new_key})
