"""What an operator sees of the extractions, and what the digest says when one is missing or old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.contracts.capabilities import DigestLine
from dcc.contracts.plugin import PluginConfig
from plugins.annuaire.apps import AnnuaireSettings
from plugins.annuaire.models import Extraction

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Content:
    """What is in use of one kind: nothing, or a file; ``to_do`` when somebody must load another."""

    label: str
    file: str
    loaded_at: datetime | None
    kept: int
    passed_over: int
    days: int
    to_do: bool


def contents(*, actor: User) -> Sequence[Content]:
    """One for each kind of file. Raises ``PermissionDenied``."""
    _check(actor)
    return list(_contents())


def loads(*, actor: User) -> Sequence[Extraction]:
    """The last loads, newest first. Raises ``PermissionDenied``."""
    _check(actor)
    return list(Extraction.objects.order_by("-started_at")[:SHOWN])


def digest(_person: UUID) -> Sequence[DigestLine]:
    """Old extractions, and a directory that knows professionals or boxes but not the other."""
    found = list(_contents())
    if not any(content.file for content in found):
        return []  # nobody uses it here yet
    return [DigestLine(_words(content), reverse("annuaire:state")) for content in found if content.to_do]


def _words(content: Content) -> str:
    if not content.file:
        return _("%(label)s : aucun fichier chargé") % {"label": content.label}
    return _("%(label)s : le fichier en service a %(days)s jours") % {"label": content.label, "days": content.days}


def _check(actor: User) -> None:
    if not accounts.may(actor, Action.ADMINISTER):
        raise PermissionDenied


def _contents() -> Iterator[Content]:
    limit, now = _settings().stale_days, timezone.now()
    in_use = {row.kind: row for row in Extraction.objects.filter(state=Extraction.State.CURRENT)}
    for kind in Extraction.Kind:
        row = in_use.get(kind)
        if row is None:
            yield Content(str(kind.label), "", None, 0, 0, 0, to_do=True)
            continue
        days = (now - (row.finished_at or now)) // timedelta(days=1)
        yield Content(str(kind.label), row.file, row.finished_at, row.kept, row.passed_over, days, to_do=days > limit)


def _settings() -> AnnuaireSettings:
    held = cast("PluginConfig", apps.get_app_config("annuaire")).settings()
    return held if isinstance(held, AnnuaireSettings) else AnnuaireSettings()
