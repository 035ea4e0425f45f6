"""Which tree writes and reads which document. A new version of a volet is one more line here."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.volets import frcp_2022_01, frcp_2025_01

WRITTEN: Mapping[tuple[str, str], Mapping[str, DocumentTree]] = {
    ("frcp", frcp_2025_01.VERSION): {"cda-n3": frcp_2025_01.N3, "cda-n1": frcp_2025_01.N1},
}
"""(type of document, version of the volet) -> trees by format."""

READ: Mapping[str, Mapping[str, DocumentTree]] = {
    frcp_2025_01.TEMPLATE: {frcp_2025_01.VERSION: frcp_2025_01.N3, frcp_2022_01.VERSION: frcp_2022_01.N3},
}
"""Template of the volet -> trees by version, the current one first."""

READ_NON_STRUCTURED: Mapping[str, DocumentTree] = {frcp_2025_01.CODE.code: frcp_2025_01.N1}
"""LOINC code of the document -> tree of its level 1 form."""
