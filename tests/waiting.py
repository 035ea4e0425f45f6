"""Checks that wait for data which is not in this repository: skipped with one loud line, failed by continuous integration.

``kit`` marks wait for the official kit, ``reference`` marks for the reference data of the project. The line is written by the
process that reports, whatever process (pytest-xdist) skipped.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from tests.fixtures import kit_dir, reference_dir

KIT_MISSING = "kit officiel de l'ANS absent"
REFERENCE_MISSING = "données de référence absentes (DCC_REFERENCE_DIR)"
HOW_TO = (
    "L'installer : « manage.py install_kit CHEMIN » (dossier ou ZIP du dépôt testContenuCDA de l'ANS), ou DCC_KIT_DIR=CHEMIN, "
    "puis relancer les tests"
)
FAMILIES: Mapping[str, str] = {
    "plugins/cda/tests/test_conformance": "contrôleur de conformité",
    "plugins/cda/tests/test_conformity": "sorties contrôlées par XSD et schématrons",
    "plugins/cda/": "exemples officiels lus et réécrits",
    "plugins/ppac/": "documents d'un greffon contrôlés par XSD et schématrons",
    "tests/": "portes d'entrée et exemples officiels de bout en bout",
    "forms_config/": "jeux de valeurs et textes officiels",
    "site/dcc/": "vecteurs officiels de l'INS",
}
"""Beginning of a test's path -> what it checks, the first that fits."""


def _missing(item: pytest.Item) -> str:
    if item.get_closest_marker("kit") and not (kit_dir() / "schematrons").is_dir():
        return KIT_MISSING
    if item.get_closest_marker("reference") and not reference_dir().is_dir():
        return REFERENCE_MISSING
    return ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what waits; where ``CI=true``, the official kit must be there: what waits for it fails."""
    missing = _missing(item)
    if missing == KIT_MISSING and os.environ.get("CI") == "true":
        pytest.fail(f"{KIT_MISSING} ; avec CI=true c'est un échec. {HOW_TO}.", pytrace=False)
    if missing:
        pytest.skip(missing)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The one loud line."""
    line = waiting_line([(report.nodeid, str(report.longrepr)) for report in terminalreporter.stats.get("skipped", ())])
    if line:
        terminalreporter.write_line(line, red=True, bold=True)


def waiting_line(skipped: list[tuple[str, str]]) -> str:
    """What waits, by families, from the skipped tests and their reasons; empty when nothing waits for data."""
    kit = [node for node, reason in skipped if KIT_MISSING in reason]
    others = sum(REFERENCE_MISSING in reason for _, reason in skipped)
    parts = []
    if kit:
        families = Counter(family_of(node) for node in kit)
        named = ", ".join(f"{name} : {count}" for name, count in families.most_common())
        parts.append(f"{len(kit)} contrôles attendent le kit officiel de l'ANS ({named}). {HOW_TO}")
    if others:
        parts.append(f"{others} contrôles attendent les données de référence du projet (DCC_REFERENCE_DIR=CHEMIN)")
    return f"ATTENTION : {'. '.join(parts)}." if parts else ""


def family_of(node: str) -> str:
    """The family of a test, by its path."""
    return next((name for start, name in FAMILIES.items() if node.startswith(start)), node.partition("::")[0])
