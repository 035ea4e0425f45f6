"""Writes forms: drafts, publication, the default forms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from forms_config.bundle.models import FormOrigin
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.models import FormDefinition
from forms_config.publishing import prove_first
from forms_config.queries import PublishedForm, latest_version
from forms_config.schema.model import schema_to_json

if TYPE_CHECKING:
    from dcc.accounts.models import User
NATIONAL = (("frcp", "2025.01"), ("pps", "2025.01"))
"""Volets whose standard form is published; plugins bring theirs."""

_REFUSALS = {
    accounts.Action.CONFIGURE_FORMS: gettext_lazy("Seuls les éditeurs DSRC configurent les formulaires"),
    accounts.Action.APPROVE_FORMS: gettext_lazy("Seuls les éditeurs DSRC et les administrateurs publient les formulaires"),
}


def _check_rights(actor: User | None, action: accounts.Action) -> None:
    """The platform itself (no actor) and those who may configure and publish forms; raises ``PermissionDenied``."""
    if actor is not None and not accounts.may(actor, action):
        raise PermissionDenied(_REFUSALS[action])


@transaction.atomic
def save_draft(*, actor: User | None, key: str, document_type: str, title: str, draft: Mapping[str, Any]) -> FormDefinition:
    """Create or change the draft of a form, as a revision; what is live stays as it is.

    Raises ``PermissionDenied`` and ``ValidationError``.
    """
    _check_rights(actor, accounts.Action.CONFIGURE_FORMS)
    definition = FormDefinition.objects.select_for_update().filter(key=key).first()
    if definition is None:
        definition = FormDefinition(key=key, live=False)
    drafted: FormDefinition = definition.get_latest_revision_as_object()
    drafted.document_type, drafted.title, drafted.draft = document_type, title, dict(draft)
    drafted.full_clean()
    if drafted.pk is None or not drafted.live:
        drafted.save()
    drafted.save_revision(user=actor, log_action=True)
    return drafted


@transaction.atomic
def duplicate_form(*, actor: User, key: str, title: str, organ: str = "", rcps: Sequence[str] = ()) -> FormDefinition:
    """A new form, not published, with the latest draft of another; regional questions keep their keys, and so their meaning.

    ``rcps`` are national identifiers of the RCP it is for. Raises ``PermissionDenied``, ``ValidationError`` and
    ``FormDefinition.DoesNotExist``.
    """
    _check_rights(actor, accounts.Action.CONFIGURE_FORMS)
    source = FormDefinition.objects.get(key=key).get_latest_revision_as_object()
    copy = FormDefinition(
        key=f"{source.document_type}_{secrets.token_hex(6)}",
        document_type=source.document_type,
        title=title,
        organ=organ,
        rcps=list(rcps),
        live=False,
    )
    copy.draft = {**source.draft, "key": copy.key, "title": title}
    copy.full_clean()
    copy.save()
    copy.save_revision(user=actor, log_action="wagtail.create")
    audit.record(actor=actor, action="form.duplicated", subject=f"form:{copy.key}", source=key)
    return copy


def publish_form(*, actor: User | None, key: str) -> PublishedForm:
    """Publish the latest draft of a form, written by somebody else; publishing what is live already changes nothing.

    Raises ``PermissionDenied`` (:class:`dcc.accounts.approval.OwnChange` for an author), ``FormDefinition.DoesNotExist`` and
    :class:`forms_config.gate.GateRefused`.
    """
    _check_rights(actor, accounts.Action.APPROVE_FORMS)
    prove_first(FormDefinition.objects.get(key=key))
    with transaction.atomic():
        definition = FormDefinition.objects.select_for_update().get(key=key)
        revision = definition.latest_revision or definition.save_revision(user=actor)
        revision.publish(user=actor, skip_permission_checks=True)
    return latest_version(key)


def ensure_default_forms(*types: str) -> list[PublishedForm]:
    """Publish the standard form of each type of document (of all, unless named), or bring it to its catalogue and value sets.

    Repeatable. A standard form that a person published, or that came from another platform, is left as it is; so is that of a
    type whose plugin is off.
    """
    brought = ((kind.volet, kind.volet_version) for kind in current().all(DocumentType) if kind.catalogue)
    return [_ensure(volet, version) for volet, version in (*NATIONAL, *brought) if not types or volet in types]


def _ensure(volet: str, version: str) -> PublishedForm:
    schema = default_schema(load_catalogue(volet, version))
    definition = FormDefinition.objects.filter(key=schema.key).first()
    edited = definition is not None and (
        FormOrigin.objects.filter(pk=definition.pk).exists()
        or definition.versions.filter(published_by__isnull=False).exists()
        or definition.revisions.filter(user__isnull=False).exists()
    )
    if not edited:
        draft = {name: part for name, part in schema_to_json(schema).items() if name != "value_sets"}
        if definition is None or definition.draft != draft:
            save_draft(actor=None, key=schema.key, document_type=schema.document_type, title=schema.title, draft=draft)
        publish_form(actor=None, key=schema.key)
    return latest_version(schema.key)
