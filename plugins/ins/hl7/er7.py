r"""Reading HL7 v2 in its ER7 form: bytes in, segments, fields, repetitions, components out; never a guess. Pure.

Why our own, when libraries exist: decision 0260. Nothing is parsed before it is asked for, so a message of a million
repetitions costs no more than its bytes; what cannot be read unambiguously (a byte outside the declared character set, an
unknown escape, mixed segment ends) raises :class:`Unacceptable`, which says in French what and where.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plugins.ins.hl7.faults import Fault, Unacceptable

BOM, BLANK = b"\xef\xbb\xbf", b"\r\n\t "
LIMIT = 5_000_000
"""Bytes of a message: a document in base64 fits."""
MAX_SEGMENTS = 2_000
MAX_REPETITIONS = 100
MAX_PARTS = 200
"""Fields of a segment, components of a field."""

CHARSETS: Mapping[str, str] = {
    "": "ascii",
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "8859/1": "iso-8859-1",
    "8859/15": "iso-8859-15",
}
"""HL7 table 0211 as PAM.fr uses it (MSH-18); nothing said is ASCII, as the standard has it."""

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}\Z", re.ASCII)
_ESCAPE_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that part a message, from its MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    sub: str = "&"


@dataclass(frozen=True, slots=True)
class Part:
    """One repetition of a field; components and subcomponents are counted from 1, an absent one is empty."""

    raw: str
    where: str
    marks: Delimiters
    charset: str

    def text(self, component: int = 1, sub: int = 1) -> str:
        """A component, unescaped and trimmed; the HL7 null (``""``) is empty. Raises :class:`Unacceptable`."""
        found = _nth(_split(self.raw, self.marks.component, self.where), component)
        raw = _nth(_split(found, self.marks.sub, self.where), sub)
        text = self._unescaped(raw).strip()
        return "" if text == '""' else text

    def whole(self, component: int = 1) -> str:
        """A component that has one subcomponent only: what a stray separator cut is refused, not shortened."""
        found = _split(_nth(_split(self.raw, self.marks.component, self.where), component), self.marks.sub, self.where)
        if any(found[1:]):
            raise Unacceptable(Fault("102", self.where, "Donnée coupée par un séparateur"))
        return self.text(component)

    def _unescaped(self, raw: str) -> str:
        mark = self.marks.escape
        if mark not in raw:
            return raw
        pieces = raw.split(mark)
        if len(pieces) % 2 == 0 or len(pieces) > _ESCAPE_LIMIT:
            raise Unacceptable(Fault("102", self.where, "Séquence d'échappement incomplète"))
        return "".join(piece if rank % 2 == 0 else self._escape(piece) for rank, piece in enumerate(pieces))

    def _escape(self, code: str) -> str:
        marks = self.marks
        plain = {"F": marks.field, "S": marks.component, "R": marks.repetition, "E": marks.escape, "T": marks.sub}
        plain |= {"H": "", "N": "", ".br": " "}
        if code in plain:
            return plain[code]
        try:
            text = bytes.fromhex(code[1:]).decode(self.charset) if code[:1] == "X" else ""
        except ValueError:
            text = ""
        if not text or not text.isprintable():
            raise Unacceptable(Fault("102", self.where, "Séquence d'échappement inconnue"))
        return text


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: ``number`` counts those of its name from 1, ``fields`` are as they came (``fields[0]`` is the name)."""

    name: str
    number: int
    fields: Sequence[str]
    marks: Delimiters
    charset: str

    def where(self, field: int = 0) -> str:
        """Its location, or that of one of its fields, as ERR-2 writes it."""
        return f"{self.name}^{self.number}^{field}" if field else f"{self.name}^{self.number}"

    def repetitions(self, field: int) -> Sequence[Part]:
        """The repetitions of a field that say something. Raises :class:`Unacceptable` when they are too many."""
        raw = _nth(self.fields, field + 1)
        if raw.count(self.marks.repetition) >= MAX_REPETITIONS:
            raise Unacceptable(Fault("104", self.where(field), f"Plus de {MAX_REPETITIONS} répétitions"))
        parts = raw.split(self.marks.repetition)
        return [Part(part, self.where(field), self.marks, self.charset) for part in parts if part]

    def text(self, field: int, component: int = 1, sub: int = 1) -> str:
        """A component of the first repetition of a field; empty when there is none. Raises :class:`Unacceptable`."""
        found = self.repetitions(field)
        return found[0].text(component, sub) if found else ""

    def whole(self, field: int) -> str:
        """A field that says one thing: no repetition, one subcomponent. Raises :class:`Unacceptable`."""
        found = self.repetitions(field)
        if len(found) > 1:
            raise Unacceptable(Fault("102", self.where(field), "Plusieurs valeurs : une seule attendue"))
        return found[0].whole() if found else ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message read: its segments in their order, the first one MSH (whose fields are shifted so that MSH-n is ``text(n)``)."""

    segments: Sequence[Segment]

    @property
    def head(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def all(self, name: str) -> Sequence[Segment]:
        """The segments of a name."""
        return [segment for segment in self.segments if segment.name == name]

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        return next(iter(self.all(name)), None)


def read(content: bytes) -> Message:
    """The message of some bytes. Raises :class:`Unacceptable`."""
    if len(content) > LIMIT:
        raise Unacceptable(Fault("104", "", f"Message de plus de {LIMIT // 1_000_000} Mo"), reject=True)
    lines = _lines(content)
    marks = _delimiters(lines[0])
    charset = _charset(lines[0], marks)
    return Message(tuple(_segments(lines, marks, charset)))


def envelope(content: bytes) -> Message | None:
    """The MSH alone of a message that cannot be read whole, as far as it can be: to answer whom it says it comes from."""
    first = content.removeprefix(BOM).lstrip(BLANK)[:2_000].replace(b"\n", b"\r").split(b"\r")[0]
    try:
        marks = _delimiters(first) if first.startswith(b"MSH") else None
        line = first.decode("ascii", "replace")
        return Message(tuple(_segments([line.encode()], marks, "utf-8"))) if marks else None
    except Unacceptable:
        return None


def digest_form(content: bytes) -> bytes:
    """The content with its segment ends as the standard writes them: what makes two copies of a message the same.

    Mixed ends stay mixed: they are a fault, and the message that mends it is another one.
    """
    text = content.removeprefix(BOM).strip(BLANK).replace(b"\r\n", b"\r")
    return text if b"\r" in text else text.replace(b"\n", b"\r")


def _lines(content: bytes) -> list[bytes]:
    text = digest_form(content)
    if not text.startswith(b"MSH"):
        raise Unacceptable(Fault("100", "MSH^1", "Le message ne commence pas par un segment MSH"), reject=True)
    if b"\n" in text:
        raise Unacceptable(Fault("100", "", "Fins de segment mêlées : CR partout, ou LF partout, mais pas les deux"), reject=True)
    lines = [line for line in text.split(b"\r") if line.strip()]
    if len(lines) > MAX_SEGMENTS:
        raise Unacceptable(Fault("104", "", f"Plus de {MAX_SEGMENTS} segments"), reject=True)
    return lines


def _delimiters(head: bytes) -> Delimiters:
    signs = head[3:9].decode("ascii", "replace")
    field = signs[:1]
    others = signs[1:].split(field)[0] if field else ""
    known = field + others
    if len(others) != 4 or len(set(known)) != 5 or any(sign.isalnum() or not "!" <= sign <= "~" for sign in known):
        raise Unacceptable(Fault("102", "MSH^1^2", "Délimiteurs incorrects : quatre signes différents attendus"), reject=True)
    return Delimiters(field, *others)


def _charset(head: bytes, marks: Delimiters) -> str:
    fields = head.split(marks.field.encode())
    said = fields[17].decode("ascii", "replace") if len(fields) > 17 else ""
    name = said.partition(marks.repetition)[0].strip().upper()
    if name not in CHARSETS:
        raise Unacceptable(Fault("103", "MSH^1^18", "Jeu de caractères non pris en charge"), reject=True)
    return CHARSETS[name]


def _segments(lines: Sequence[bytes], marks: Delimiters, charset: str) -> Iterator[Segment]:
    numbers: Counter[str] = Counter()
    for rank, line in enumerate(lines, start=1):
        try:
            text = line.decode(charset)
        except UnicodeDecodeError:
            words = f"Le segment {rank} n'est pas dans le jeu de caractères annoncé"
            raise Unacceptable(Fault("102", "MSH^1^18", words), reject=True) from None
        name, sign = text[:3], text[3:4]
        if not _NAME.match(name) or sign not in ("", marks.field) or (name == "MSH") != (rank == 1):
            raise Unacceptable(Fault("100", "", f"Le segment {rank} est illisible"), reject=True)
        numbers[name] += 1
        fields = _split(text, marks.field, f"{name}^{numbers[name]}")
        if rank == 1:
            fields = ["MSH", marks.field, *fields[1:]]
        yield Segment(name, numbers[name], fields, marks, charset)


def _split(text: str, mark: str, where: str) -> list[str]:
    if text.count(mark) >= MAX_PARTS:
        raise Unacceptable(Fault("104", where, f"Plus de {MAX_PARTS} parties"))
    return text.split(mark)


def _nth(parts: Sequence[str], rank: int) -> str:
    return parts[rank - 1] if rank <= len(parts) else ""
