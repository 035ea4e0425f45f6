"""A text about to be published, beside what it replaces: words, dates, where it will hold. What its reviewer looks at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.utils import timezone

from dcc.contracts.snapshots import LegalText
from forms_config.legal.models import AdaptedText, EditedText, LegalTextVersion, NationalText, Scope
from forms_config.legal.queries import texts_for
from forms_config.legal.reach import Reach, reach
from forms_config.legal.services import check_rights
from forms_config.legal.wording import Run, changes
from forms_config.rights import Deed

if TYPE_CHECKING:
    from dcc.accounts.models import User

Kind = Literal["national", "adapte"]
MODELS: Mapping[str, type[EditedText]] = {"national": NationalText, "adapte": AdaptedText}
"""Names of the two kinds of texts in addresses."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``before`` and ``after`` are texts 1 and 2 of a document of that place, as they are and as they would be.

    ``since`` is when the wording it replaces came into force, ``starts`` when the new one would (nothing: once approved).
    """

    title: str
    scope: Scope
    number: int
    facility_id: UUID | None
    version: str
    since: datetime | None
    starts: datetime | None
    reach: Reach
    words: Sequence[Run]
    before: tuple[LegalText, ...]
    after: tuple[LegalText, ...]

    @property
    def is_change(self) -> bool:
        """Whether the draft says something else than what holds."""
        return any(run.kind != "same" for run in self.words)


def proposal(actor: User, kind: str, pk: int) -> Proposal:
    """The latest draft of a text as ``actor`` may look at it; raises ``LookupError`` and ``PermissionDenied``."""
    model = MODELS.get(kind)
    text = model._default_manager.filter(pk=pk).first() if model is not None else None
    if text is None:
        raise LookupError(f"Texte inconnu : {kind} {pk}")
    check_rights(actor, text.scope, Deed.SEE)
    draft = text.get_latest_revision_as_object()
    now = timezone.now()
    own = _own_version(text)
    texts = texts_for(text.facility_id, now)
    former = own.body if own is not None else texts[text.number - 1].body
    return Proposal(
        title=str(text),
        scope=Scope(text.scope),
        number=text.number,
        facility_id=text.facility_id,
        version=own.version if own is not None else texts[text.number - 1].version,
        since=own.effective_from if own is not None else None,
        starts=draft.go_live_at if draft.go_live_at and draft.go_live_at > now else None,
        reach=reach(text, at=now),
        words=changes(former, draft.body),
        before=_with(texts, text.number, former),
        after=_with(texts, text.number, draft.body),
    )


def _own_version(text: EditedText) -> LegalTextVersion | None:
    """What this very text last published, unless it was withdrawn."""
    rows = LegalTextVersion.objects.select_related("facility")
    latest = rows.filter(number=text.number, scope=text.scope, facility_id=text.facility_id).order_by("-edition").first()
    return latest if latest is not None and not latest.withdrawn else None


def _with(texts: Sequence[LegalText], number: int, body: str) -> tuple[LegalText, ...]:
    digest = hashlib.sha256(body.encode()).hexdigest()
    return tuple(replace(text, body=body, sha256=digest) if text.number == number else text for text in texts)
