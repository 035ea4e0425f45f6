"""What this slice tells itself, for the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from dcc.contracts.event import Event


@dataclass(frozen=True, slots=True)
class _Asked(Event):
    """Somebody asks something of a document in a DMP; the worker does it, in a session."""

    document_id: UUID
    at: datetime
    actor_id: UUID

    @property
    def subject(self) -> str:
        return f"document:{self.document_id}"


@dataclass(frozen=True, slots=True)
class ShareAsked(_Asked):
    """That a document that was deposited be where it has to be, and seen by whom it has to be (R-190)."""

    name: ClassVar[str] = "dmp.share_asked"


@dataclass(frozen=True, slots=True)
class RemovalAsked(_Asked):
    """That a document be deleted from the DMP of an INS that the patient has no more; an author asks."""

    name: ClassVar[str] = "dmp.removal_asked"
