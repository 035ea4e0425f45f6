"""A mail of a stranger taken apart, within bounds: depth, number of parts, length of headers. Pure; never raises for its content.

The standard library's parser descends as deep as a mail asks it to and looks at each line once for each level; this one stops
where no honest mail goes, says so in ``findings``, and gives what it read until there. Nothing here opens an archive.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value, getaddresses

HEADERS = 131_072
"""Bytes of headers that are read; what follows is not looked at."""
LINES = 1_000
DEPTH = 6
PARTS = 100
VALUE = 2_000
"""Characters of one header that are read."""
_END = re.compile(rb"\r?\n\r?\n")
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]]{1,190}\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers, and its body as it travels. ``children`` are the parts of a multipart, or the mail enclosed."""

    headers: Message
    body: bytes
    children: Sequence[Part] = ()

    @property
    def kind(self) -> str:
        """Its MIME type, ``text/plain`` when it says nothing readable."""
        return _or_empty(self.headers.get_content_type) or "text/plain"

    @property
    def filename(self) -> str:
        """The name it gives its file, decoded (RFC 2231, RFC 2047), or nothing."""
        return decoded(_or_empty(lambda: self.headers.get_filename("")))

    def parameter(self, name: str) -> str:
        """A parameter of its Content-Type."""
        return _or_empty(lambda: collapse_rfc2231_value(self.headers.get_param(name, "") or ""))

    def header(self, name: str) -> str:
        """The first header of that name, unfolded and decoded; empty when there is none."""
        return decoded(raw_header(self.headers, name))

    def content(self) -> bytes:
        """The body decoded; what is not base64 of a part that says so is left out, as every reader does."""
        encoding = self.header("Content-Transfer-Encoding").strip().lower()
        if encoding == "base64":
            return _base64(self.body)
        return quopri.decodestring(self.body) if encoding == "quoted-printable" else self.body

    def text(self) -> str:
        """The content as text; what its charset does not hold is replaced."""
        charset = self.parameter("charset") or "utf-8"
        try:
            return self.content().decode(charset, "replace")
        except (LookupError, ValueError):
            return self.content().decode("utf-8", "replace")

    def walk(self) -> Iterator[Part]:
        """This part, then those within it, but not what an enclosed mail holds."""
        yield self
        if not self.kind.startswith("message/"):
            for child in self.children:
                yield from child.walk()


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail taken apart, and what was wrong with it (French, without a word of the mail)."""

    root: Part
    findings: Sequence[str]


@dataclass(slots=True)
class _Bounds:
    parts: int = 0
    findings: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        if words not in self.findings:
            self.findings.append(words)


def take_apart(content: bytes) -> Taken:
    """The parts of a mail."""
    bounds = _Bounds()
    root = _part(content, 0, bounds)
    return Taken(root, bounds.findings)


def decoded(value: str) -> str:
    """A header decoded (RFC 2047) and without control characters, cut at :data:`VALUE`."""
    value = value[:VALUE]
    if "=?" in value:
        try:
            pieces = decode_header(value)
            value = "".join(_piece(text, charset) for text, charset in pieces)
        except (MessageError, ValueError, LookupError):
            pass  # read as it stands
    return "".join(c if c.isprintable() else " " for c in value.replace("\r", "").replace("\n", "")).strip()


def raw_header(headers: Message, name: str) -> str:
    """The first header of that name as it stands, unfolded, cut at :data:`VALUE`; empty when there is none."""
    value = _or_empty(lambda: str(headers.get(name, ""))[:VALUE])
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def addresses(value: str) -> list[str]:
    """The addresses of a header, in lower case; what is no address is left out."""
    try:
        found = [address for _name, address in getaddresses([value[:VALUE]])]
    except (MessageError, ValueError, IndexError):
        return []
    return [address.lower() for address in found if _ADDRESS.match(address)]


def _piece(text: bytes | str, charset: str | None) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return text.decode("utf-8", "replace")


def _or_empty(read: Callable[[], object]) -> str:
    """What a reader of the standard library says of hostile headers, or nothing: its failures are of many kinds."""
    try:
        return str(read() or "")
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        return ""


def _part(content: bytes, depth: int, bounds: _Bounds) -> Part:
    bounds.parts += 1
    headers, body = _split(content, bounds)
    part = Part(headers, body)
    if part.kind.startswith("multipart/"):
        return Part(headers, b"", _children(part, depth, bounds))
    if part.kind in ("message/rfc822", "message/global") and depth < DEPTH and bounds.parts < PARTS:
        return Part(headers, b"", (_part(part.content(), depth + 1, bounds),))
    return part


def _split(content: bytes, bounds: _Bounds) -> tuple[Message, bytes]:
    if content[:2] == b"\r\n" or content[:1] == b"\n":
        return _parsed(b""), content.lstrip(b"\r\n")
    end = _END.search(content)
    head, body = (content[: end.start()], content[end.end() :]) if end else (content, b"")
    if len(head) > HEADERS or head.count(b"\n") >= LINES:
        bounds.note("En-têtes démesurés : la suite n'est pas lue")
        head = b"\n".join(head[:HEADERS].split(b"\n")[:LINES])
    headers = _parsed(head)
    left = headers.get_payload()
    if isinstance(left, str) and left.strip():  # no blank line ends the headers, as in the example of volet 1.1
        body = left.encode("utf-8", "surrogateescape") + (b"\n\n" + body if end else b"")
    return headers, body


def _parsed(head: bytes) -> Message:
    headers = BytesHeaderParser(policy=compat32).parsebytes(head.replace(b"\x00", b"") + b"\n\n")
    for name in ("Content-Type", "Content-Disposition"):
        if len(value := str(headers.get(name, ""))) > VALUE:  # the library's time for parameters is quadratic
            headers.replace_header(name, value[:VALUE])
    return headers


def _children(part: Part, depth: int, bounds: _Bounds) -> Sequence[Part]:
    boundary = part.parameter("boundary")
    if not boundary or len(boundary) > 200:
        bounds.note("Message en plusieurs parties sans séparateur utilisable")
        return ()
    if depth >= DEPTH:
        bounds.note("Parties emboîtées trop profondément : la suite n'est pas lue")
        return ()
    found: list[Part] = []
    for piece in _pieces(part.body, boundary.encode("utf-8", "surrogateescape"), bounds):
        if bounds.parts >= PARTS:
            bounds.note("Trop de parties : la suite n'est pas lue")
            break
        found.append(_part(piece, depth + 1, bounds))
    return tuple(found)


def _pieces(body: bytes, boundary: bytes, bounds: _Bounds) -> Iterator[bytes]:
    """The bodies between the lines ``--boundary``, to the closing one or to the end when it is missing."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--|\xe2\x80\x94|)[ \t]*(?=\r?\n|\Z)")
    start: int | None = None
    for mark in line.finditer(body):
        if start is not None:
            yield _without_blank(body[start : mark.start()])
        start = mark.end()
        if mark[1] == b"--":
            return
    if start is None:
        bounds.note("Message en plusieurs parties dont aucune ne se trouve")
        return
    bounds.note("Message coupé : le dernier séparateur manque")
    yield _without_blank(body[start:])


def _without_blank(piece: bytes) -> bytes:
    """Without the end of the separator's own line; a blank line after it, that ends no headers, stays."""
    return piece[2:] if piece.startswith(b"\r\n") else piece[1:] if piece.startswith(b"\n") else piece


def _base64(body: bytes) -> bytes:
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
