"""What a professional found in the DMP of a patient, offered to prefill sources while it is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dcc.contracts.prefill import SourceDocument
from dcc.patients.merging import api as merging
from plugins.dmp.consultation import cache
from plugins.dmp.consultation.told import ORIGIN


@dataclass(frozen=True, slots=True)
class DocumentsOfTheDmp:
    """Reads the sealed cache of that professional: no network, nothing of anybody else's search."""

    title: str = ORIGIN

    def documents(self, patient_id: UUID, user_id: UUID) -> Sequence[SourceDocument]:
        """What was read, last validated first; of each family its last version."""
        sources = [told.source() for _row, told in cache.held(merging.kept_id(patient_id), user_id)]
        newest = sorted((source for source in sources if source), key=lambda s: s.validated_at, reverse=True)
        families: dict[UUID, SourceDocument] = {}
        for source in newest:
            families.setdefault(source.document_id, source)
        return list(families.values())
