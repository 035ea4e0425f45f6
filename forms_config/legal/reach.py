"""Where a text holds: which establishments read it, which keep a wording of their own; and which texts are to review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from dcc.accounts.api import Facility
from forms_config.legal.models import AdaptedText, EditedText, LegalTextVersion, NationalText, Scope


@dataclass(frozen=True, slots=True)
class Kept:
    """A narrower wording that goes on holding in its place; ``older`` when the text it adapts was worded again since."""

    place: str
    version: str
    since: datetime
    older: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Establishments of the platform, those where a text holds once published, and the wordings that stay instead of it."""

    facilities: int
    inherits: int
    keeps: tuple[Kept, ...]

    @property
    def older(self) -> int:
        """How many kept wordings are older than the text they adapt."""
        return sum(kept.older for kept in self.keeps)


@dataclass(frozen=True, slots=True)
class PastReview:
    """A text in force whose day of review has passed; ``model`` and ``pk`` name it in the admin."""

    title: str
    review_on: date
    model: type[EditedText]
    pk: int


def reach(text: EditedText, *, at: datetime | None = None) -> Reach:
    """Where a text would hold if it were published at a moment (now by default)."""
    moment = at or timezone.now()
    known = list(Facility.objects.order_by("name"))
    if text.number == 2:
        return Reach(len(known), len(known), ())
    if text.scope == Scope.FACILITY:
        return Reach(len(known), 1, ())
    region, own = _region(moment), _own(moment)
    since = moment if text.scope == Scope.NATIONAL else _national_since(moment)
    keeps = [_kept(str(facility), own[facility.pk], since) for facility in known if facility.pk in own]
    if text.scope == Scope.NATIONAL and region is not None:
        return Reach(len(known), 0, (_kept(str(Scope.REGION.label), region, since), *keeps))
    return Reach(len(known), len(known) - len(keeps), tuple(keeps))


def past_review(today: date | None = None) -> list[PastReview]:
    """The texts in force to review, the longest overdue first."""
    day = today or timezone.localdate()
    models: Sequence[type[EditedText]] = (NationalText, AdaptedText)
    rows = [row for model in models for row in model._default_manager.filter(live=True, review_on__lt=day)]
    found = (PastReview(str(row), row.review_on, type(row), row.pk) for row in rows if row.review_on is not None)
    return sorted(found, key=lambda one: one.review_on)


def _kept(place: str, version: LegalTextVersion, since: datetime) -> Kept:
    return Kept(place, version.version, version.effective_from, version.effective_from < since)


def _own(at: datetime) -> dict[UUID, LegalTextVersion]:
    """The wordings of establishments in force, by establishment."""
    rows = LegalTextVersion.objects.select_related("facility").filter(scope=Scope.FACILITY, effective_from__lte=at)
    latest = {row.facility_id: row for row in rows.order_by("edition")}
    return {pk: row for pk, row in latest.items() if pk is not None and not row.withdrawn}


def _region(at: datetime) -> LegalTextVersion | None:
    latest = _last(LegalTextVersion.objects.filter(scope=Scope.REGION, effective_from__lte=at).order_by("edition"))
    return latest if latest is not None and not latest.withdrawn else None


def _national_since(at: datetime) -> datetime:
    rows = LegalTextVersion.objects.filter(scope=Scope.NATIONAL, number=1, effective_from__lte=at)
    latest = _last(rows.order_by("edition"))
    return latest.effective_from if latest is not None else at


def _last(rows: Iterable[LegalTextVersion]) -> LegalTextVersion | None:
    return next(iter(list(rows)[-1:]), None)
