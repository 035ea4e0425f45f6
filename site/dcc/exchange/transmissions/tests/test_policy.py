"""Figure 10, cell by cell: against the figure as the specification prints it, not against the rows of the code."""

from __future__ import annotations

import pytest

from dcc.exchange.transmissions.policy import FIGURE_10, all_cells, cell_of

FIGURE = """
frcp complete  dcc,ps            any        mss  N3 N1 PDF
frcp valide    dcc,ps            any        mss  N3 N1 PDF
frcp valide    pdc               qualifiee  mss  N3 N1 PDF
frcp valide    dmp               qualifiee  dmp  N3
pps  en_cours  ps                any        mss  N3 N1 PDF
pps  complete  ps                any        mss  N3 N1 PDF
pps  cloture   ps                any        mss  N3 N1 PDF
pps  valide    ps                any        mss  N3 N1
pps  valide    pdc               qualifiee  mss  N3 N1 PDF
pps  valide    dmp               qualifiee  dmp  N3
pps  valide    patient           qualifiee  mss  N3 N1 PDF
"""
NAMES = {"N3": "cda-n3", "N1": "cda-n1", "PDF": "pdf-a1"}


def _printed() -> dict[tuple[str, str, str, str], tuple[str, tuple[str, ...]]]:
    cells = {}
    for line in FIGURE.strip().splitlines():
        document, status, recipients, identities, channel, *formats = line.split()
        shown = ("provisoire", "recuperee", "validee", "qualifiee") if identities == "any" else (identities,)
        for recipient in recipients.split(","):
            for identity in shown:
                cells[document, status, identity, recipient] = (channel, tuple(NAMES[f] for f in formats))
    return cells


PRINTED = _printed()


def test_there_are_160_cells_and_37_are_allowed() -> None:
    cells = list(all_cells())
    assert len(cells) == 160
    assert sum(cell is not None for _, cell in cells) == len(PRINTED) == len(FIGURE_10) == 37


@pytest.mark.parametrize("key", [key for key, _ in all_cells()], ids="-".join)
def test_each_cell_says_what_the_figure_says(key: tuple[str, str, str, str]) -> None:
    cell = cell_of(*key)
    if key not in PRINTED:
        assert cell is None
        return
    assert cell is not None
    assert (cell.channel, cell.formats) == PRINTED[key]
    assert cell.continuity == (key[2] != "qualifiee")
    assert cell.automatic == (key[1] == "valide" and key[2] == "qualifiee" and key[3] != "dcc")


def test_a_value_on_no_axis_is_told() -> None:
    with pytest.raises(KeyError, match="annule"):
        cell_of("frcp", "annule", "qualifiee", "ps")
