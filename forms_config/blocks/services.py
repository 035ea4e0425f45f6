"""Writes blocks: made from a section of a form, changed, published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from forms_config.blocks.content import Json, Reference, content_of
from forms_config.blocks.models import Block, BlockVersion
from forms_config.schema.canonical import canonical_json, sha256_of

if TYPE_CHECKING:
    from dcc.accounts.models import User


def _check_rights(actor: User | None) -> None:
    if actor is not None and not accounts.may(actor, accounts.Action.CONFIGURE_FORMS):
        raise PermissionDenied(_("Seuls les éditeurs DSRC configurent les blocs"))


@transaction.atomic
def create_block(*, actor: User | None, document_type: str, section: Json) -> Reference:
    """Keep a section of a form as a new block, and publish it; answers its first version.

    Raises ``PermissionDenied`` and ``ValidationError`` (no question, already a block).
    """
    _check_rights(actor)
    block = Block(document_type=document_type, title=str(section.get("title", "")), draft=_draft_of(section), live=False)
    return _publish(block, actor)


@transaction.atomic
def change_block(*, actor: User | None, key: str, section: Json) -> Reference:
    """Publish a section of a form as the next version of a block; forms that show a former one keep it.

    Answers the version, which is the present one when nothing changed. Raises ``PermissionDenied`` (also for the block of
    another platform, whose next version would be another one), ``ValidationError``, ``LookupError`` (no such block).
    """
    _check_rights(actor)
    block = Block.objects.select_for_update().filter(key=key).first()
    if block is None:
        raise LookupError(_("Ce bloc n'existe pas"))
    if block.origin:
        raise PermissionDenied(_("Ce bloc appartient à une autre plateforme : détacher la rubrique pour la modifier"))
    block.title, block.draft = str(section.get("title", "")), _draft_of(section)
    return _publish(block, actor)


def _draft_of(section: Json) -> dict[str, Any]:
    return {name: value for name, value in section.items() if name not in ("key", "title", "block")}


def _publish(block: Block, actor: User | None) -> Reference:
    block.full_clean()
    if block.pk is None:
        block.save()
    block.save_revision(user=actor, log_action=True).publish(user=actor, skip_permission_checks=True)
    return Reference(block.key, BlockVersion.objects.filter(block=block).order_by("-number")[0].number)


def freeze(block: Block, *, actor: User | None) -> BlockVersion:
    """Keep what a block is as its next version, unless it is what its latest version is already."""
    data = content_of(block.title, block.draft)
    last = BlockVersion.objects.select_for_update().filter(block=block).order_by("-number").first()
    if last is not None and last.sha256 == sha256_of(data):
        return last
    return _keep(block, last.number + 1 if last else 1, data, actor, "block.published")


def _keep(block: Block, number: int, data: Json, actor: User | None, action: str) -> BlockVersion:
    version = BlockVersion.objects.create(
        block=block,
        number=number,
        canonical=canonical_json(data).decode(),
        sha256=sha256_of(data),
        published_by=actor,
    )
    audit.record(actor=actor, action=action, subject=f"block:{block.key}", number=number, digest=version.sha256)
    return version


@transaction.atomic
def receive_block(*, actor: User | None, reference: Reference, document_type: str, content: Json, origin: str = "") -> bool:
    """Keep a version of a block that another platform published, under its key and number; answers whether it was new.

    ``origin`` is the fingerprint of that platform, nothing when it is this one. The version becomes what the block shows when it
    is the latest one. Raises ``PermissionDenied``, ``ValidationError`` and ``ValueError``
    in French when that version is known with another content.
    """
    _check_rights(actor)
    data = content_of(str(content.get("title", "")), _draft_of(content))
    block = Block.objects.select_for_update().filter(key=reference.key).first()
    if block is None:
        block = Block(key=reference.key, document_type=document_type, origin=origin, live=False)
    known = block.versions.filter(number=reference.number).first() if block.pk else None
    if known is not None:
        if known.sha256 != sha256_of(data):
            raise ValueError(_("Le bloc %(block)s a ici un autre contenu") % {"block": reference})
        return False
    if block.origin != origin:
        raise ValueError(_("Le bloc %(block)s appartient ici à une autre plateforme") % {"block": reference})
    last = block.versions.order_by("-number").first() if block.pk else None
    if last is None or last.number < reference.number:
        block.title, block.draft = data["title"], _draft_of(data)
        block.full_clean()
        block.live = True
        block.save()
        revision = block.save_revision(user=actor, log_action=True)
        Block.objects.filter(pk=block.pk).update(live_revision=revision, has_unpublished_changes=False)
    _keep(block, reference.number, json.loads(canonical_json(data)), actor, "block.received")
    return True
