"""Documents follow their patient in a merge of identities; back, they take along what was started from them since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.documents.kinds import type_of
from dcc.documents.models import Document
from dcc.patients.merging.api import Rows

_ENDED = ("cloture", "annule")


@dataclass(frozen=True)
class Documents(Rows):
    """The documents of a patient, with all their versions, renditions and received files."""

    def remarks(self, kept_id: UUID, absorbed_id: UUID) -> Sequence[str]:
        """What both files have under way: two documents of one type are merged by no merge of identities."""
        kept, absorbed = (self._under_way(patient_id) for patient_id in (kept_id, absorbed_id))
        return [
            _(
                "« %(type)s » en cours dans les deux dossiers (%(kept)d et %(absorbed)d) : "
                "aucun n'est changé, choisir ensuite lequel continuer"
            )
            % {"type": found.title if (found := type_of(key)) else key, "kept": kept[key], "absorbed": absorbed[key]}
            for key in sorted(kept.keys() & absorbed.keys())
        ]

    def _under_way(self, patient_id: UUID) -> dict[str, int]:
        types = self.of(patient_id).filter(abandoned=False, versions__is_current=True).exclude(versions__status__in=_ENDED)
        counts: dict[str, int] = {}
        for key in types.values_list("document_type", flat=True):
            counts[key] = counts.get(key, 0) + 1
        return counts

    def give_back(self, moved: Sequence[Any], kept_id: UUID, absorbed_id: UUID) -> None:
        """A document follows a validated one of the same patient: what was started from these goes with them."""
        ids = {UUID(pk) for pk in moved}
        started = set(ids)
        while started:
            started = set(self.of(kept_id).filter(reference__in=started).values_list("pk", flat=True)) - ids
            ids |= started
        super().give_back(sorted(ids), kept_id, absorbed_id)


DOCUMENTS = Documents("documents.document", gettext_lazy("documents"), Document.objects.all)
