"""What a professional sees of what was found in the DMP of a patient: the last search, the documents, what is newer than ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from forms_config.schema.dates import french
from plugins.dmp.consultation import cache
from plugins.dmp.consultation.asking import ABANDONED
from plugins.dmp.consultation.kinds import kinds
from plugins.dmp.consultation.told import Told
from plugins.dmp.models import Search


@dataclass(frozen=True, slots=True)
class Line:
    """A document as the panel shows it; ``newer``: than the last one of its type here, ``alone``: there is none here.

    ``keepable``: its file is held; ``heavy``: it was read, and its file is too heavy to be held.
    """

    found_id: UUID
    told: Told
    kind: str
    newer: bool
    alone: bool
    keepable: bool
    heavy: bool

    @property
    def day(self) -> str:
        """« 12/03/2026 »; empty when nobody knows."""
        return french(self.told.day) if self.told.day else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The last search of a professional for a patient, and what can be read of it now."""

    search: Search | None
    lines: Sequence[Line]

    @property
    def running(self) -> bool:
        """Whether it is under way; one that never ended is not waited for."""
        search = self.search
        return search is not None and search.state == Search.State.RUNNING and not self.given_up

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for it any more."""
        search = self.search
        return search is not None and search.state == Search.State.RUNNING and search.asked_at <= timezone.now() - ABANDONED

    @property
    def news(self) -> Sequence[Line]:
        """What is newer than ours, or of a type that is not here."""
        return [line for line in self.lines if line.newer or line.alone]


def standing_of(actor: User, patient_id: UUID) -> Standing:
    """What ``actor`` sees; he may open the patient, which the caller knows."""
    search = Search.objects.filter(patient=patient_id, user=actor).order_by("-asked_at").first()
    held = list(cache.held(patient_id, actor.pk))
    here = documents.HeldHere(actor, patient_id) if held else None
    files = cache.with_file(patient_id, actor.pk) if held else frozenset()
    lines = [_line(row.pk, told, row.pk in files, here) for row, told in held if here is not None and not _is_here(told, here)]
    return Standing(search, sorted(lines, key=lambda line: line.told.day, reverse=True))


def _is_here(told: Told, here: documents.HeldHere) -> bool:
    """Whether it came here since it was read."""
    return told.is_read and (here.knows(InstanceId(*told.identifier)) or here.has(InstanceId(*told.set_id), told.version_number))


def _line(found_id: UUID, told: Told, has_file: bool, here: documents.HeldHere) -> Line:
    ours: datetime | None = here.last.get(told.document_type)
    at = told.at
    current = told.is_read and not told.replaced
    return Line(
        found_id=found_id,
        told=told,
        kind=kinds()[told.type_code].title if told.type_code in kinds() else "",
        newer=current and ours is not None and at is not None and at > ours,
        alone=current and ours is None,
        keepable=current and has_file,
        heavy=current and not has_file,
    )
