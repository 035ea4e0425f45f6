"""Benchmarks: figures, never assertions on time. ``make bench`` runs them all and writes ``docs/benchmarks.md``.

A module ``bench_<what>.py`` beside this one holds ``BENCHES: list[Bench]``::

    from tests.benchmarks.protocol import Bench

    def encode() -> None:
        encode_frcp(SNAPSHOT)          # one measured call

    BENCHES = [
        Bench("Encodage CDA d'une FRCP", encode, target="au plus 15 ms", at_most=15.0),
        Bench("Contrôle CDA, à chaud", check, target="au plus 500 ms et 40 fois plus rapide que la procédure du kit",
              at_most=500.0, reference=check_with_the_kit, reference_name="5 x Saxon-HE, une JVM par schématron",
              times_faster=40.0, reference_runs=3, needs=kit_is_there),
    ]

The runner makes a test database first (settings ``dcc.settings.test``), so a bench may use models; ``prepare`` fills it.
Nothing is measured at import.
"""
