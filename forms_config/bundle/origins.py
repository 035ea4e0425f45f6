"""Forms that belong to another platform: here, they only hold what it signed; an editor who wants to change one adopts a copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from forms_config.bundle.models import FormOrigin
from forms_config.gate import GateRefused
from forms_config.publishing import compile_draft
from forms_config.schema.canonical import sha256_of
from forms_config.schema.model import FormSchema, schema_to_json

if TYPE_CHECKING:
    from forms_config.models import FormDefinition


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
            _("Ce formulaire appartient à « %(region)s » : en adopter une copie pour le modifier") % {"region": origin.region}
        )


def _content_here(definition: FormDefinition) -> str:
    try:
        return content_of(compile_draft(definition))
    except GateRefused:
        return ""
