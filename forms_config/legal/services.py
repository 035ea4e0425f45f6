"""Writes patient-rights texts: rights, versions, the national wording that ships with the product."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from forms_config.legal.models import AdaptedText, EditedText, LegalTextVersion, NationalText, Scope

if TYPE_CHECKING:
    from uuid import UUID

    from dcc.accounts.models import User

NATIONAL_TEXTS = Path(__file__).resolve().parent / "data" / "national_texts.yaml"
_ACTIONS = {
    Scope.NATIONAL: (accounts.Action.ADMINISTER,),
    Scope.REGION: (accounts.Action.CONFIGURE_FORMS, accounts.Action.ADMINISTER),
    Scope.FACILITY: (accounts.Action.CONFIGURE_FORMS, accounts.Action.ADMINISTER),
}
"""Who may publish a text of a scope: administrators the national ones, DSRC editors too the adapted ones."""


def check_rights(actor: User | None, scope: Scope) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` (nobody: the platform itself) may publish texts of that scope."""
    if actor is not None and not any(accounts.may(actor, action) for action in _ACTIONS[scope]):
        raise PermissionDenied(f"Ce compte ne peut pas publier un texte de portée « {Scope(scope).label} »")


def write_version(text: EditedText, *, body: str, actor: User | None, effective_from: datetime | None = None) -> LegalTextVersion:
    """Keep what was published (nothing: withdrawn) as the next edition of its scope, unless it is what holds already."""
    same_scope = LegalTextVersion.objects.select_for_update().filter(
        number=text.number, scope=text.scope, facility_id=text.facility_id
    )
    latest = same_scope.order_by("-edition").first()
    digest = hashlib.sha256(body.encode()).hexdigest()
    if latest is not None and latest.sha256 == digest:
        return latest
    version = LegalTextVersion.objects.create(
        number=text.number,
        scope=text.scope,
        facility_id=text.facility_id,
        edition=latest.edition + 1 if latest else 1,
        body=body,
        sha256=digest,
        withdrawn=not body,
        effective_from=effective_from or timezone.now(),
        published_by=actor,
    )
    audit.record(
        actor=actor,
        action="legal.withdrawn" if version.withdrawn else "legal.published",
        subject=f"legal_text:{version.number}",
        scope=version.scope,
        facility_id=version.facility_id,
        edition=version.edition,
        digest=digest,
    )
    return version


@transaction.atomic
def adapt_text(*, actor: User | None, facility_id: UUID | None, body: str) -> LegalTextVersion:
    """Publish text 1 as the region (no establishment) or an establishment words it.

    Raises ``PermissionDenied`` and ``ValidationError``.
    """
    check_rights(actor, Scope.FACILITY if facility_id else Scope.REGION)
    here = Q(facility_id=facility_id) if facility_id else Q(facility__isnull=True)
    text = AdaptedText.objects.filter(here).first() or AdaptedText(facility_id=facility_id, live=False)
    text.body = body
    return _publish(text, actor=actor)


@transaction.atomic
def propose_text(*, actor: User | None, facility_id: UUID | None, body: str) -> bool:
    """Keep a wording of text 1 as a draft, for somebody to publish; answers whether it was not the draft already.

    Raises ``PermissionDenied`` and ``ValidationError``.
    """
    check_rights(actor, Scope.FACILITY if facility_id else Scope.REGION)
    here = Q(facility_id=facility_id) if facility_id else Q(facility__isnull=True)
    text = AdaptedText.objects.filter(here).first() or AdaptedText(facility_id=facility_id, live=False)
    if text.pk is not None and text.get_latest_revision_as_object().body == body:
        return False
    text.body = body
    text.full_clean()
    if text.pk is None:
        text.save()
    text.save_revision(user=actor, log_action=True)
    return True


def _publish(text: EditedText, *, actor: User | None, effective_from: datetime | None = None) -> LegalTextVersion:
    text.full_clean()
    if text.pk is None:
        text.save()
    text.publish(text.save_revision(user=actor), user=actor, effective_from=effective_from, skip_permission_checks=True)
    return LegalTextVersion.objects.filter(number=text.number, scope=text.scope, facility_id=text.facility_id).latest("edition")


@transaction.atomic
def ensure_national_texts() -> list[LegalTextVersion]:
    """Publish the national wording that ships with the product; a text that a person published since is left as it is."""
    data = yaml.safe_load(NATIONAL_TEXTS.read_text(encoding="utf-8"))
    return [_ensure(entry, data["source"], data["since"]) for entry in data["texts"]]


def _ensure(entry: dict[str, Any], source: str, since: date) -> LegalTextVersion:
    number, body = entry["number"], entry["body"].strip().replace("\n", "\n\n")
    versions = LegalTextVersion.objects.filter(number=number, scope=Scope.NATIONAL)
    latest = versions.order_by("-edition").first()
    if latest is not None and (latest.body == body or versions.filter(published_by__isnull=False).exists()):
        return latest
    text = NationalText.objects.filter(number=number).first() or NationalText(number=number, live=False)
    text.body, text.source = body, source
    start = datetime.combine(since, time(), timezone.get_default_timezone()) if latest is None else None
    return _publish(text, actor=None, effective_from=start)
