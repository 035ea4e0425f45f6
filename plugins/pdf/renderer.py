"""The ``pdf-a1`` renderer, as the core asks for it. The printing machinery is loaded with the first document that is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dcc.contracts.snapshots import TRIAL, Artifact, DocumentSnapshot


class PdfA1Renderer:
    """Prints any document whose form schema is in its snapshot. Same snapshot and ``as_of``, same bytes."""

    format = "pdf-a1"
    inputs: Sequence[str] = ()

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        """Every document with a form; a schema of another shape is a bug, not another document."""
        return bool(snapshot.form.schema.get("sections"))

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        """The PDF/A-1b; raises :class:`~dcc.contracts.errors.Refused` when its datamatrix does not read back as the identity."""
        from plugins.pdf.printing import print_document  # WeasyPrint and its libraries: 1 s, 60 MB, for those who print

        content, facts = print_document(snapshot, as_of)
        mark = f"{TRIAL}_" if snapshot.trial else ""
        return Artifact(
            format=self.format,
            media_type="application/pdf",
            content=content,
            filename=f"{mark}{snapshot.document_type}_{snapshot.document_id}_v{snapshot.version_number}.pdf",
            facts=facts,
        )
