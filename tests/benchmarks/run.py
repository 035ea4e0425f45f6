"""Runs the benchmarks and writes ``docs/benchmarks.md``: ``make bench``; ``make bench ONLY=pdf`` measures one module, unwritten.

References are measured in the same run, in turn with ours, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "benchmarks.md"

if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "dcc.settings.test"

from tests.benchmarks.protocol import Bench, Call, Figures, missed  # noqa: E402  (after the path)
from tests.proofs.machine import describe_run  # noqa: E402  (after the path)


def main(only: str = "", *, once: bool = False) -> int:
    """Measure every bench, or those of the modules whose name contains ``only``; answers how many targets were missed.

    ``once``: each is run a single time, to see that it still runs; nothing is written.
    """
    import django
    from django.test.utils import setup_databases, setup_test_environment

    django.setup()
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    rows, misses = [], 0
    for module, bench in benches(only):
        row, missing = measure_row(replace(bench, warm_up=0, runs=1, reference_runs=1) if once else bench)
        misses += missing
        rows.append((module, row))
        sys.stdout.write(f"{module}: {row}\n")
        sys.stdout.flush()
    if not only and not once:
        REPORT.write_text(report(rows), encoding="utf-8")
        sys.stdout.write(f"{REPORT.relative_to(ROOT)} écrit, {misses} cible(s) manquée(s)\n")
    return misses


def benches(only: str) -> Iterator[tuple[str, Bench]]:
    """Every bench of every ``bench_*.py``, by module name."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if only in path.stem:
            module = importlib.import_module(f"tests.benchmarks.{path.stem}")
            yield from ((path.stem.removeprefix("bench_"), bench) for bench in module.BENCHES)


def measure_row(bench: Bench) -> tuple[str, int]:
    """The table row of a bench, and 1 when its target is missed."""
    lacking = bench.needs() if bench.needs else ""
    if lacking:
        return f"| {bench.name} | non mesuré : {lacking} | | {bench.target} | |", 0
    try:
        figures = measure(bench)
    finally:
        if bench.clean_up:
            bench.clean_up()
    ours = statistics.median(figures.samples)
    theirs = statistics.median(figures.reference) if figures.reference else None
    found = missed(bench, ours, theirs)
    judged = (bench.at_most, bench.times_faster, bench.at_most_times) != (None, None, None)
    verdict = "manquée : " + ", ".join(found) if found else "tenue" if judged else ""
    beside = f"{spread(figures.reference, bench.unit)} ({bench.reference_name})" if figures.reference else ""
    return f"| {bench.name} | {spread(figures.samples, bench.unit)} | {beside} | {bench.target} | {verdict} |", int(bool(found))


def spread(samples: list[float], unit: str) -> str:
    """Median with extremes: ``12.3 ms (11.0 à 15.2, n = 20)``."""
    return f"{statistics.median(samples):.1f} {unit} ({min(samples):.1f} à {max(samples):.1f}, n = {len(samples)})"


def measure(bench: Bench) -> Figures:
    """Samples of a bench and of its reference, taken in turn."""
    if bench.prepare:
        bench.prepare()
    for _ in range(bench.warm_up):
        bench.run()
    figures = Figures([], [])
    for turn in range(max(bench.runs, bench.reference_runs if bench.reference else 0)):
        if turn < bench.runs:
            figures.samples.append(sample(bench.run))
        if bench.reference and turn < bench.reference_runs:
            figures.reference.append(sample(bench.reference))
    return figures


def sample(call: Call) -> float:
    """One figure: what the call returns, else its duration in milliseconds."""
    gc.collect()
    begun = time.perf_counter()
    figure = call()
    elapsed = (time.perf_counter() - begun) * 1000
    return elapsed if figure is None else figure


def report(rows: list[tuple[str, str]]) -> str:
    """The whole page."""
    lines = [
        "# Benchmarks",
        "",
        "Écrit par `make bench` : médiane (extrêmes) de chaque mesure, à côté de sa référence prise à tour de rôle",
        "dans la même exécution.",
        "",
        *[f"- {line}" for line in describe_run()],
    ]
    for module in dict.fromkeys(module for module, _ in rows):
        lines += ["", f"## {module}", "", "| mesure | médiane | référence | cible | verdict |", "|---|---|---|---|---|"]
        lines += [row for owner, row in rows if owner == module]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Mesure et écrit docs/benchmarks.md")
    parser.add_argument("--only", default="", help="modules dont le nom contient ce mot ; rien n'est écrit")
    parser.add_argument("--once", action="store_true", help="chaque mesure une seule fois ; rien n'est écrit")
    asked = parser.parse_args()
    main(asked.only, once=asked.once)
