"""Which tree writes and reads which document. A new version of a volet is one more line here."""

from __future__ import annotations

from collections.abc import Mapping

from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.volets import frcp_2022_01, frcp_2025_01, pps_2022_01, pps_2025_01
from plugins.cda.volets.level_one import level_one_tree

WRITTEN: Mapping[tuple[str, str], Mapping[str, DocumentTree]] = {
    ("frcp", frcp_2025_01.VERSION): {"cda-n3": frcp_2025_01.N3, "cda-n1": frcp_2025_01.N1},
    ("pps", pps_2025_01.VERSION): {"cda-n3": pps_2025_01.N3, "cda-n1": pps_2025_01.N1},
}
"""(type of document, version of the volet) -> trees by format."""

READ: Mapping[str, Mapping[str, DocumentTree]] = {
    frcp_2025_01.TEMPLATE: {frcp_2025_01.VERSION: frcp_2025_01.N3, frcp_2022_01.VERSION: frcp_2022_01.N3},
    pps_2025_01.TEMPLATE: {pps_2025_01.VERSION: pps_2025_01.N3, pps_2022_01.VERSION: pps_2022_01.N3},
}
"""Template of the volet -> trees by version, the current one first."""

READ_NON_STRUCTURED: Mapping[str, DocumentTree] = {
    frcp_2025_01.CODE.code: frcp_2025_01.N1,
    pps_2025_01.CODE.code: pps_2025_01.N1,
}
"""LOINC code of the document -> tree of its level 1 form."""


def tree_written(document_type: str, version: str, form: str) -> DocumentTree | None:
    """The tree that writes a document in a format: that of its volet, else level 1 of a type that declares its code."""
    found = current().find(DocumentType, document_type)
    if found is not None and found.level_one and found.volet_version == version and form == "cda-n1":
        return level_one_tree(found.key, found.volet_version, found.level_one)
    return WRITTEN.get((document_type, version), {}).get(form)


def tree_non_structured(code: str) -> DocumentTree | None:
    """The tree that reads a document of level 1, by the code of the document."""
    if code in READ_NON_STRUCTURED:
        return READ_NON_STRUCTURED[code]
    for found in current().all(DocumentType):
        if found.level_one and found.level_one.code == code:
            return level_one_tree(found.key, found.volet_version, found.level_one)
    return None


def catalogue_version(tree: DocumentTree) -> str:
    """The version of the catalogue whose questions a tree answers: the one written, whatever version is read."""
    return next((version for kind, version in WRITTEN if kind == tree.document_type), tree.volet_version)
