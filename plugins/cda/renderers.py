"""The CDA formats the platform writes: ``cda-n3`` (structured, holding the PDF) and ``cda-n1`` (the PDF alone)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import TRIAL, Artifact, DocumentSnapshot, InstanceId
from plugins.cda.codecs.header import document_identifier
from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.encoding import encode
from plugins.cda.volets.document_facts import STATUS_CODES
from plugins.cda.volets.known import tree_written

PDF = "pdf-a1"


class CdaRenderer:
    """One of the two formats. The bytes depend on the snapshot, the PDF, and the day of the rendering."""

    inputs: Sequence[str] = (PDF,)

    def __init__(self, form: str) -> None:
        self.format = form

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        """Whether the volet of the document is one we write, and its status one that leaves the platform."""
        return self._tree(snapshot) is not None and snapshot.status in STATUS_CODES

    def _tree(self, snapshot: DocumentSnapshot) -> DocumentTree | None:
        return tree_written(snapshot.document_type, snapshot.volet_version, self.format)

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        """The CDA with the PDF in it; raises ``Refused`` in French."""
        tree = self._tree(snapshot)
        if tree is None:
            kind = f"{snapshot.document_type} {snapshot.volet_version}"
            raise Refused(f"La plateforme n'écrit pas de CDA pour un document « {kind} ».")
        pdf = inputs[PDF].content
        if not pdf.startswith(b"%PDF-"):
            raise Refused("La copie à joindre au CDA n'est pas un fichier PDF.")
        mark = f"{TRIAL}-" if snapshot.trial else ""
        return Artifact(
            format=self.format,
            media_type="text/xml",
            content=encode(tree, snapshot, pdf, as_of=as_of),
            filename=f"{mark}{snapshot.document_type}-{snapshot.document_id}-v{snapshot.version_number}-{self.format}.xml",
            identifier=InstanceId(document_identifier(snapshot, self.format)),
            facts={"volet": f"{tree.document_type} {tree.volet_version}", "template": tree.template},
        )
