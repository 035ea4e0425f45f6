"""What a PDF/A-1b must be and not be, looked for in the bytes of a PDF that we wrote: our own assertions, not a whole validator.

The tests compare with an independent validator (``tests/pdfa``); this check runs at each rendition, in milliseconds, so that
« conforme » is never said of a PDF that nobody looked at. Source: ISO 19005-1, by clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from dcc.contracts.snapshots import Artifact, Finding

SOURCE = "PDF/A-1b"
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_OBJECT = re.compile(rb"\d+ 0 obj(.*?)endobj", re.DOTALL)
_TEXT = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)
_HEADER = re.compile(rb"%PDF-1\.[0-4][\r\n]+%[\x80-\xff]{4}")

FORBIDDEN: Sequence[tuple[str, bytes, str]] = (
    ("6.1.3", rb"/Encrypt\b", "le fichier est chiffré"),
    ("6.1.4", rb"/Type\s*/XRef\b", "la table des objets est compressée"),
    ("6.1.7", rb"/Type\s*/ObjStm\b", "des objets sont compressés ensemble"),
    ("6.1.10", rb"/LZWDecode\b", "une compression interdite est employée (LZW)"),
    ("6.1.11", rb"/EmbeddedFiles?\b", "un fichier est joint dans le PDF"),
    ("6.2.4", rb"/Interpolate\s+true", "une image est interpolée"),
    ("6.4", rb"/SMask\s*(?!/None)[\d/]", "une image ou un tracé est transparent"),
    ("6.4", rb"/S\s*/Transparency\b", "un groupe est transparent"),
    ("6.4", rb"/(?:CA|ca)\s+0?\.\d", "un tracé est transparent"),
    ("6.6.1", rb"/(?:JavaScript|JS|Launch|Sound|Movie|ResetForm|ImportData)\b", "une action interdite est présente"),
)
"""(clause, what must not be in the dictionaries, in French)."""
REQUIRED: Sequence[tuple[str, bytes, str]] = (
    ("6.1.3", rb"/ID\s*\[", "l'identifiant du fichier est absent"),
    ("6.2.2", rb"/S\s*/GTS_PDFA1\b", "l'intention de rendu des couleurs est absente"),
    ("6.2.2", rb"/DestOutputProfile\b", "le profil de couleurs est absent"),
    ("6.7.2", rb"/Metadata\b", "les métadonnées XMP sont absentes"),
)
CLAIMS: Sequence[tuple[bytes, str]] = (
    (rb"pdfaid:part[>=]\W*1\b", "les métadonnées n'annoncent pas PDF/A-1"),
    (rb"pdfaid:conformance[>=]\W*B\b", "les métadonnées n'annoncent pas le niveau B"),
)


class PdfACheck:
    """Looks at every PDF of a rendition before it is kept."""

    formats: Sequence[str] = ("pdf-a1",)

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        """What is wrong; nothing when all is well."""
        return [
            Finding(
                f"pdfa.{clause}", "error", _("PDF/A-1b, %(clause)s : %(what)s") % {"clause": clause, "what": what}, source=SOURCE
            )
            for clause, what in faults(artifact.content)
        ]


def faults(pdf: bytes) -> Iterator[tuple[str, str]]:
    """Clauses that a PDF breaks, and how, in French."""
    if not _HEADER.match(pdf):
        yield "6.1.2", _("l'en-tête du fichier n'est pas celui d'un PDF 1.4 binaire")
    if not pdf.rstrip().endswith(b"%%EOF"):
        yield "6.1.3", _("la fin du fichier est absente")
    dictionaries = _TEXT.sub(b"()", _STREAM.sub(b"", pdf))
    yield from ((clause, _(what)) for clause, pattern, what in FORBIDDEN if re.search(pattern, dictionaries))
    yield from ((clause, _(what)) for clause, pattern, what in REQUIRED if not re.search(pattern, dictionaries))
    yield from (("6.7.11", _(what)) for pattern, what in CLAIMS if not re.search(pattern, pdf))
    fonts = [body for body in _OBJECT.findall(dictionaries) if re.search(rb"/Type\s*/FontDescriptor\b", body)]
    if not all(b"/FontFile" in body for body in fonts):
        yield "6.3.4", _("une police n'est pas incorporée")
