"""What Wagtail writes in its own history of the configuration is written in the journal too: who, which act, which object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from wagtail.models import ModelLogEntry, PageLogEntry

from dcc.accounts.api import User
from dcc.audit import api as audit

ACTIONS: Mapping[str, str] = {
    "wagtail.create": "configuration.created",
    "wagtail.edit": "configuration.edited",
    "wagtail.publish": "configuration.published",
    "wagtail.unpublish": "configuration.unpublished",
    "wagtail.delete": "configuration.deleted",
}
"""The other acts (workflow, schedule, lock…) are ``configuration.acted``; the fact ``act`` names them all."""
_ID = re.compile(r"[A-Za-z0-9_.:/-]{1,60}\Z")


def journal_history() -> None:
    """From now on, each line of Wagtail's histories leaves a trace."""
    for model in (ModelLogEntry, PageLogEntry):
        post_save.connect(_told, sender=model, dispatch_uid="dcc.cms.journal")


@transaction.atomic
def _told(instance: ModelLogEntry | PageLogEntry, created: bool, raw: bool = False, **_: Any) -> None:
    if raw or not created:
        return
    model = instance.content_type.model if instance.content_type else "unknown"
    about = str(instance.object_id)
    audit.record(
        actor=instance.user if isinstance(instance.user, User) else None,
        action=ACTIONS.get(instance.action, "configuration.acted"),
        subject=f"{model}:{about if _ID.match(about) else 'other'}",
        act=instance.action,
    )
