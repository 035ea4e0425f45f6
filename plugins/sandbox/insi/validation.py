"""Whether a request is one: against our grammar, always, and against the official schemas when the kit is there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lxml import etree

GRAMMAR = Path(__file__).parents[1] / "data" / "insi.rng"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
OFFICIAL = {
    "{urn:siram:lps:ctxlps}ContexteLPS": "CTX/ROOT_ctxlps_CTXLPS_V01_00.xsd",
    "{urn:siram:bam:ctxbam}ContexteBAM": "CTX/ROOT_ctxbam_CTXBAM_V01_02.xsd",
    "{http://www.w3.org/2005/08/addressing}MessageID": "WSA/ws-addr.xsd",
    "{http://www.w3.org/2005/08/addressing}Action": "WSA/ws-addr.xsd",
    "{http://www.cnamts.fr/INSiRecSans}RECSANSVITALE": "ServiceIdentiteCertifiee/INSi_RECSANS_INS.xsd",
    "{http://www.cnamts.fr/INSiRecVit}RECVITALE": "ServiceIdentiteCertifiee/INSi_RECVITALE_INS.xsd",
}
"""Schema of each block of an envelope, in ``wsdl/xsd`` of the kit of INSi (DESIR_ICIR_EXP_1.5.0)."""


def parse(content: bytes) -> etree._Element:
    """The envelope; raises ``ValueError`` when it is no XML, or has a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("DOCTYPE")
    return root


def problems(root: etree._Element, kit: Path | None) -> list[str]:
    """What is wrong with an envelope; ``kit`` is the folder of the official files, nothing without them."""
    grammar = _grammar()
    found = [] if grammar.validate(root) else [f"grammaire : {_words(grammar)}"]
    return found + (list(_official(root, kit / "wsdl" / "xsd")) if kit else [])


def _official(root: etree._Element, folder: Path) -> Iterator[str]:
    for block in root.iterfind(f"{{{SOAP}}}*/*"):
        name = str(block.tag)
        if name not in OFFICIAL:
            yield f"{name} : inconnu du contrat"
            continue
        schema = _schema(folder / OFFICIAL[name])
        if not schema.validate(etree.fromstring(etree.tostring(block, with_tail=False))):
            yield f"{OFFICIAL[name]} : {_words(schema)}"


def _words(judge: etree.RelaxNG | etree.XMLSchema) -> str:
    return " ; ".join(str(error.message) for error in judge.error_log)  # type: ignore[union-attr]  # lxml-stubs forget that it is a list


@lru_cache(maxsize=1)
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(str(GRAMMAR)))


@lru_cache(maxsize=16)
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True, load_dtd=False)))
