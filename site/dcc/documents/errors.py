"""What the services of the room refuse, in French, for the page to show."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from dcc.contracts.snapshots import Finding


class DocumentError(Exception):
    """Base; ``str()`` is a French sentence for the user."""


class DocumentNotFound(DocumentError):
    """The document does not exist, or the actor may not know that it does."""

    def __init__(self) -> None:
        super().__init__("Document introuvable")


class ActionForbidden(DocumentError):
    """The actor sees the document but may not do this."""


class AlreadyFollowed(DocumentError):
    """What was to be followed already is; ``existing`` is the document that does, for who may open it."""

    def __init__(self, message: str, existing: uuid.UUID | None = None) -> None:
        super().__init__(message)
        self.existing = existing


class HeldElsewhere(DocumentError):
    """Another DCC has the document to complete: it is read here, not written (R-085)."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"Cette fiche est confiée à « {holder} », qui la complète et la valide : elle se lit ici, sans se modifier"
        )
        self.holder = holder


class Stale(DocumentError):
    """Somebody changed the document since the actor read it."""


class NotReady(DocumentError):
    """The document cannot take this step yet; ``findings`` say why, each pointing to its question."""

    def __init__(self, message: str, findings: Sequence[Finding]) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class AttachmentRefused(DocumentError):
    """The file cannot be joined: type, size, or a virus."""
