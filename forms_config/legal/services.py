"""Writes patient-rights texts: rights, versions, the national wording that ships with the product."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.snapshots import Finding
from forms_config.legal.models import AdaptedText, EditedText, LegalTextVersion, NationalText, Scope
from forms_config.rights import Content, Deed, may

if TYPE_CHECKING:
    from uuid import UUID

    from dcc.accounts.models import User

NATIONAL_TEXTS = Path(__file__).resolve().parent / "data" / "national_texts.yaml"
CONTENTS = {
    Scope.NATIONAL: Content.NATIONAL_TEXT,
    Scope.REGION: Content.REGIONAL_TEXT,
    Scope.FACILITY: Content.FACILITY_TEXT,
}
"""What the table of rights calls a text of a scope."""


def check_rights(actor: User | None, scope: Scope, deed: Deed = Deed.PUBLISH) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` (nobody: the platform itself) may do ``deed`` with texts of that scope."""
    if not may(actor, deed, CONTENTS[Scope(scope)]):
        words = {"deed": deed.value, "scope": Scope(scope).label}
        raise PermissionDenied(_("Ce compte ne peut pas %(deed)s un texte de portée « %(scope)s »") % words)


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


def proved(text: EditedText) -> EditedText:
    """The text in its normal form, through the publication gate: fit to be written, and no document spoilt by it.

    The first national texts of a platform are not proved: nothing can be made before they are there. Raises
    :class:`forms_config.gate.GateRefused`.
    """
    from forms_config.control.services import require_green
    from forms_config.control.subjects import text_subject
    from forms_config.gate import GateRefused

    try:
        text.clean()
    except ValidationError as error:
        message = f"{text} : {' '.join(error.messages)}"
        raise GateRefused([Finding("text.unfit", "error", message, source="texte légal")]) from None
    if LegalTextVersion.objects.filter(scope=Scope.NATIONAL).values("number").distinct().count() == 2:
        require_green(text_subject(number=text.number, body=text.body, facility_id=text.facility_id, title=str(text)))
    return text


@transaction.atomic
def draft_text(*, actor: User | None, facility_id: UUID | None, body: str) -> AdaptedText:
    """Write text 1 of an establishment (none: of the region) as a draft; what holds stays as it is.

    Raises ``PermissionDenied`` and ``ValidationError``.
    """
    check_rights(actor, Scope.FACILITY if facility_id else Scope.REGION, Deed.EDIT)
    text = AdaptedText.objects.filter(_place(facility_id)).first() or AdaptedText(facility_id=facility_id, live=False)
    text.body = body
    text.full_clean()
    if text.pk is None:
        text.save()
    text.save_revision(user=actor)
    return text


def publish_text(*, actor: User | None, facility_id: UUID | None) -> LegalTextVersion:
    """Publish the latest draft of an adapted text, which somebody else wrote.

    Raises ``PermissionDenied``, ``AdaptedText.DoesNotExist`` and :class:`forms_config.gate.GateRefused`.
    """
    text = AdaptedText.objects.get(_place(facility_id))
    text.publish(text.get_latest_revision(), user=actor, skip_permission_checks=True)
    return _latest(text)


def adapt_text(*, actor: User | None, facility_id: UUID | None, body: str) -> LegalTextVersion:
    """Write and publish text 1 of an establishment (none: of the region) at once: for the platform itself, which has no author.

    Raises ``PermissionDenied`` (a person needs another one to publish), ``ValidationError`` and
    :class:`forms_config.gate.GateRefused`.
    """
    draft_text(actor=actor, facility_id=facility_id, body=body)
    return publish_text(actor=actor, facility_id=facility_id)


def _place(facility_id: UUID | None) -> Q:
    return Q(facility_id=facility_id) if facility_id else Q(facility__isnull=True)


def _latest(text: EditedText) -> LegalTextVersion:
    return LegalTextVersion.objects.filter(number=text.number, scope=text.scope, facility_id=text.facility_id).latest("edition")


@transaction.atomic
def propose_text(*, actor: User | None, facility_id: UUID | None, body: str) -> bool:
    """Keep a wording of text 1 as a draft, for somebody to publish; answers whether it was not the draft already.

    Raises ``PermissionDenied`` and ``ValidationError``.
    """
    text = AdaptedText.objects.filter(_place(facility_id)).first()
    if text is not None and text.get_latest_revision_as_object().body == body:
        return False
    draft_text(actor=actor, facility_id=facility_id, body=body)
    return True


def _publish(text: EditedText, *, actor: User | None, effective_from: datetime | None = None) -> LegalTextVersion:
    text.full_clean()
    if text.pk is None:
        text.save()
    text.publish(text.save_revision(user=actor), user=actor, effective_from=effective_from, skip_permission_checks=True)
    return _latest(text)


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
