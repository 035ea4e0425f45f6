"""Reading ER7: what is taken, and what is refused rather than guessed."""

from __future__ import annotations

import pytest

from plugins.ins.hl7 import er7
from plugins.ins.hl7.acknowledgement import escaped
from plugins.ins.hl7.faults import Unacceptable

HEAD = b"MSH|^~\\&|GAM|CHU-X|DCC|REGION|20260520||ADT^A28|1|P|2.5||||||"


def field(raw: bytes, charset: bytes = b"UNICODE UTF-8") -> str:
    """A field, read."""
    return er7.read(HEAD + charset + b"\rPID|" + raw).segments[1].text(1)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_segment_ends(end: bytes) -> None:
    content = end.join([HEAD + b"UNICODE UTF-8", b"PID|1||a^b&c~d", b"ZFD|x", b""])
    read = er7.read(content)
    assert [segment.name for segment in read.segments] == ["MSH", "PID", "ZFD"]
    part, other = read.segments[1].repetitions(3)
    assert (part.text(), part.text(2), part.text(2, 2), other.text(), part.text(9)) == ("a", "b", "c", "d", "")
    assert read.head.text(9, 2) == "A28"
    assert er7.digest_form(content) == er7.digest_form(content.replace(end, b"\r"))


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        (b"a\\T\\b\\S\\c\\R\\d\\F\\e\\E\\f", b"UNICODE UTF-8", "a&b^c~d|e\\f"),
        (b"\\H\\gras\\N\\", b"UNICODE UTF-8", "gras"),
        (b"\\XC3A9\\", b"UNICODE UTF-8", "é"),
        (b"\\XE9\\", b"8859/1", "é"),
        ("é".encode(), b"UNICODE UTF-8", "é"),
        ("œ".encode("iso-8859-15"), b"8859/15", "œ"),
        (b"\xe9", b"8859/1~UNICODE UTF-8", "é"),
        (b'""', b"", ""),
    ],
)
def test_escapes_and_characters(raw: bytes, charset: bytes, text: str) -> None:
    assert field(raw, charset) == text


@pytest.mark.parametrize(
    ("content", "where", "words"),
    [
        (b"", "MSH^1", "MSH"),
        (b"PID|1", "MSH^1", "MSH"),
        (b"MSH|^^\\&|x", "MSH^1^2", "Délimiteurs"),
        (b"MSH|^~\\|x", "MSH^1^2", "Délimiteurs"),
        (HEAD + b"EBCDIC", "MSH^1^18", "Jeu de caractères"),
        (HEAD + b"UNICODE UTF-8\rPID|\xe9", "MSH^1^18", "segment 2"),
        (HEAD + b"\rPID|\xc3\xa9", "MSH^1^18", "segment 2"),
        (HEAD + b"UNICODE UTF-8\rPID|a\nPID|b\rZFD|", "", "mêlées"),
        (HEAD + b"UNICODE UTF-8\rpid|1", "", "segment 2"),
        (HEAD + b"UNICODE UTF-8\rMSH|1", "", "segment 2"),
        (HEAD + b"UNICODE UTF-8" + b"\rPID|1" * 2001, "", "segments"),
        (HEAD + b"UNICODE UTF-8\rPID|" + b"|" * 300, "PID^1", "parties"),
        (b"MSH" + b"x" * 5_000_001, "", "5 Mo"),
    ],
)
def test_a_message_refused_whole(content: bytes, where: str, words: str) -> None:
    with pytest.raises(Unacceptable, match=words) as refusal:
        er7.read(content)
    assert (refusal.value.faults[0].where, refusal.value.reject) == (where, where != "PID^1")


@pytest.mark.parametrize("raw", [b"a\\b", b"\\Z\\", b"\\XZZ\\", b"\\X0D\\", b"\\X\\", b"~" * 101, b"^" * 300])
def test_a_field_refused(raw: bytes) -> None:
    with pytest.raises(Unacceptable) as refusal:
        field(raw)
    assert refusal.value.faults[0].where == "PID^1^1"


def test_an_escaped_text_reads_back() -> None:
    text = "a|b^c~d&e\\f é"
    assert field(escaped(text + "\r\n\x00").encode()) == text


def test_an_envelope_is_read_when_the_rest_is_not() -> None:
    found = er7.envelope(HEAD + b"EBCDIC\rPID|\xff")
    assert found is not None
    assert found.head.text(10) == "1"
    assert [er7.envelope(content) for content in (b"MSH\xff", b"")] == [None, None]
