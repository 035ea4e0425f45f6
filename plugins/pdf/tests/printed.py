"""The samples as PDF files, each rendered once per test process, and their text."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from dcc.contracts.snapshots import Artifact, DocumentSnapshot, PatientSnapshot
from plugins.pdf.content import content_of
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import samples
from tests.pdfa import pages_text

SPECIAL = (
    "œuvre, Œdème, ½ dose ≥ 3 µg/m² → 37,5 °C ± 0,2 ; β-hCG, α-FP ; « citation » – tiret — 5′-3′ ; ☐ ☑ ✓ ; Łódź, Škoda, ñ ; "
    "€ 12 000 ; H₂O ; ≤ ≠ ∞ √ ; e\u0301 décomposé ; ADN 🧬 漢字 👩\u200d⚕️ ✅"
)
LONG = (
    "Patiente adressée pour avis. "
    + "L'évolution clinique, biologique et radiologique est détaillée ci-après avec ses dates. " * 40
).strip()

SAMPLES: Mapping[str, Callable[[], DocumentSnapshot]] = {
    "minimal": samples.minimal,
    "typical": samples.typical,
    "draft": lambda: samples.typical(status="en_cours", patient=samples.PROVISIONAL, legal_authenticator=None),
    "maximal": samples.maximal,
    "long": lambda: samples.maximal(rows=2, texts=(LONG,)),
    "special": lambda: samples.maximal(rows=1, texts=(SPECIAL,)),
    "rows": lambda: samples.maximal(rows=25),
    "trial": lambda: samples.typical(trial=True),
    "longest_identity": lambda: samples.typical(patient=_longest()),
}


def _longest() -> PatientSnapshot:
    names = "MARIE-ANTOINETTE " * 6
    traits = replace(samples.QUALIFIED.traits, birth_name=("DE LA TOUR-" * 9)[:98].strip("- "), given_names=names[:100].strip())
    return replace(samples.QUALIFIED, traits=traits)


@dataclass(frozen=True)
class Printed:
    """A sample, its artifact, and where it lies."""

    snapshot: DocumentSnapshot
    artifact: Artifact
    path: Path

    @cached_property
    def pages(self) -> list[str]:
        """Text of each page."""
        return pages_text(self.path)

    @cached_property
    def text(self) -> str:
        """Letters and digits of the whole document, without what is repeated in the margins."""
        content, kept = content_of(self.snapshot, samples.AS_OF), []
        for number, page in enumerate(map(squeezed, self.pages), 1):
            banner = squeezed(f"DOCUMENT NON VALIDÉ STATUT {content.status.upper()}") if content.draft else ""
            if number > 1:
                banner = squeezed(content.title) + banner + squeezed(content.identity.line)
            margins = banner + squeezed(f"{content.footer} page {number} / {len(self.pages)}")
            assert margins in page
            kept.append(page.replace(margins, "", 1))
        return "".join(kept)


@cache
def printed(name: str) -> Printed:
    """Render a sample of :data:`SAMPLES`."""
    snapshot = SAMPLES[name]()
    artifact = PdfA1Renderer().render(snapshot, {}, as_of=samples.AS_OF)
    path = Path(tempfile.mkdtemp(prefix="oncodcc-pdf-")) / f"{name}.pdf"
    path.write_bytes(artifact.content)
    return Printed(snapshot, artifact, path)


def squeezed(text: str) -> str:
    """Letters and digits only: lines, columns and hyphens of the page do not count."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or c in "[+]<>=≥≤→±✓☑☐≠∞√€°′")
