"""What a benchmark is, for the runner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Call = Callable[[], float | None]
"""One measured call. The runner times it, unless it returns its own figure in the bench's unit (server time, memory)."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One line of ``docs/benchmarks.md``: median of ``runs`` calls, beside the median of the reference in the same run.

    ``name`` and ``target`` are French; ``at_most`` (in ``unit``) and ``times_faster`` (reference / measure) say when the target
    is met (neither: for information); ``at_most_times`` is the same the other way round (measure / reference).
    ``prepare`` is called once before, ``clean_up`` once after; ``needs`` answers an empty text when the bench can run here, else
    what is missing.
    """

    name: str
    run: Call
    target: str
    unit: str = "ms"
    runs: int = 20
    warm_up: int = 1
    at_most: float | None = None
    reference: Call | None = None
    reference_name: str = ""
    reference_runs: int = 20
    times_faster: float | None = None
    at_most_times: float | None = None
    prepare: Callable[[], None] | None = None
    clean_up: Callable[[], None] | None = None
    needs: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Samples of one bench, in its unit."""

    samples: list[float]
    reference: list[float]


def missed(bench: Bench, measure: float, reference: float | None) -> list[str]:
    """Which parts of the target are missed by these medians, in French; empty when it is met."""
    found = []
    if bench.at_most is not None and measure > bench.at_most:
        found.append(f"{measure:.1f} {bench.unit} au lieu de {bench.at_most:g}")
    if reference is None:
        return found
    if bench.times_faster is not None and reference < bench.times_faster * measure:
        found.append(f"{reference / measure:.1f} fois plus rapide au lieu de {bench.times_faster:g}")
    if bench.at_most_times is not None and measure > bench.at_most_times * reference:
        found.append(f"{measure / reference:.1f} fois la référence au lieu de {bench.at_most_times:g}")
    return found
