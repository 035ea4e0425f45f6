"""Opening a PDF with pdfium, one at a time: the library bears no two threads at once, whatever documents they hold.

Two at once stop the process without an exception, a web worker with threads included.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """The document (``pypdfium2.PdfDocument``), closed afterwards; raises ``pypdfium2.PdfiumError`` when it cannot be read."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()
