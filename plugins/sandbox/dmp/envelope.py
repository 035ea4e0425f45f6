"""Messages on the wire: SOAP 1.2 with WS-Addressing, MTOM/XOP both ways (dmp_psc.md §1.1, §3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message as Headers
from urllib.parse import unquote
from uuid import uuid4

from lxml import etree

from plugins.sandbox.dmp.names import ACTIONS, SOAP, WSA, WSSE, XOP
from plugins.sandbox.dmp.problems import Fault

SOAP_TYPE, XOP_TYPE, MULTIPART = "application/soap+xml", "application/xop+xml", "multipart/related"
ANONYMOUS = f"{WSA}/anonymous"
_URN = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Message:
    """A request: its addressing, the ``wsse:Security``, the element of its body, the parts beside it by their Content-ID."""

    action: str
    message_id: str
    security: etree._Element
    payload: etree._Element
    packaged: bool
    parts: Mapping[str, bytes] = field(default_factory=dict)

    def content(self, element: etree._Element) -> bytes:
        """The bytes that ``xop:Include`` in an element points at. Raises :class:`Fault`."""
        include = element.find(f"{{{XOP}}}Include")
        reference = include.get("href", "") if include is not None else ""
        if not reference.startswith("cid:") or len(element) != 1:
            raise Fault("MTOM : un document n'est pas donné par xop:Include")
        part = self.parts.get(unquote(reference.removeprefix("cid:")))
        if part is None:
            raise Fault(f"MTOM : aucune partie n'a l'identifiant de {reference}")
        return part


def read(service: str, content_type: str, content: bytes) -> Message:
    """A request of a service. Raises :class:`Fault` for what is no message of it."""
    kind, parameters = _content_type(content_type)
    parts: Mapping[str, bytes] = {}
    if kind == MULTIPART:
        content, parts = _unpacked(parameters, content)
    elif kind != SOAP_TYPE:
        raise Fault(f"Content-Type inattendu : {kind}")
    envelope = parse(content)
    header, body = (envelope.find(f"{{{SOAP}}}{name}") for name in ("Header", "Body"))
    if envelope.tag != f"{{{SOAP}}}Envelope" or header is None or body is None or len(body) != 1:
        raise Fault("Enveloppe SOAP 1.2 attendue : un en-tête, un corps d'un élément")
    action = _checked_action(service, header, body[0], parameters.get("action", ""))
    security = header.findall(f"{{{WSSE}}}Security")
    if len(security) != 1:
        raise Fault("VIHF absent de l'en-tête de sécurité")
    return Message(action, _text(header, "MessageID"), security[0], body[0], kind == MULTIPART, parts)


def parse(content: bytes) -> etree._Element:
    """XML of a client. Raises :class:`Fault` when it is none, or has a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Fault(f"XML illisible : {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Fault("DOCTYPE interdit")
    return root


def write(payload: etree._Element, action: str, relates_to: str) -> bytes:
    """An answer in its envelope."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"S": SOAP, "wsa": WSA})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    told = {"Action": action, "MessageID": f"urn:uuid:{uuid4()}", "RelatesTo": relates_to, "To": ANONYMOUS}
    for name, text in told.items():
        etree.SubElement(header, f"{{{WSA}}}{name}").text = text
    etree.SubElement(root, f"{{{SOAP}}}Body").append(payload)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def fault(words: str, *, sender: bool = True) -> bytes:
    """A SOAP fault, in French."""
    payload = etree.Element(f"{{{SOAP}}}Fault", nsmap={"S": SOAP})
    code = etree.SubElement(etree.SubElement(payload, f"{{{SOAP}}}Code"), f"{{{SOAP}}}Value")
    code.text = f"S:{'Sender' if sender else 'Receiver'}"
    text = etree.SubElement(etree.SubElement(payload, f"{{{SOAP}}}Reason"), f"{{{SOAP}}}Text")
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "fr")
    text.text = words
    return write(payload, f"{WSA}/soap/fault", "")


def package(envelope: bytes, parts: Sequence[tuple[str, bytes]], action: str) -> tuple[str, bytes]:
    """Content-Type and bytes of a MTOM package; ``parts`` are Content-ID and bytes."""
    boundary, start = f"uuid-{uuid4()}", f"<racine-{uuid4()}@dmp>"
    rows = [(start, f'{XOP_TYPE}; charset=UTF-8; type="{SOAP_TYPE}"', envelope)]
    rows += [(f"<{identifier}>", "application/octet-stream", part) for identifier, part in parts]
    written = [
        f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {identifier}\r\n\r\n".encode()
        + part
        + b"\r\n"
        for identifier, kind, part in rows
    ]
    said = f'type="{XOP_TYPE}"; start="{start}"; start-info="{SOAP_TYPE}"; action="{action}"'
    return f'{MULTIPART}; boundary="{boundary}"; {said}', b"".join(written) + f"--{boundary}--\r\n".encode()


def _checked_action(service: str, header: etree._Element, payload: etree._Element, said: str) -> str:
    action, known = _text(header, "Action"), ACTIONS[service]
    if action not in known or payload.tag != known[action]:
        raise Fault(f"Le service « {service} » ne connaît pas l'action {action} avec {payload.tag}")
    if said != action:
        raise Fault("L'action du Content-Type n'est pas celle de wsa:Action")
    if not _text(header, "To").rstrip("/").endswith(f"/{service}"):
        raise Fault(f"wsa:To n'est pas l'adresse du service « {service} »")
    if not _URN.fullmatch(_text(header, "MessageID")):
        raise Fault("wsa:MessageID : urn:uuid:… est attendu")
    reply = header.findtext(f"{{{WSA}}}ReplyTo/{{{WSA}}}Address")
    if reply is not None and reply.strip() != ANONYMOUS:
        raise Fault("wsa:ReplyTo : l'adresse anonyme est attendue")
    return action


def _text(header: etree._Element, name: str) -> str:
    found = header.findall(f"{{{WSA}}}{name}")
    return (found[0].text or "").strip() if len(found) == 1 else ""


def _content_type(value: str) -> tuple[str, Mapping[str, str]]:
    read_by = Headers()
    read_by["Content-Type"] = value
    found = read_by.get_params() or []
    return read_by.get_content_type(), {name.lower(): text for name, text in found[1:]}


def _unpacked(parameters: Mapping[str, str], content: bytes) -> tuple[bytes, Mapping[str, bytes]]:
    expected = {"type": XOP_TYPE, "start-info": SOAP_TYPE}
    if any(parameters.get(name, "").lower() != word for name, word in expected.items()) or not parameters.get("boundary"):
        raise Fault('MTOM : type="application/xop+xml", start-info="application/soap+xml" et boundary sont attendus')
    parts = _parts(parameters["boundary"].encode(), content)
    start = parameters.get("start", "")
    root = start[1:-1] if start.startswith("<") else ""
    if root not in parts:
        raise Fault("MTOM : start ne désigne aucune partie, entre < et >")
    return parts[root], {identifier: part for identifier, part in parts.items() if identifier != root}


def _parts(boundary: bytes, content: bytes) -> dict[str, bytes]:
    pieces = (b"\r\n" + content).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Fault("MTOM : le paquet n'est pas fermé par sa limite")
    parts: dict[str, bytes] = {}
    for piece in pieces[1:-1]:
        head, separator, part = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        identifier = re.search(rb"(?im)^content-id:\s*<([^>\r\n]+)>\s*$", head)
        if not separator or identifier is None:
            raise Fault("MTOM : chaque partie a un Content-ID entre < et >")
        if not re.search(rb"(?im)^content-transfer-encoding:\s*(binary|8bit)\s*$", head):
            raise Fault("MTOM : Content-Transfer-Encoding: binary est attendu")
        parts[identifier[1].decode("ascii", "replace")] = part
    return parts
