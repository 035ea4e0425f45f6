"""SOAP 1.2 with WS-Addressing, as the DMP wants it: written with lxml, read bounded and without entities. Pure.

Source: dmp_psc.md §1.1 (headers), §3.1 (MTOM). One VIHF in ``wsse:Security`` for each call.
"""

from __future__ import annotations

from lxml import etree

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
HL7 = "urn:hl7-org:v3"
ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
KINDS = ("application/soap+xml", "text/xml", "application/xml")
"""Content types that are read beside MTOM."""

LIMIT = 16 * 1024 * 1024
"""Bytes of an envelope, documents apart; the entry of a document takes some 15 kB."""
MAX_TAGS = 400_000


class Malformed(Exception):
    """An answer that is not what it must be; the message says what and where, in French, and quotes no value.

    ``cut``: it was interrupted on its way, or something in between answered.
    """

    def __init__(self, why: str, *, cut: bool = False) -> None:
        super().__init__(why)
        self.cut = cut


def envelope(
    body: etree._Element, *, action: str, to: str, message_id: str, assertion: etree._Element | None = None
) -> etree._Element:
    """The whole envelope; ``message_id`` is ``urn:uuid:…``."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wsa": WSA})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    _text(header, "MessageID", message_id)
    _text(header, "To", to)
    etree.SubElement(_text(header, "ReplyTo", ""), f"{{{WSA}}}Address").text = ANONYMOUS
    _text(header, "Action", action).set(f"{{{SOAP}}}mustUnderstand", "true")
    if assertion is not None:
        etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE}).append(assertion)
    etree.SubElement(root, f"{{{SOAP}}}Body").append(body)
    return root


def default_namespace(uri: str) -> dict[str, str]:
    """A map that lets an element and what it holds be written without a prefix."""
    return {None: uri}  # type: ignore[dict-item]  # lxml-stubs forget that None stands for the default namespace


def serialized(element: etree._Element) -> bytes:
    """UTF-8, without indentation: signed parts stay as they were signed."""
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def tree_of(content: bytes) -> etree._Element:
    """XML of strangers, bounded, without DTD. Raises :class:`Malformed`."""
    if len(content) > LIMIT or content.count(b"<") > MAX_TAGS:
        raise Malformed("elle est démesurée")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Malformed("ce n'est pas du XML entier et bien formé", cut=not content.rstrip().endswith(b">")) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("elle porte une déclaration de type de document, que SOAP exclut")
    return root


def payload_of(content: bytes) -> etree._Element:
    """The one element of the body of an envelope. Raises :class:`Malformed`."""
    root = tree_of(content)
    bodies = root.findall(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise Malformed("ce n'est pas une enveloppe SOAP 1.2 avec un corps d'un seul élément")
    return bodies[0][0]


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{WSA}}}{name}")
    element.text = text or None
    return element
