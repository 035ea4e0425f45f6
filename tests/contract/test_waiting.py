"""Checks that wait for the official kit: one loud line, also with several processes; a failure in continuous integration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.waiting import FAMILIES, HOW_TO, KIT_MISSING, REFERENCE_MISSING, family_of, waiting_line

ROOT = Path(__file__).resolve().parents[2]
WAITS = "plugins/cda/tests/test_conformance_kit.py"


def _run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The conformance tests, as on a machine with nothing beside the clone."""
    nowhere = {"DCC_KIT_DIR": str(folder / "nowhere"), "DCC_DATA_DIR": str(folder)}
    kept = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTEST_ADDOPTS") and not k.startswith("PYTEST_XDIST")}
    command = [sys.executable, "-m", "pytest", WAITS, *options]
    done = subprocess.run(
        command, cwd=ROOT, env={**kept, **nowhere, **environment}, capture_output=True, text=True, timeout=300, check=False
    )
    assert "INTERNALERROR" not in done.stdout
    return done


def test_one_loud_line_says_what_waits_and_what_to_do(tmp_path: Path) -> None:
    done = _run(tmp_path, "-n", "2")
    assert done.returncode == 0, done.stdout
    [line] = [line for line in done.stdout.splitlines() if "ATTENTION" in line]
    assert "contrôles attendent le kit officiel de l'ANS (contrôleur de conformité : " in line
    assert HOW_TO in line


def test_continuous_integration_fails_without_the_kit(tmp_path: Path) -> None:
    done = _run(tmp_path, "-p", "no:xdist", "--maxfail=1", CI="true")
    assert done.returncode == 1, done.stdout
    assert f"{KIT_MISSING} ; avec CI=true c'est un échec" in done.stdout


def test_the_line_counts_by_family() -> None:
    line = waiting_line([("plugins/cda/tests/test_conformity.py::a", KIT_MISSING), (f"{WAITS}::b", KIT_MISSING), ("x", "other")])
    assert "2 contrôles attendent" in line
    assert "données de référence" not in line
    assert waiting_line([("x", REFERENCE_MISSING)]).startswith("ATTENTION : 1 contrôles attendent les données de référence")
    assert waiting_line([("x", "other")]) == ""


def test_every_test_that_waits_for_the_kit_has_a_family() -> None:
    sources = [path for folder in ("plugins", "site", "forms_config", "tests") for path in (ROOT / folder).rglob("test_*.py")]
    waiting = [path for path in sources if "mark.kit" in path.read_text(encoding="utf-8") and path.name != "test_waiting.py"]
    assert len(waiting) > 5
    assert {family_of(str(path.relative_to(ROOT))) for path in waiting} <= set(FAMILIES.values())
