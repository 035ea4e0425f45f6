"""PDF/A-1b of an FRCP of four pages, beside Apache FOP on the same content; of a PPS of six pages, beside that FRCP; memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings

from dcc.contracts.snapshots import DocumentSnapshot
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import pps_samples, samples
from tests.benchmarks import fop
from tests.benchmarks.protocol import Bench

LEFT_OUT = ("frcp.crgm", "frcp.souhaits", "frcp.grossesses", "frcp.comorbidites")
PRINT_FIFTY = """
import django
django.setup()
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import samples
for _ in range(50):
    PdfA1Renderer().render(samples.typical(), {}, as_of=samples.AS_OF)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""


@cache
def four_pages() -> DocumentSnapshot:
    """The realistic case of the tests, shortened to four full pages."""
    answers = {key: value for key, value in samples.ANSWERS.items() if not key.startswith(LEFT_OUT)}
    return samples.typical(answers)


@cache
def folder() -> Path:
    """Where FOP works."""
    return Path(tempfile.mkdtemp(prefix="oncodcc-fop-"))


def prepare() -> None:
    """Both make four pages, or the figures would not compare."""
    from pypdfium2 import PdfDocument

    from plugins.pdf.content import content_of

    assert PdfA1Renderer().render(four_pages(), {}, as_of=samples.AS_OF).facts["pages"] == 4
    if not fop.missing():
        fop.write_source(content_of(four_pages(), samples.AS_OF), folder())
        assert len(PdfDocument(fop.run_fop(folder()).read_bytes())) == 4


def render() -> None:
    """Snapshot to proven PDF/A: content, layout, fonts, datamatrix drawn, page 1 rasterised and read back."""
    PdfA1Renderer().render(four_pages(), {}, as_of=samples.AS_OF)


def prepare_pps() -> None:
    """Six pages, or the target would not be the one asked."""
    assert PdfA1Renderer().render(pps_samples.typical(), {}, as_of=pps_samples.AS_OF).facts["pages"] == 6


def render_pps() -> None:
    """The same way for a tagged PPS in large type, with its syntheses and its calendar."""
    PdfA1Renderer().render(pps_samples.typical(), {}, as_of=pps_samples.AS_OF)


def render_with_fop() -> None:
    """One run of the command line, as a platform without a warm process would."""
    fop.run_fop(folder())


def memory_after_fifty() -> float:
    """Resident megabytes of a process that loaded the platform and printed 50 documents of five pages."""
    path = os.pathsep.join((str(settings.BASE_DIR), str(settings.BASE_DIR / "site")))
    environment = {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "dcc.settings.test"}
    command = [sys.executable, "-c", PRINT_FIFTY]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


BENCHES = [
    Bench(
        "PDF/A-1b d'une FRCP de 4 pages, à chaud, datamatrix relu",
        render,
        target="au plus 600 ms et plus rapide que fop",
        at_most=600,
        prepare=prepare,
        warm_up=3,
        reference=render_with_fop if not fop.missing() else None,
        reference_name="fop 2.8, une JVM, mêmes textes sans datamatrix",
        reference_runs=10,
        times_faster=1,
    ),
    Bench(
        "PDF/A-1b balisé d'un PPS de 6 pages, à chaud, datamatrix relu",
        render_pps,
        target="au plus 1,2 s",
        at_most=1200,
        prepare=prepare_pps,
        warm_up=3,
        reference=render,
        reference_name="la FRCP de 4 pages, non balisée",
    ),
    Bench(
        "Mémoire d'un processus après 50 PDF",
        memory_after_fifty,
        target="au plus 300 Mo",
        unit="Mo",
        runs=1,
        warm_up=0,
        at_most=300,
    ),
]
