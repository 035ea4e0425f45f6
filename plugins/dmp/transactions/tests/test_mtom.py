"""MTOM both ways: byte for byte, and hostile or broken messages refused in French."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from lxml import etree

from plugins.dmp.transactions import envelope
from plugins.dmp.transactions.envelope import Malformed
from plugins.dmp.transactions.mtom import content_of, inlined, packed, unpacked

XDSB = "urn:ihe:iti:xds-b:2007"
BYTES: Mapping[str, bytes] = {
    "nothing": b"",
    "line ends": b"\r\n--dcc-k\r\n\r\n--dcc-k--\r\n",
    "a final line feed": b"<a/>\n",
    "a final return": b"<a/>\r\n",
    "every byte": bytes(range(256)) * 300,
    "looks like a boundary": b"dcc-kx--dcc-kxx",
}


def request(*ids: str) -> etree._Element:
    body = etree.Element(f"{{{XDSB}}}Request")
    for each in ids:
        etree.SubElement(body, f"{{{XDSB}}}Document", id=each)
    return envelope.envelope(body, action="urn:a", to="urn:b", message_id="urn:uuid:c")


def holders(root: bytes) -> list[etree._Element]:
    return list(etree.fromstring(root).iter(f"{{{XDSB}}}Document"))


@pytest.mark.parametrize("name", BYTES)
def test_documents_come_back_byte_for_byte(name: str) -> None:
    documents = {"Document01": BYTES[name], "Document02": b"<b/>"}
    package = packed(request(*documents), documents, action="urn:a", key="k")
    held = unpacked(package.content, package.content_type)
    assert [content_of(element, held.parts) for element in holders(held.root)] == list(documents.values())


def test_the_package_is_what_the_profile_says() -> None:
    package = packed(request("Document01"), {"Document01": b"<b/>"}, action="urn:a", key="k")
    assert package.content_type == (
        'multipart/related; boundary="dcc-k"; type="application/xop+xml"; start="<root.k@dcc>"; '
        'start-info="application/soap+xml"; action="urn:a"'
    )
    head, _blank, rest = package.content.partition(b"\r\n\r\n")
    assert head == (
        b'--dcc-k\r\nContent-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n'
        b"Content-Transfer-Encoding: binary\r\nContent-ID: <root.k@dcc>"
    )
    assert b'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:document01.k@dcc"/>' in rest
    assert rest.endswith(b"Content-ID: <document01.k@dcc>\r\n\r\n<b/>\r\n--dcc-k--\r\n")


def test_documents_have_to_be_those_announced() -> None:
    with pytest.raises(ValueError, match="annonce"):
        packed(request("Document01"), {}, action="urn:a", key="k")


def test_base64_inside_is_read_too() -> None:
    element = next(inlined(request("Document01"), {"Document01": b"abc" * 50}).iter(f"{{{XDSB}}}Document"))
    element.text = base64.encodebytes(base64.b64decode(element.text or "")).decode()
    assert content_of(element, {}) == b"abc" * 50


def message(*parts: str, end: str = "--b--\r\n", start: str = "") -> tuple[bytes, str]:
    text = "".join(f"--b\r\n{part}\r\n" for part in parts) + end
    return text.encode("latin-1"), 'multipart/related; type="application/xop+xml"; boundary=b' + start


ROOT = "Content-ID: <r>\r\n\r\n<a/>"
READ: list[tuple[tuple[bytes, str], bytes, dict[str, bytes]]] = [
    (message(ROOT, "Content-ID: x\r\n\r\nun"), b"<a/>", {"x": b"un"}),
    (message("\r\n<a/>", "content-id:\r\n <x>\r\n\r\nun"), b"<a/>", {"x": b"un"}),
    (message("Content-ID: <x>\r\n\r\nun", ROOT, start="; start=r"), b"<a/>", {"x": b"un"}),
    (message(ROOT, "Content-ID: <x>\r\nContent-Transfer-Encoding: BASE64\r\n\r\ndW\r\n4=\r\n"), b"<a/>", {"x": b"un"}),
    ((b"avant\r\n" + message(ROOT)[0] + b"apr\xe8s", message(ROOT)[1]), b"<a/>", {}),
    ((b"<a/>", "text/xml"), b"<a/>", {}),
]


@pytest.mark.parametrize(("sent", "root", "parts"), READ)
def test_what_others_write_is_read(sent: tuple[bytes, str], root: bytes, parts: dict[str, bytes]) -> None:
    held = unpacked(*sent)
    assert (held.root, dict(held.parts)) == (root, parts)


BROKEN: list[tuple[tuple[bytes, str], str, bool]] = [
    ((b"<html/>", "text/html"), "ni du SOAP ni du MTOM", True),
    ((b"x", ""), "ni du SOAP ni du MTOM", True),
    ((message(ROOT)[0], "multipart/related"), "séparateur", False),
    ((message(ROOT)[0], f"multipart/related; boundary={'b' * 71}"), "séparateur", False),
    ((message(ROOT)[0], 'multipart/related; boundary="é"'), "séparateur", False),
    ((b"rien", "multipart/related; boundary=b"), "parties manquent", True),
    (message(ROOT, end=""), "pas de fin", True),
    ((message(ROOT)[0][:-7], message(ROOT)[1]), "pas de fin", True),
    (message(ROOT, start="; start=autre"), "première", False),
    (message("sans en-tête"), "pas d'en-tête", False),
    (message("A: " + "b" * 9000 + "\r\n\r\n<a/>"), "en-tête démesuré", False),
    (message(ROOT, ROOT), "même nom", False),
    (message(*[f"Content-ID: <{n}>\r\n\r\nx" for n in range(65)]), "trop nombreuses", False),
    (message(ROOT, "Content-ID: <x>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nun"), "codée", False),
    (message(ROOT, "Content-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\nd*="), "base64", False),
    ((b"--bavard\r\n\r\n<a/>\r\n--b--", "multipart/related; boundary=b"), "mal séparées", False),
]


@pytest.mark.parametrize(("sent", "words", "cut"), BROKEN)
def test_what_is_broken_is_refused(sent: tuple[bytes, str], words: str, cut: bool) -> None:
    with pytest.raises(Malformed, match=words) as refusal:
        unpacked(*sent)
    assert refusal.value.cut == cut


INCLUDE = 'xmlns:x="http://www.w3.org/2004/08/xop/include"'
DOCUMENTS: Mapping[str, str] = {
    f'<D><x:Include {INCLUDE} href="cid:autre"/></D>': "n'y est pas",
    f'<D><x:Include {INCLUDE} href="http://ailleurs/"/></D>': "ni en base64",
    f'<D><x:Include {INCLUDE} href="file:///etc/passwd"/></D>': "ni en base64",
    f'<D><x:Include {INCLUDE} href="cid:a"/><x:Include {INCLUDE} href="cid:a"/></D>': "ni en base64",
    "<D><Include href='cid:a'/></D>": "ni en base64",
    "<D>pas du base64 !</D>": "n'est pas du base64",
}


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_that_is_nowhere_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=DOCUMENTS[text]):
        content_of(etree.fromstring(text), {"a": b"x"})


def test_the_name_of_a_part_may_be_escaped() -> None:
    element = etree.fromstring(f'<D><x:Include {INCLUDE} href="cid:a%40b"/></D>')
    assert content_of(element, {"a@b": b"x"}) == b"x"


SOAP = f'xmlns:s="{envelope.SOAP}"'
ENVELOPES: Mapping[bytes, str] = {
    b"": "bien form",
    b"<a/>": "enveloppe SOAP",
    f"<s:Envelope {SOAP}/>".encode(): "enveloppe SOAP",
    f"<s:Envelope {SOAP}><s:Body/></s:Envelope>".encode(): "enveloppe SOAP",
    f"<s:Envelope {SOAP}><s:Body><a/><b/></s:Body></s:Envelope>".encode(): "enveloppe SOAP",
    f"<s:Envelope {SOAP}><s:Body><a/></s:Body><s:Body><a/></s:Body></s:Envelope>".encode(): "enveloppe SOAP",
    f'<!DOCTYPE a [<!ENTITY x "y">]><s:Envelope {SOAP}><s:Body><a>&x;</a></s:Body></s:Envelope>'.encode(): "déclaration de type",
    b"<a>" * 500_000: "démesurée",
    b"<a b='" + b"c" * (17 * 1024 * 1024): "démesurée",
}


@pytest.mark.parametrize("content", ENVELOPES, ids=range(len(ENVELOPES)))
def test_an_envelope_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed, match=ENVELOPES[content]):
        envelope.payload_of(content)


def test_a_whole_that_is_too_big_is_refused() -> None:
    with pytest.raises(Malformed, match="démesurée"):
        unpacked(b"x" * 11, "text/xml", limit=10)


def test_a_content_type_that_cannot_be_sorted_is_refused() -> None:
    with pytest.raises(Malformed, match="Content-Type"):
        unpacked(b"--a\r\n\r\n--a--", "multipart/related; boundary*=a; boundary*0=b")
