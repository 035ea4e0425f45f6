"""Writes terms of use: published versions, acceptances, the wording that ships with the platform."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.sessions import Level
from dcc.audit import api as audit
from dcc.contracts.events import CommitmentChanged
from dcc.events import api as events
from dcc.trust import stamp
from dcc.trust.due import PARIS
from dcc.trust.models import Acceptance, TermsSet, TermsVersion
from dcc.trust.models.terms import canonical
from dcc.trust.standing import Asked, asked_of

if TYPE_CHECKING:
    from dcc.accounts.models import User

SHIPPED = Path(__file__).resolve().parent / "data" / "terms.yaml"
DCC = "dcc"
"""Key of the terms of the platform itself."""


class TermsChanged(ValueError):
    """What the person read is not what is asked of her now; the message is French."""


def check_approver(actor: User | None) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` (nobody: the platform itself) may publish terms."""
    if actor is not None and not accounts.may(actor, Action.APPROVE_TERMS):
        raise PermissionDenied(_("Ce compte ne peut pas approuver des conditions d'utilisation"))


def write_version(terms: TermsSet, *, actor: User | None, withdrawn: bool = False) -> TermsVersion:
    """Keep what was published as the next version of its set, unless it is what holds already."""
    latest = TermsVersion.objects.select_for_update().filter(terms=terms).order_by("-number").first()
    now = timezone.now()
    start = datetime.combine(terms.effective_on, time(), PARIS) if terms.effective_on else now
    version = TermsVersion(
        terms=terms,
        number=latest.number + 1 if latest else 1,
        title=terms.title,
        roles=sorted(terms.roles),
        network=terms.network,
        asked=terms.asked,
        body=terms.body,
        has_clause=terms.has_clause,
        change_summary=terms.change_summary,
        sha256=canonical(key=terms.key, title=terms.title, body=terms.body, has_clause=terms.has_clause),
        withdrawn=withdrawn,
        effective_from=now if withdrawn else max(start, now),
        published_at=now,
        published_by=actor,
    )
    if latest is not None and _same(latest, version):
        return latest
    version.save(force_insert=True)
    stamp.begin()
    audit.record(
        actor=actor,
        action="terms.withdrawn" if withdrawn else "terms.published",
        subject=f"terms:{terms.key}",
        number=version.number,
        digest=version.sha256,
        effective=version.effective_from,
    )
    return version


def _same(latest: TermsVersion, version: TermsVersion) -> bool:
    told = ("sha256", "roles", "network", "asked", "withdrawn")
    return (
        all(getattr(latest, name) == getattr(version, name) for name in told) and latest.effective_from <= version.effective_from
    )


@transaction.atomic
def accept_terms(*, actor: User, version_id: int, sha256: str, level: Level, at: datetime | None = None) -> Acceptance:
    """Keep that ``actor`` accepts a version, whose words are those of ``sha256``, in a session of that level.

    Raises :class:`TermsChanged` when these are not asked of her now, or say something else.
    """
    asked = _asked(actor, version_id, at)
    if asked.version.sha256 != sha256 or asked.standing.reason is None:
        raise TermsChanged(_("Le texte a changé depuis que vous l'avez ouvert : relisez-le"))
    kept = Acceptance.objects.create(
        user=actor,
        version=asked.version,
        sha256=sha256,
        level=level.value,
        reason=asked.standing.reason.value,
        accepted_at=at or timezone.now(),
    )
    _record(actor, "terms.accepted", asked, level)
    events.publish(CommitmentChanged(at=kept.accepted_at, user_id=actor.pk))
    return kept


@transaction.atomic
def refuse_terms(*, actor: User, version_id: int, level: Level) -> None:
    """Keep in the journal that ``actor`` refuses what is asked; she may accept later. Raises :class:`TermsChanged`."""
    _record(actor, "terms.refused", _asked(actor, version_id, None), level)


def _asked(actor: User, version_id: int, at: datetime | None) -> Asked:
    found = next((asked for asked in asked_of(actor, at=at) if asked.version.pk == version_id), None)
    if found is None:
        raise TermsChanged(_("Ces conditions ne vous sont plus demandées, ou elles ont changé"))
    return found


def _record(actor: User, action: str, asked: Asked, level: Level) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=f"terms:{asked.version.terms.key}",
        number=asked.version.number,
        digest=asked.version.sha256,
        level=level.value,
        reason=asked.standing.reason,
    )


@transaction.atomic
def ensure_default_terms() -> TermsSet:
    """The terms that ship with the platform, as a draft for somebody to approve; what is there already stays as it is."""
    terms = TermsSet.objects.filter(key=DCC).first()
    if terms is None:
        shipped = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        terms = TermsSet(key=DCC, live=False, **shipped)
        terms.full_clean()
        terms.save()
        terms.save_revision()
    return terms


def publish_default_terms() -> TermsVersion:
    """Publish the terms that ship, as the platform itself: for a demonstration and for tests, never for a region."""
    terms = ensure_default_terms()
    if not terms.live:
        terms.publish(terms.get_latest_revision(), skip_permission_checks=True)
    return TermsVersion.objects.filter(terms=terms).latest("number")
