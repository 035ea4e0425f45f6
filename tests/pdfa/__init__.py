"""An independent PDF/A-1b check for any test that makes a PDF: Apache PDFBox Preflight (Debian ``libpdfbox2-java`` and the two
libraries it needs), and what poppler and qpdf say of the same file. Not a judge of the text: each test does that."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

JARS = Path("/usr/share/java")
CLASS_PATH = ":".join(
    str(JARS / f"{name}.jar")
    for name in ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-io", "commons-logging", "javax.activation", "jaxb-api")
)


def preflight(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """Findings of PDFBox Preflight by file, empty for a conformant PDF/A-1b; one JVM for all the files.

    Raises ``AssertionError`` when a file was not checked at all.
    """
    command = ["java", "-cp", CLASS_PATH, str(Path(__file__).parent / "Preflight.java"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found: dict[Path, list[str]] = {}
    for line in done.stdout.splitlines():
        path, code, detail = line.split("\t", 2)
        findings = found.setdefault(Path(path), [])
        if code != "checked":
            findings.append(f"{code} {detail}")
    assert set(found) == set(paths), f"not checked: {set(paths) - set(found)}\n{done.stderr}"
    return found


def pages_text(path: Path) -> list[str]:
    """Text of each page, in the order in which it was drawn."""
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.removesuffix("\f").split("\f")


def structure_errors(path: Path) -> str:
    """What ``qpdf --check`` complains of; empty when it has nothing to say."""
    command = ["qpdf", "--check", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def picture_pages(path: Path, prefix: Path) -> None:
    """Every page as a picture beside ``prefix`` (``prefix-1.png``…), for people to look at."""
    command = ["pdftoppm", "-r", "70", "-png", str(path), str(prefix)]
    subprocess.run(command, check=True)
