"""CDA: what writing and reading a full FRCP costs, without PDF and without control (issue « Spine »: 15 ms each).

The document is the maximal one of the sample maker: three rows in every group (three tumours, three molecular reports), every
answer that can be given at once, long texts; some 165 kB and 3 700 elements, against 2 700 in the official example. The PPS is
the typical one, with acts of every kind but one; some 105 kB.
"""

from __future__ import annotations

from functools import cache

from dcc.contracts.snapshots import DocumentSnapshot
from plugins.cda.api import N3, PPS_N3, CdaReader, encode
from plugins.cda.tests.documents import answers_of, make_document, make_pps, pps_answers_of
from tests.benchmarks.protocol import Bench


@cache
def _document() -> DocumentSnapshot:
    return make_document(answers_of("maximal"), attachments=())


@cache
def _content() -> bytes:
    return encode(N3, _document())


def write() -> None:
    """Encode."""
    encode(N3, _document())


@cache
def _reader() -> CdaReader:
    return CdaReader()


def read() -> None:
    """Decode, as an import does: bounds, value sets of the platform, narrative compared with entries."""
    _reader().read(_content())


@cache
def _pps() -> DocumentSnapshot:
    return make_pps(pps_answers_of("typical"), attachments=())


@cache
def _pps_content() -> bytes:
    return encode(PPS_N3, _pps())


def write_pps() -> None:
    """Encode a PPS with acts of every kind."""
    encode(PPS_N3, _pps())


def read_pps() -> None:
    """Decode it."""
    _reader().read(_pps_content())


def prepare() -> None:
    """Make the documents, fill the caches of the value sets."""
    read()
    read_pps()


BENCHES = [
    Bench("Encodage CDA d'une FRCP complète (sans PDF ni contrôle)", write, target="au plus 15 ms", at_most=15, prepare=prepare),
    Bench("Lecture CDA d'une FRCP complète", read, target="au plus 15 ms", at_most=15, prepare=prepare),
    Bench("Encodage CDA d'un PPS courant", write_pps, target="au plus 15 ms", at_most=15, prepare=prepare),
    Bench("Lecture CDA d'un PPS courant", read_pps, target="au plus 25 ms", at_most=25, prepare=prepare),
]
