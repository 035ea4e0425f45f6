"""What was read of a document of a DMP: plain values, and their JSON form, which is sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import gettext as _

from dcc.contracts.prefill import SourceDocument
from dcc.contracts.snapshots import InstanceId

ORIGIN = "DMP"


@dataclass(frozen=True, slots=True)
class Told:
    """A document as the registry describes it and, once it was read, as it speaks of itself.

    ``day`` is an ISO date. ``replaced``: another one came in its place. ``invisible``: the patient does not see it yet;
    ``by_patient``: he put it there himself. ``document_type`` is empty when nothing could be read into answers, ``problem`` then
    says why, in French. ``set_id`` and ``identifier`` are root and extension.
    """

    unique_id: str
    type_code: str
    title: str
    day: str
    author: str
    replaced: bool = False
    invisible: bool = False
    by_patient: bool = False
    problem: str = ""
    document_type: str = ""
    version_number: int = 1
    validated_at: str = ""
    identifier: tuple[str, str | None] = ("", None)
    set_id: tuple[str, str | None] = ("", None)
    answers: Mapping[str, Any] = field(default_factory=dict)
    custodian: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        """Whether its content is known."""
        return bool(self.document_type)

    @property
    def at(self) -> datetime | None:
        """When it was validated, once it was read."""
        return datetime.fromisoformat(self.validated_at) if self.validated_at else None

    @property
    def alert(self) -> str:
        """What whoever reads it must know before speaking to the patient; empty when there is nothing."""
        return _("Invisible au patient\N{NO-BREAK SPACE}: ne pas lui en parler avant son auteur") if self.invisible else ""

    def source(self) -> SourceDocument | None:
        """What prefill sources are given; nothing when it was not read, or another one replaces it."""
        at = self.at
        if not self.is_read or self.replaced or at is None:
            return None
        return SourceDocument(
            document_id=self.key,
            document_type=self.document_type,
            version_number=self.version_number,
            title=self.title,
            validated_at=at,
            author=self.author,
            answers=self.answers,
            custodian=self.custodian,
            identifier=InstanceId(*self.identifier),
            origin=ORIGIN,
            set_id=InstanceId(*self.set_id),
            remark=self.alert,
        )

    @property
    def key(self) -> UUID:
        """Tells its family from others, the same at each reading: decisions on what it proposes are found again."""
        return uuid5(NAMESPACE_OID, "^".join(part or "" for part in self.set_id))

    def to_json(self) -> str:
        """Its JSON form."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: bytes) -> Told:
        """The inverse of :meth:`to_json`; raises ``ValueError`` or ``TypeError`` for what another version wrote."""
        told = cls(**json.loads(text))
        return replace(told, identifier=_pair(told.identifier), set_id=_pair(told.set_id))


def _pair(parts: Any) -> tuple[str, str | None]:
    root, extension = parts
    return root, extension
