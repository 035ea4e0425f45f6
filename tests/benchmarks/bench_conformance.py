"""The check of one official FRCP N3: in this process, through the conformance process, and by the kit's own procedure.

The kit's procedure is one JVM run of Saxon-HE per compiled schematron (Debian ``libsaxonhe-java``); the compiled schematrons come
from the reference implementation (:mod:`plugins.cda.tests.conformance_oracle`), made once, outside of what is measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings
from django.test import override_settings

from dcc.contracts.errors import RetryLater
from plugins.cda.conformance import client
from plugins.cda.conformance.checker import check_content, checker_of
from plugins.cda.conformance.kit import is_kit, kit_at
from plugins.cda.conformance.sets import VOLETS
from plugins.cda.tests.conformance_oracle import compiled_xslt
from tests.benchmarks.protocol import Bench

SAXON = Path("/usr/share/java/Saxon-HE.jar")
SAMPLE = "CANCER-FRCP_2025.01_Appareil.xml"
START_SECONDS = 120
CHECKS = 100

_work = Path(tempfile.gettempdir()) / f"bench-conformance-{os.getpid()}"


def _sample() -> Path:
    return Path(settings.KIT_DIR) / "ExemplesCDA" / SAMPLE


def needs_kit() -> str:
    """What is missing here."""
    return "" if is_kit(Path(settings.KIT_DIR)) and _sample().is_file() else "kit officiel absent (DCC_KIT_DIR)"


def needs_java() -> str:
    """What is missing here."""
    return needs_kit() or ("" if SAXON.exists() and shutil.which("java") else "Saxon-HE de Debian absent (libsaxonhe-java)")


def check() -> None:
    """XSD and five schematrons, from bytes to findings."""
    report = check_content(_sample().read_bytes(), checker_of(kit_at(Path(settings.KIT_DIR))), strict=True, own=False)
    assert (len(report.schemas), report.findings) == (6, ()), report


@cache
def _compiled() -> list[Path]:
    """Compiled schematrons of the kit's procedure, on disk."""
    _work.mkdir(parents=True, exist_ok=True)
    frcp = next(volet for volet in VOLETS if volet.label == "FRCP 2025.01")
    made = []
    for head in frcp.heads:
        path = _work / f"{Path(head).stem}.xsl"
        path.write_text(compiled_xslt((Path(settings.KIT_DIR) / "schematrons" / head).resolve()), encoding="utf-8")
        made.append(path)
    return made


def prepare_java() -> None:
    """Compile for both sides."""
    _compiled()
    check()


def check_with_the_kit() -> None:
    """Five runs of the JVM, one per compiled schematron."""
    for number, path in enumerate(_compiled()):
        report = _work / f"report-{number}.xml"
        done = subprocess.run(
            ["/usr/bin/env", "java", "-jar", str(SAXON), f"-s:{_sample()}", f"-xsl:{path}", f"-o:{report}"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert "failed-assert" not in report.read_text(encoding="utf-8")


def remove_work() -> None:
    """Remove what was written."""
    shutil.rmtree(_work, ignore_errors=True)
    _compiled.cache_clear()


@contextmanager
def conformance_process() -> Iterator[None]:
    """A conformance process of this host's kit, ready; the client of this process talks to it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as data:
        environment = {
            **os.environ,
            "DCC_DATA_DIR": data,
            "DCC_KIT_DIR": str(settings.KIT_DIR),
            "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
        }
        process = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "conformance"], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            with override_settings(DATA_DIR=Path(data), DCC_CONFORMANCE_IN_PROCESS=False):
                _wait()
                yield
        finally:
            process.terminate()
            process.wait()


def _wait() -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            if client.health()["ready"]:
                return
        except RetryLater:
            pass
        time.sleep(0.2)
    raise TimeoutError("the conformance process does not start")


def through_the_process() -> float:
    """Milliseconds per check asked from another process, when there are many."""
    content = _sample().read_bytes()
    with conformance_process():
        client.check(content, strict=True, own=False)
        begun = time.perf_counter()
        for _ in range(20):
            client.check(content, strict=True, own=False)
        return (time.perf_counter() - begun) * 1000 / 20


def memory() -> float:
    """Megabytes of the conformance process with every schema of the kit, after many checks of all samples."""
    samples = [path.read_bytes() for path in sorted(_sample().parent.glob("*.xml"))]
    with conformance_process():
        for number in range(CHECKS):
            client.check(samples[number % len(samples)], strict=True, own=False)
        return float(client.health()["rss_mb"])


BENCHES = [
    Bench(
        "Contrôle d'une FRCP N3 (XSD et cinq schématrons), à chaud",
        check,
        target="au plus 500 ms, et 40 fois plus rapide que la procédure du kit",
        at_most=500,
        reference=check_with_the_kit,
        reference_name="5 × Saxon-HE 9.9, une JVM par schématron compilé",
        reference_runs=3,
        times_faster=40,
        prepare=prepare_java,
        clean_up=remove_work,
        needs=needs_java,
    ),
    Bench(
        "Le même contrôle, demandé au processus de conformité",
        through_the_process,
        target="au plus 500 ms",
        at_most=500,
        runs=3,
        warm_up=0,
        needs=needs_kit,
    ),
    Bench(
        f"Mémoire du processus de conformité après {CHECKS} contrôles",
        memory,
        target="au plus 650 Mo",
        unit="Mo",
        at_most=650,
        runs=1,
        warm_up=0,
        needs=needs_kit,
    ),
]
