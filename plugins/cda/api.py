"""Door of the CDA plugin, for its own tests, commands and benchmarks; the platform reaches it through the registry.

    content = encode(frcp_2025_01.N3, snapshot, pdf)      # the PDF may be left out (preview, benchmarks)
    result = CdaReader().read(content)                    # ReadResult: answers, identity, header, files, what is unknown

``N3`` and ``N1`` are the trees of the FRCP 2025.01, ``PPS_N3`` and ``PPS_N1`` those of the PPS.
Conformance has its own door, :mod:`plugins.cda.conformance`.
"""

from __future__ import annotations

from plugins.cda.encoding import encode, questions_of
from plugins.cda.reader import CdaReader
from plugins.cda.renderers import CdaRenderer
from plugins.cda.volets.frcp_2025_01 import N1, N3
from plugins.cda.volets.pps_2025_01 import N1 as PPS_N1
from plugins.cda.volets.pps_2025_01 import N3 as PPS_N3

__all__ = ["N1", "N3", "PPS_N1", "PPS_N3", "CdaReader", "CdaRenderer", "encode", "questions_of"]
