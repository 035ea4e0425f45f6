"""Files that a reader must survive: what an attacker, a broken sender or a hurried user may send."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator

LEAK = b"root:x:0"
"""What must never appear in a result: the first words of the file that the entity attacks point to."""

_XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&x;</title>'
_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Names and contents of files that no reader can read."""
    yield "empty", b""
    yield "blank", b" \n\t" * 1000
    yield "zero bytes", bytes(4096)
    yield "noise", random.Random(1).randbytes(65536)  # noqa: S311  (a fixed seed is wanted)
    yield "a sentence", b"Ceci n'est pas un document."
    yield "a PNG named .xml", b"\x89PNG\r\n\x1a\n" + bytes(100)
    yield "a PDF", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
    yield "a ZIP with a path out of its folder", _zip({"../../etc/cron.d/evil": b"x", "/etc/passwd": b"x"})
    yield "a ZIP that inflates", _zip({"bomb.xml": bytes(20_000_000)})
    yield from _hostile_xml()
    yield "unclosed JSON", b'{"a": ' * 5000


def _hostile_xml() -> Iterator[tuple[str, bytes]]:
    yield "an unclosed element", b"<ClinicalDocument xmlns='urn:hl7-org:v3'><title>"
    yield "an external entity", b'<?xml version="1.0"?>' + _XXE + b"</ClinicalDocument>"
    yield "an external entity over HTTP", (_XXE + b"</ClinicalDocument>").replace(b"file:///etc/passwd", b"http://127.0.0.1:9/x")
    yield "an external DTD", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    yield "a parameter entity", b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><a/>'
    yield "a billion laughs", b'<!DOCTYPE a [<!ENTITY l0 "ha">' + _LAUGHS + b"]><a>&l9;</a>"
    yield "a quadratic blow-up", b'<!DOCTYPE a [<!ENTITY x "' + b"A" * 50_000 + b'">]><a>' + b"&x;" * 5_000 + b"</a>"
    yield "a deep tree", b"<a>" * 100_000 + b"</a>" * 100_000
    yield "a wide tree", b"<a>" + b"<b/>" * 500_000 + b"</a>"
    yield "a huge attribute", b'<a b="' + b"x" * 11_000_000 + b'"/>'
    yield "another root", b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"
    yield "the right root, empty", b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>"
    yield (
        "a wrong encoding",
        b'<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument>\xe9</ClinicalDocument>',
    )
    yield "an unknown encoding", b'<?xml version="1.0" encoding="x-nowhere"?><a/>'
    yield "UTF-16 that says UTF-8", '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16")
    yield "control characters", b"<a>\x01\x02\x1f</a>"
    yield "two roots", b"<a/><b/>"


def mutations_of(sample: bytes, *, count: int = 40, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Damaged copies of a readable file: cut, with bytes changed, removed or doubled, at places that ``seed`` fixes."""
    chance = random.Random(seed)  # noqa: S311  (repeatable, not secret)
    for number in range(count):
        at = chance.randrange(max(1, len(sample)))
        length = chance.randrange(1, 200)
        kind = ("cut", "changed", "removed", "doubled")[number % 4]
        if kind == "cut":
            damaged = sample[:at]
        elif kind == "changed":
            damaged = sample[:at] + chance.randbytes(3) + sample[at + 3 :]
        elif kind == "removed":
            damaged = sample[:at] + sample[at + length :]
        else:
            damaged = sample[:at] + sample[at : at + length] * 2 + sample[at + length :]
        yield f"{kind} at byte {at} (seed {seed}, number {number})", damaged


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
