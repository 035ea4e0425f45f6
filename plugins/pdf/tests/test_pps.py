"""The PPS as a patient gets it: its order, its words, its proofs."""

from __future__ import annotations

import pytest

from dcc.contracts.snapshots import DocumentSnapshot
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import pps_samples


@pytest.mark.parametrize("snapshot", [pps_samples.minimal(), pps_samples.typical(), pps_samples.updated()], ids=str)
def test_it_is_printed(snapshot: DocumentSnapshot) -> None:
    artifact = PdfA1Renderer().render(snapshot, {}, as_of=pps_samples.AS_OF)
    assert artifact.content.startswith(b"%PDF-1.4")
    assert artifact.facts["pages"] >= 2
