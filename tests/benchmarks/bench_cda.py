"""CDA: what writing and reading a full FRCP costs, without PDF and without control (issue « Spine »: 15 ms each).

The document is the maximal one of the sample maker: three rows in every group (three tumours, three molecular reports), every
answer that can be given at once, long texts; some 165 kB and 3 700 elements, against 2 700 in the official example.
"""

from __future__ import annotations

from functools import cache

from dcc.contracts.snapshots import DocumentSnapshot
from plugins.cda.api import N3, CdaReader, encode
from plugins.cda.tests.documents import answers_of, make_document
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


def prepare() -> None:
    """Make the document, fill the caches of the value sets."""
    read()


BENCHES = [
    Bench("Encodage CDA d'une FRCP complète (sans PDF ni contrôle)", write, target="au plus 15 ms", at_most=15, prepare=prepare),
    Bench("Lecture CDA d'une FRCP complète", read, target="au plus 15 ms", at_most=15, prepare=prepare),
]
