"""TD3.2 (ITI-43): the bytes of documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from plugins.dmp.transactions.envelope import Malformed
from plugins.dmp.transactions.mtom import content_of
from plugins.dmp.transactions.submission import XDSB

REPOSITORY = "1.2.250.1.213.4.1.1.1.2"
ANSWER = f"{{{XDSB}}}RetrieveDocumentSetResponse"
AT_MOST = 5
"""Documents of one call: an answer stays within the bounds that are read."""


def request(unique_ids: Sequence[str]) -> etree._Element:
    """``RetrieveDocumentSetRequest`` to the repository of the DMP."""
    root = etree.Element(f"{{{XDSB}}}RetrieveDocumentSetRequest", nsmap={"xdsb": XDSB})
    for unique_id in unique_ids:
        wanted = etree.SubElement(root, f"{{{XDSB}}}DocumentRequest")
        etree.SubElement(wanted, f"{{{XDSB}}}RepositoryUniqueId").text = REPOSITORY
        etree.SubElement(wanted, f"{{{XDSB}}}DocumentUniqueId").text = unique_id
    return root


def read(answer: etree._Element, parts: Mapping[str, bytes], asked: Sequence[str]) -> dict[str, bytes]:
    """Documents by uniqueId, those that came. Raises :class:`Malformed` for one that nobody asked for."""
    found: dict[str, bytes] = {}
    for response in answer.iterfind(f"{{{XDSB}}}DocumentResponse"):
        unique_id = (response.findtext(f"{{{XDSB}}}DocumentUniqueId") or "").strip()
        document = response.find(f"{{{XDSB}}}Document")
        if document is None or unique_id not in asked or unique_id in found:
            raise Malformed("elle porte un document qui n'était pas demandé, ou deux fois le même")
        found[unique_id] = content_of(document, parts)
    return found
