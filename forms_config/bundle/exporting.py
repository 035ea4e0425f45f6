"""Writes the bundle of a published form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from forms_config.blocks import api as blocks
from forms_config.bundle import contents, lists
from forms_config.bundle.origins import content_of
from forms_config.control.proofs import product_version
from forms_config.favourites import api as favourites
from forms_config.legal import api as legal
from forms_config.models import FormVersion
from forms_config.queries import PublishedForm, latest_version
from forms_config.schema.model import schema_from_json
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import User

FORMER_LIMIT = 100


@transaction.atomic
def export_form(*, actor: User | None, key: str) -> bytes:
    """The latest published version of a form as a bundle that this platform signs.

    Raises :class:`forms_config.queries.UnknownForm` and ``PermissionDenied``.
    """
    if actor is not None and not accounts.may(actor, accounts.Action.CONFIGURE_FORMS):
        raise PermissionDenied(_("Seuls les éditeurs DSRC exportent des formulaires"))
    form = latest_version(key)
    content = contents.write(bundle_of(form), region=import_string(settings.DCC_BRANDING)().region, product=product_version())
    audit.record(actor=actor, action="form.exported", subject=f"form:{key}", number=form.number, digest=form.sha256)
    return content


def bundle_of(form: PublishedForm) -> contents.Bundle:
    """A published form and all it needs here."""
    data: dict[str, Any] = json.loads(form.canonical)
    draft = {name: part for name, part in data.items() if name != "value_sets"}
    regional = {name: version for name, version in form.schema.value_sets.items() if lists.is_regional(name)}
    groups = [question.key for question in form.schema.questions() if question.favourites]
    return contents.Bundle(
        form={
            **{name: getattr(form, name) for name in ("key", "title", "document_type", "volet", "volet_version", "sha256")},
            "content": content_of(form.schema),
        },
        draft=blocks.referring(draft),
        former=_former(form),
        blocks={str(reference): blocks.content(reference) for reference in blocks.references(draft)},
        national={name: version for name, version in form.schema.value_sets.items() if name not in regional},
        lists={
            lists.file_name(name): lists.to_json(terminology.version_data(name, version)) for name, version in regional.items()
        },
        text=_regional_text(),
        favourites=tuple(favourites.regional_favourites(form.document_type, groups)),
    )


def _former(form: PublishedForm) -> tuple[str, ...]:
    """What the form held before, newest first."""
    rows = FormVersion.objects.filter(definition__key=form.key, number__lt=form.number).order_by("-number")
    return tuple(content_of(schema_from_json(json.loads(row.canonical))) for row in rows[:FORMER_LIMIT])


def _regional_text() -> str:
    """Text 1 as the region words it, nothing when the national one holds."""
    text, _second = legal.texts_for(None, timezone.now())
    return text.body if text.version.startswith("region-") else ""
