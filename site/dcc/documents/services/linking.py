"""What a received document follows: found here by its identifier, or kept as it was named until it comes (R-059)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from dcc.contracts.snapshots import InstanceId
from dcc.documents.kinds import follower_types, type_of
from dcc.documents.models import Document, DocumentVersion
from dcc.documents.references import UNKNOWN_ROOT, last_validated, received_identifier
from dcc.documents.services.succession import follower_of


@dataclass(frozen=True, slots=True)
class Link:
    """The document followed when it is here and may be, how it was named, and what is to be said."""

    reference: Document | None = None
    root: str = ""
    extension: str = ""
    remark: str = ""

    @property
    def columns(self) -> dict[str, object]:
        """As columns of the document that follows."""
        return {"reference": self.reference, "reference_root": self.root, "reference_extension": self.extension}


def link_of(document_type: str, patient_id: uuid.UUID, named: InstanceId | None, made_here: uuid.UUID | None) -> Link:
    """What a received document of this type follows; ``made_here`` is the document that was given outside under this name."""
    kind = type_of(document_type)
    if kind is None or not kind.follows:
        return Link()
    followed = type_of(kind.follows)
    name = followed.title if followed else kind.follows
    if named is None:
        return Link(root=UNKNOWN_ROOT, remark=f"Ce document ne dit pas quelle « {name} » il suit")
    outside = Link(None, named.root, named.extension or "")
    candidate = _candidate(kind.follows, patient_id, named, made_here)
    if candidate is None:
        return outside
    remark = _objection(candidate, kind.key, name)
    return Link(None if remark else candidate, outside.root, outside.extension, remark)


def _candidate(followed: str, patient_id: uuid.UUID, named: InstanceId, made_here: uuid.UUID | None) -> Document | None:
    """The document of this patient that goes by a name: made here, received under it, or its setId."""
    for document in Document.objects.filter(patient_id=patient_id, document_type=followed).prefetch_related("versions"):
        own = InstanceId(document.set_id_root, document.set_id_extension or None)
        if document.pk == made_here or named in (own, *map(received_identifier, document.versions.all())):
            return document
    return None


def _objection(document: Document, follower_type: str, name: str) -> str:
    """Why a document that is here is not linked, in French; empty when it is."""
    if last_validated(document) is None:
        return f"La « {name} » que ce document suit est sur la plateforme sans y être validée : elle n'est pas reliée"
    if follower_of(document.pk, follower_type) is not None:
        return f"Un autre document suit déjà la « {name} » que celui-ci nomme : ils ne sont pas de la même famille, comparez-les"
    return ""


def contradiction(held: Document, link: Link) -> str:
    """What is said of a new version of a received document that names something else than the former ones; it changes nothing."""
    same = held.reference is not None and held.reference == link.reference
    if same or (held.reference_root, held.reference_extension) == (link.root, link.extension):
        return ""
    return "Cette version nomme un autre document de référence que la précédente : celui de la famille est gardé"


def adopt_followers(version: DocumentVersion) -> None:
    """Link the documents received before the one they follow, once it is here and validated: the oldest one of each type."""
    document, named = version.document, received_identifier(version)
    if version.validated_at is None or named is None:
        return
    for kind in follower_types():
        if kind.follows != document.document_type or follower_of(document.pk, kind.key) is not None:
            continue
        waiting = Document.objects.filter(
            document_type=kind.key,
            patient_id=document.patient_id,
            reference=None,
            reference_root=named.root,
            reference_extension=named.extension or "",
        )
        oldest = waiting.order_by("created_at").first()
        if oldest is not None:
            oldest.reference = document
            oldest.save(update_fields=["reference"])
