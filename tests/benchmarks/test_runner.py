"""The runner's own arithmetic; no time is asserted anywhere."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.protocol import Bench, missed
from tests.benchmarks.run import ROOT, benches, measure, measure_row, modules, report


def nothing() -> None:
    """A call that the runner times."""


@pytest.mark.parametrize(
    ("bench", "ours", "theirs", "misses"),
    [
        (Bench("x", nothing, "au plus 15 ms", at_most=15), 15.0, None, 0),
        (Bench("x", nothing, "au plus 15 ms", at_most=15), 15.1, None, 1),
        (Bench("x", nothing, "40 fois", times_faster=40), 10.0, 400.0, 0),
        (Bench("x", nothing, "40 fois", times_faster=40), 10.0, 399.0, 1),
        (Bench("x", nothing, "au plus 4 fois", at_most_times=4), 8.0, 2.0, 0),
        (Bench("x", nothing, "au plus 4 fois", at_most_times=4), 8.1, 2.0, 1),
        (Bench("x", nothing, "les deux", at_most=1, times_faster=2), 8.0, 2.0, 2),
    ],
)
def test_when_a_target_is_met(bench: Bench, ours: float, theirs: float | None, misses: int) -> None:
    assert len(missed(bench, ours, theirs)) == misses


def test_a_bench_is_measured_beside_its_reference() -> None:
    ours, theirs = iter([0.0, 3.0, 1.0, 2.0]), iter([10.0, 30.0])
    bench = Bench(
        "Mémoire", lambda: next(ours), "au plus 2 Mo", "Mo", runs=3, at_most=2, reference=lambda: next(theirs), reference_runs=2
    )
    figures = measure(bench)
    assert figures.samples == [3.0, 1.0, 2.0], "the first call only warms up"
    assert figures.reference == [10.0, 30.0]


def test_a_call_without_figure_is_timed() -> None:
    assert all(sample >= 0 for sample in measure(Bench("x", nothing, "", runs=2)).samples)


def test_what_cannot_run_here_is_said_and_counts_for_nothing() -> None:
    row, misses = measure_row(Bench("Contrôle CDA", nothing, "au plus 500 ms", needs=lambda: "kit absent"))
    assert row == "| Contrôle CDA | non mesuré : kit absent | | au plus 500 ms | |"
    assert misses == 0


def test_the_page_groups_rows_by_module() -> None:
    page = report([("pdf", "| a |"), ("cda", "| b |"), ("pdf", "| c |")])
    assert page.index("## pdf") < page.index("| a |") < page.index("| c |") < page.index("## cda") < page.index("| b |")


def test_every_bench_module_follows_the_protocol() -> None:
    names = [bench.name for stem in modules() for bench in benches(stem)]
    assert len(names) == len(set(names))


@pytest.mark.prove
def test_every_bench_still_runs() -> None:
    """What a bench prepares follows the rules of the day: one that nobody ran for a while had broken unseen."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.run", "--once"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    for stem in modules():
        for bench in benches(stem):
            assert f"{stem}: | {bench.name} | " in done.stdout
