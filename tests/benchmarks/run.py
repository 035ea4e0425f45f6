"""Runs the benchmarks and writes ``docs/benchmarks.md``: ``make bench``; ``make bench ONLY=pdf`` measures one module, unwritten.

References are measured in the same run, in turn with ours, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
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
    """Measure the modules whose name contains ``only`` (all), each in a process and on a database of its own.

    ``once``: each bench is run a single time, to see that it still runs. The page is written when all is measured, and nothing
    failed. Answers how many modules failed; a target that is missed is said, and no failure.
    """
    rows: list[tuple[str, str]] = []
    missing, failed = 0, []
    for stem in modules(only):
        with tempfile.NamedTemporaryFile(prefix="oncodcc-bench-", suffix=".json") as told:
            command = [sys.executable, "-m", "tests.benchmarks.run", "--module", stem, "--to", told.name]
            if subprocess.run([*command, *(["--once"] if once else [])], cwd=ROOT, check=False).returncode:
                failed.append(stem)
                continue
            measured = json.loads(Path(told.name).read_bytes())
        rows += [(stem, row) for row, _missed in measured]
        missing += sum(missed for _row, missed in measured)
    if not (only or once or failed):
        REPORT.write_text(report(rows), encoding="utf-8")
        sys.stdout.write(f"{REPORT.relative_to(ROOT)} écrit\n")
    sys.stdout.write(f"{missing} cible(s) manquée(s)\n")
    sys.stdout.writelines(f"{stem} : en échec\n" for stem in failed)
    return len(failed)


def measure_module(stem: str, told: Path, *, once: bool) -> None:
    """Measure the benches of a module on an empty database; the rows, and whether each misses its target, go to a file."""
    import django
    from django.test.utils import setup_databases, setup_test_environment

    from tests.database_copy import migrated_once

    django.setup()
    setup_test_environment()
    with migrated_once():
        setup_databases(verbosity=0, interactive=False)
    measured = []
    for bench in benches(stem):
        measured.append(measure_row(replace(bench, warm_up=0, runs=1, reference_runs=1) if once else bench))
        sys.stdout.write(f"{stem}: {measured[-1][0]}\n")
        sys.stdout.flush()
    told.write_text(json.dumps(measured), encoding="utf-8")


def modules(only: str = "") -> list[str]:
    """Every ``bench_*.py`` by its name, or those whose name contains ``only``."""
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    return [name for name in names if only in name]


def benches(stem: str) -> Sequence[Bench]:
    """The benches of a module."""
    found: Sequence[Bench] = importlib.import_module(f"tests.benchmarks.bench_{stem}").BENCHES
    return found


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
    parser.add_argument("--module", help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.module:
        measure_module(asked.module, asked.to, once=asked.once)
    else:
        sys.exit(min(main(asked.only, once=asked.once), 1))
