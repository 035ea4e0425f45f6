"""MTOM/XOP: an envelope with its documents beside it, byte for byte. Written and read here, bounded and hostile-proof. Pure.

Source: W3C MTOM and XOP, RFC 2387, dmp_psc.md §3.1. A schema is checked before packaging: :func:`inlined` puts the documents in
base64 where ``xop:Include`` stands on the wire.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import unquote

from lxml import etree

from plugins.dmp.transactions.envelope import KINDS, Malformed, serialized

XOP = "http://www.w3.org/2004/08/xop/include"
LIMIT = 64 * 1024 * 1024
"""Bytes of a whole answer that holds documents."""
MAX_PARTS = 64
MAX_HEADER = 8192
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]", re.ASCII)
_ENCODINGS = ("", "binary", "8bit", "7bit", "base64")
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Package:
    """What goes through HTTP."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An answer: its envelope, and the parts beside it by Content-ID, without angle brackets."""

    root: bytes
    parts: Mapping[str, bytes] = field(default_factory=dict)


def inlined(request: etree._Element, documents: Mapping[str, bytes]) -> etree._Element:
    """The request with each document in base64 inside its element, known by its ``id``."""
    for element in _holders(request, documents):
        element.text = base64.b64encode(documents[element.get("id", "")]).decode("ascii")
    return request


def packed(root: etree._Element, documents: Mapping[str, bytes], *, action: str, key: str) -> Package:
    """The envelope ``root`` and its documents, each beside it; ``key``, new for each message, makes boundary and Content-IDs."""
    names = {}
    for element in _holders(root, documents):
        names[element.get("id", "")] = f"{element.get('id', '').lower()}.{key}@dcc"
        etree.SubElement(element, f"{{{XOP}}}Include", href=f"cid:{names[element.get('id', '')]}", nsmap={"xop": XOP})
    start, content = f"root.{key}@dcc", serialized(root)
    boundary = _boundary(key, [content, *documents.values()])
    pieces = [_part(boundary, start, f'application/xop+xml; charset=UTF-8; type="{KINDS[0]}"'), content]
    for name, document in documents.items():
        pieces += [b"\r\n", _part(boundary, names[name], "application/octet-stream"), document]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    kind = f'multipart/related; boundary="{boundary}"; type="application/xop+xml"; start="<{start}>"; start-info="{KINDS[0]}"'
    return Package(b"".join(pieces), f'{kind}; action="{action}"')


def unpacked(content: bytes, content_type: str, *, limit: int = LIMIT) -> Unpacked:
    """A plain envelope, or one with parts. Raises :class:`Malformed`."""
    if len(content) > limit:
        raise Malformed("elle est démesurée")
    kind = Message()
    kind["Content-Type"] = content_type[:1000].replace("\r", " ").replace("\n", " ")
    if kind.get_content_type() in KINDS:
        return Unpacked(content)
    if kind.get_content_type() != "multipart/related":
        raise Malformed("ce n'est ni du SOAP ni du MTOM", cut=True)
    boundary = _parameter(kind, "boundary")
    if not _BOUNDARY.fullmatch(boundary):
        raise Malformed("ses parties n'ont pas de séparateur valable")
    parts = _parts(content, boundary.encode("ascii"))
    start = _name(_parameter(kind, "start")) or next(iter(parts), "")
    if start not in parts:
        raise Malformed("la partie qu'elle dit être la première (start) n'y est pas")
    return Unpacked(parts.pop(start), parts)


def content_of(element: etree._Element, parts: Mapping[str, bytes]) -> bytes:
    """The bytes of a document: those of the part that it includes, or its own text in base64. Raises :class:`Malformed`."""
    if len(element) == 0:
        return _decoded((element.text or "").encode("utf-8"), "un document")
    include = element[0]
    href = include.get("href", "")
    if len(element) != 1 or include.tag != f"{{{XOP}}}Include" or not href.startswith("cid:"):
        raise Malformed("un document n'est ni en base64 ni dans une partie jointe (cid:)")
    name = unquote(href.removeprefix("cid:"))
    if name not in parts:
        raise Malformed("un document renvoie à une partie (cid:) qui n'y est pas")
    return parts[name]


def _holders(root: etree._Element, documents: Mapping[str, bytes]) -> Iterator[etree._Element]:
    found = {element.get("id", ""): element for element in root.iter("{urn:ihe:iti:xds-b:2007}Document")}
    if found.keys() != documents.keys():
        raise ValueError("les documents ne sont pas ceux que la demande annonce")
    return iter(found.values())


def _boundary(key: str, contents: list[bytes]) -> str:
    boundary = f"dcc-{key}"
    while any(boundary.encode() in content for content in contents if len(content) > len(boundary)):
        boundary += "x"
    return boundary


def _part(boundary: str, name: str, kind: str) -> bytes:
    return (f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{name}>\r\n\r\n").encode()


def _parts(content: bytes, boundary: bytes) -> dict[str, bytes]:
    """Every part by its name; the last delimiter has to be there."""
    delimiter, found = b"\r\n--" + boundary, dict[str, bytes]()
    position = 0 if content.startswith(delimiter[2:]) else content.find(delimiter) + 2
    if position == 1:
        raise Malformed("ses parties manquent", cut=True)
    while True:
        position += len(delimiter) - 2
        if content[position : position + 2] == b"--":
            return found
        beginning = content.find(b"\r\n", position, position + 200)
        end = content.find(delimiter, position)
        if beginning < 0 or end < 0:
            raise Malformed("une partie n'a pas de fin", cut=True)
        if content[position:beginning].strip(b" \t") or len(found) >= MAX_PARTS:
            raise Malformed("ses parties sont mal séparées, ou trop nombreuses")
        name, part = _headed(content, beginning + 2, end, len(found))
        if name in found:
            raise Malformed("deux parties portent le même nom (Content-ID)")
        found[name] = part
        position = end + 2


def _headed(content: bytes, start: int, stop: int, number: int) -> tuple[str, bytes]:
    """Name and bytes of the part between two places; the bytes are copied once."""
    if content.startswith(b"\r\n", start):
        head, body = b"", start + 2
    else:
        end = content.find(b"\r\n\r\n", start, min(stop, start + MAX_HEADER))
        if end < 0:
            raise Malformed("une partie n'a pas d'en-tête, ou un en-tête démesuré")
        head, body = content[start:end], end + 4
    fields = {}
    for line in re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n"):
        field_name, _colon, value = line.partition(b":")
        fields[field_name.strip().lower()] = value.strip().decode("latin-1")
    encoding = fields.get(b"content-transfer-encoding", "").lower()
    if encoding not in _ENCODINGS:
        raise Malformed("une partie est codée d'une façon que MTOM n'admet pas")
    name = _name(fields.get(b"content-id", "")) or f"sans-nom-{number}"
    part = content[body:stop]
    return name, _decoded(part, "une partie") if encoding == "base64" else part


def _name(content_id: str) -> str:
    return content_id.strip().removeprefix("<").removesuffix(">")


def _parameter(kind: Message, name: str) -> str:
    try:
        found = kind.get_param(name)
    except (TypeError, ValueError):  # continuations (RFC 2231) that email.utils cannot sort
        raise Malformed("son Content-Type est illisible") from None
    return found if isinstance(found, str) else ""


def _decoded(text: bytes, what: str) -> bytes:
    try:
        return base64.b64decode(text.translate(None, _BLANKS), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what} n'est pas du base64") from None
