"""Untrusted XML: what is refused, in which words, and what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.testing import hostile_files, mutations_of
from dcc.contracts.testing.hostile import LEAK
from plugins.cda import xml_input
from plugins.cda.xml_input import (
    declared_encoding,
    has_bom,
    parse_clinical_document,
    parse_untrusted,
    read_bounded,
)

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<lolz a="&lol2;">&lol2;</lolz>"""
XXE = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<?pi x?>
<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""

REFUSED = {
    "empty": (b" \n ", "vide"),
    "zip": (b"PK\x03\x04" + b"\0" * 50, "archive ZIP"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image PNG"),
    "jpeg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "image JPEG"),
    "pdf": (b"%PDF-1.4 ...", "fichier PDF"),
    "text": (b"bonjour", "Ligne 1, colonne 1"),
    "mismatch": (b"<a>\n<b></a>", "Ligne 2, colonne 8"),
    "truncated": (b"<a>\n<b>", "jamais fermée"),
    "lone ampersand": (b"<a>\n& </a>", "Ligne 2"),
    "undeclared entity": (b"<a>&nbsp;</a>", "entité non déclarée"),
    "undeclared prefix": (b"<p:a/>", "espace de noms non déclaré"),
    "twice the same attribute": (b'<a x="1" x="2"/>', "deux fois"),
    "control character": (b"<a>\n\n\x01</a>", "Ligne 3"),
    "null character": (b"<a>\x00</a>", "caractère interdit"),
    "billion laughs": (LAUGHS, "Ligne 2 : déclaration DOCTYPE interdite"),
    "external entity": (XXE, "Ligne 4 : déclaration DOCTYPE interdite"),
    "doctype after BOM": (b"\xef\xbb\xbf<!DOCTYPE a []><a/>", "DOCTYPE"),
    "utf-16": ("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"), "UTF-16"),
    "utf-16 without mark": ("<a/>".encode("utf-16-le"), "UTF-16"),
    "utf-32": ("<a/>".encode("utf-32"), "UTF-32"),
    "utf-7": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "« utf-7 »"),
    "unknown encoding": (b'<?xml version="1.0" encoding="x-klingon"?><a/>', "« x-klingon »"),
    "hidden encoding": (b'<?xml version="1.0"' + b" " * 600 + b'encoding="UTF-7"?><a/>', "déclaration XML est mal formée"),
    "latin-1 said to be utf-8": ("<?xml version='1.0' encoding='UTF-8'?>\n<a>né</a>".encode("latin-1"), "Ligne 2, octet 5"),
    "too deep": (b"<a>" * 300 + b"</a>" * 300, "niveaux d'imbrication"),
    "far too deep": (b"<a>" * 60_000 + b"</a>" * 60_000, "démesuré"),
    "too many tags": (b"<a>" + b"<b/>" * (xml_input.MAX_TAGS + 1) + b"</a>", "démesuré"),
    "too many attributes": (b"<a>" + b'<b a="" b="" c="" d="" e="" f="" g="" h=""/>' * 130_000 + b"</a>", "démesuré"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_in_french_with_its_place(content: bytes, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_untrusted(content)
    assert said in refusal.value.reason


def test_bytes_after_the_limit_are_refused_before_any_parsing() -> None:
    with pytest.raises(Refused, match="trop gros : la limite est de 1 Mo"):
        parse_untrusted(b"<a>" + b"x" * 2_000_000 + b"</a>", limit=1024 * 1024)


def test_message_is_about_this_document_not_about_a_former_one() -> None:
    for content, said in ((b"<a><b></a>", "ne correspond pas"), (b"<a>&</a>", "isolé")):
        with pytest.raises(Refused, match=said):
            parse_untrusted(content)


@pytest.mark.parametrize(
    "content",
    [
        b"<a>\xc3\xa9</a>",
        b"\xef\xbb\xbf<a>\xc3\xa9</a>",
        b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>",
        b'<?xml version="1.0" encoding="windows-1252" standalone="yes"?>\n<!-- <!DOCTYPE --><a>\xe9</a>',
        b"<?xml version='1.0'?><?pi <!DOCTYPE ?><a>&#233;</a>",
    ],
)
def test_read(content: bytes) -> None:
    assert parse_untrusted(content).getroot().text == "é"


def test_a_large_joined_file_is_read() -> None:
    """libxml2 alone stops at 10 MB of text in one element: a joined PDF may be larger."""
    root = parse_untrusted(b"<a>" + b"QUJD" * 3_000_000 + b"</a>").getroot()
    assert len(root.text or "") == 12_000_000


def test_only_a_clinical_document_is_a_cda() -> None:
    assert isinstance(parse_clinical_document(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>'), etree._ElementTree)
    with pytest.raises(Refused, match="l'élément racine est « html »"):
        parse_clinical_document(b"<html/>")
    with pytest.raises(Refused, match="espace de noms « urn:x »"):
        parse_clinical_document(b'<ClinicalDocument xmlns="urn:x"/>')


def test_read_bounded_reads_no_further(tmp_path: Path) -> None:
    path = tmp_path / "gros.xml"
    with path.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    with pytest.raises(Refused):
        read_bounded(path)
    path.write_bytes(b"<a/>")
    assert read_bounded(path) == b"<a/>"
    with pytest.raises(Refused, match="n'existe pas"):
        read_bounded(tmp_path / "absent.xml")
    with pytest.raises(Refused, match="est un dossier"):
        read_bounded(tmp_path)


def test_encoding_and_mark() -> None:
    assert declared_encoding(b"<a/>") == "utf-8"
    assert declared_encoding(b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>") == "iso-8859-1"
    assert has_bom(b"\xef\xbb\xbf<a/>")
    assert not has_bom(b"<a/>")


@pytest.mark.parametrize(("name", "content"), list(hostile_files()), ids=[name for name, _ in hostile_files()])
def test_hostile_files_are_refused_and_leak_nothing(name: str, content: bytes) -> None:
    if name == "the right root, empty":
        assert parse_clinical_document(content).getroot().tag == "{urn:hl7-org:v3}ClinicalDocument"
        return
    with pytest.raises(Refused) as refusal:
        parse_clinical_document(content)
    assert LEAK.decode() not in refusal.value.reason
    assert len(refusal.value.reason) < 1000


def test_damaged_documents_are_read_or_refused() -> None:
    sample = (
        '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title a="é">'
        + "né &amp; là " * 100
        + "</title></ClinicalDocument>"
    )
    outcomes = set()
    for _, content in mutations_of(sample.encode()):
        try:
            parse_clinical_document(content)
            outcomes.add("read")
        except Refused:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}
