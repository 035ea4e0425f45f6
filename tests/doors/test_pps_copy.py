"""The PDF handed to the patient is the one inside the PPS's CDA, to the byte (R-202), and both outputs are conformant."""

from __future__ import annotations

import base64
import hashlib

import pytest
from lxml import etree

from dcc.exchange import api as exchange
from plugins.cda.codecs.xml import Q
from plugins.pdf.tests import pps_samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configuration")]


@pytest.mark.parametrize("name", ["minimal", "updated"])
def test_the_copy_inside_the_cda_is_the_pdf_handed_over(name: str) -> None:
    snapshot = {"minimal": pps_samples.minimal, "updated": pps_samples.updated}[name]()
    pdf = exchange.render_unsaved(snapshot, "pdf-a1", as_of=pps_samples.AS_OF)
    cda = exchange.render_unsaved(snapshot, "cda-n3", as_of=pps_samples.AS_OF)
    (copy,) = etree.fromstring(cda.content).iterfind(f".//{Q}observationMedia[@ID='copiePDF']/{Q}value")
    inside = base64.b64decode(copy.text or "")
    assert hashlib.sha256(inside).hexdigest() == hashlib.sha256(pdf.content).hexdigest()
    assert exchange.check(pdf) == ("conforme", [])
