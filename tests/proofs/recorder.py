"""The ``proof`` fixture: campaigns record their figures; ``make prove`` renders them to ``docs/proofs/<issue>.md``.

Records are kept by title in ``var/proofs/<issue>.json``, so that running one campaign again renews its section only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.machine import ROOT, describe_run


class Proof:
    """What a campaign shows."""

    def __init__(self, test: str, keep: bool) -> None:
        self._test, self._keep = test, keep

    def record(self, *, issue: int, title: str, figures: Mapping[str, Any]) -> None:
        """Keep the figures of a campaign that succeeded; call it last. A reduced campaign writes nothing."""
        if not self._keep:
            return
        store = ROOT / "var" / "proofs" / f"{issue}.json"
        store.parent.mkdir(parents=True, exist_ok=True)
        kept: dict[str, Any] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
        kept[title] = {"test": self._test, "run": describe_run(), "figures": {k: str(v) for k, v in figures.items()}}
        store.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        page = ROOT / "docs" / "proofs" / f"{issue}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(render(issue, kept), encoding="utf-8")


def render(issue: int, kept: Mapping[str, Any]) -> str:
    """The page of an issue: one section per campaign, with its figures and what it ran on."""
    lines = [f"# Preuves de l'issue {issue}", "", "Écrit par `make prove` ; chaque section dit sur quoi elle a tourné.", ""]
    for title, section in sorted(kept.items()):
        lines += [f"## {title}", "", "| mesure | valeur |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in section["figures"].items()]
        lines += ["", f"`{section['test']}`", "", *[f"- {line}" for line in section["run"]], ""]
    return "\n".join(lines).rstrip() + "\n"


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    """Where a campaign records its figures."""
    path = Path(request.node.nodeid.partition("::")[0])
    test = request.node.nodeid if not path.is_absolute() else os.path.relpath(path, ROOT)
    return Proof(test, keep=request.node.get_closest_marker("prove") is not None)
