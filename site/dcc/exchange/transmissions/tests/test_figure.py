"""The lines of figure 10 as pages print them: they say the 37 allowed cells, each once, and nothing else."""

from __future__ import annotations

from itertools import product

from dcc.exchange.transmissions.figure import FigureLine, channel_words, figure_lines
from dcc.exchange.transmissions.policy import FIGURE_10


def _keys(line: FigureLine) -> list[tuple[str, str, str, str]]:
    return [
        (line.document, status, identity, kind)
        for status, identity, kind in product(line.statuses, line.identities, line.recipients)
    ]


def test_the_lines_say_each_allowed_cell_once() -> None:
    said = [key for line in figure_lines() for key in _keys(line)]
    assert sorted(said) == sorted(FIGURE_10)


def test_each_line_says_what_its_cells_say() -> None:
    for line in figure_lines():
        for key in _keys(line):
            cell = FIGURE_10[key]
            assert (cell.channel, cell.formats) == (line.channel, line.formats)
            assert cell.continuity == (key[2] in line.continuity)
            assert cell.source in line.sources
            if cell.automatic:
                assert key[3] in line.automatic


def test_the_lines_are_those_that_the_specification_prints() -> None:
    printed = [(line.document, " ".join(line.statuses), " ".join(line.recipients), line.channel_words) for line in figure_lines()]
    assert printed == [
        ("frcp", "complete", "dcc ps", "MSSanté"),
        ("frcp", "valide", "dcc ps", "MSSanté"),
        ("frcp", "valide", "pdc", "MSSanté"),
        ("frcp", "valide", "dmp", "DMP (Pro Santé Connect)"),
        ("pps", "en_cours complete cloture", "ps", "MSSanté"),
        ("pps", "valide", "ps", "MSSanté"),
        ("pps", "valide", "pdc", "MSSanté"),
        ("pps", "valide", "dmp", "DMP (Pro Santé Connect)"),
        ("pps", "valide", "patient", "MSSanté citoyenne"),
    ]


def test_a_channel_without_words_shows_its_own() -> None:
    assert channel_words("fax", "ps") == "fax"
