"""Any CDA as a page (R-203): official samples of five kinds, hostile files, our documents and received ones."""

from __future__ import annotations

import base64
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.contracts.errors import Refused
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.web.clinical import Reading, read_document
from dcc.web.clinical.document import DEEPEST, Part
from dcc.web.clinical.entries import Entry
from dcc.web.clinical.telling import moment
from dcc.web.tests.browsing import parsed, texts_of
from tests.fixtures import Visit, kit_dir, reference_dir

HL7 = "urn:hl7-org:v3"


def document(body: str, header: str = "") -> bytes:
    return (
        f'<ClinicalDocument xmlns="{HL7}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{header}'
        f"<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"
    ).encode()


def section(inner: str, title: str = "Motif") -> str:
    return f"<component><section><title>{title}</title>{inner}</section></component>"


def lines(entries: list[Entry] | tuple[Entry, ...]) -> list[str]:
    """Every entry as text, depth first."""
    found: list[str] = []
    for entry in entries:
        found.append(" | ".join((entry.label, *entry.values, *entry.remarks)))
        found += lines(tuple(entry.entries))
    return found


def all_parts(parts: list[Part] | tuple[Part, ...]) -> list[Part]:
    return [found for part in parts for found in (part, *all_parts(tuple(part.parts)))]


def shown(reading: Reading) -> str:
    page = render_to_string("web/document/clinical_body.html", {"reading": reading})
    return " ".join(parsed(page).text_content().split())


SAMPLES = {
    "CANCER-FRCP_2025.01_Appareil.xml": (22, "Proposition de la RCP", "Nature de la discussion | RCP Appareil"),
    "CANCER-PPS_2025.01.xml": (12, "PROGRAMME THÉRAPEUTIQUE ET DE SUIVI", "Traitement | Radiothérapie"),
    "CANCER-CR-GM_2022.01_AnalyseRealisee.xml": (7, "CONCLUSION", "EGFR"),
    "VSM_1.4_2022.01.xml": (10, "Pathologies", "Médicament | COUMADINE"),
}
"""Sample -> sections at least, a title, and words of an entry."""


@pytest.mark.kit
@pytest.mark.parametrize("name", SAMPLES)
def test_official_samples_are_read(name: str) -> None:
    sections, title, words = SAMPLES[name]
    content = (kit_dir() / "ExemplesCDA" / name).read_bytes()
    reading = read_document(content)
    parts = all_parts(tuple(reading.parts))
    assert len(parts) >= sections
    assert any(title.casefold() in part.title.casefold() for part in parts)
    told = "\n".join(line for part in parts for line in lines(tuple(part.entries)))
    assert words.casefold() in told.casefold()
    assert reading.heading.patient
    assert any(actor.role == "Auteur" for actor in reading.heading.actors)
    page = shown(reading)
    for text in parsed_texts(content):
        assert " ".join(text.split()) in page


def parsed_texts(content: bytes) -> list[str]:
    """Every piece of text of the narrative blocks: none may be missing from the page."""
    from lxml import etree

    root = etree.fromstring(content)
    blocks = root.iterfind(f".//{{{HL7}}}section/{{{HL7}}}text")
    return [str(text) for block in blocks for text in block.itertext(f"{{{HL7}}}*") if str(text).strip()]


@pytest.mark.kit
def test_a_document_without_structure_is_its_pdf() -> None:
    reading = read_document((kit_dir() / "ExemplesCDA" / "DOC_NON_STRUCTURE_CDA-R2-N1.xml").read_bytes())
    assert reading.parts == ()
    assert reading.copy is not None
    assert reading.files[reading.copy_place or 0] is reading.copy


@pytest.mark.kit
def test_copy_and_joined_files_of_a_pps() -> None:
    reading = read_document((kit_dir() / "ExemplesCDA" / "CANCER-PPS_2025.01.xml").read_bytes())
    assert reading.copy is not None
    assert [(place, file.title, file.is_pdf) for place, file in reading.joined] == [(0, "Effets secondaires", True)]


@pytest.mark.reference
def test_a_document_wrapped_in_its_stylesheet() -> None:
    name = "CANCER-PPS_2022.01_feuille-de-style-externe.xml"
    reading = read_document((reference_dir() / "exemples_2022.01" / name).read_bytes())
    assert "PROGRAMME PERSONNALISÉ" in reading.heading.title.upper()


ENTRIES = {
    '<value xsi:type="BL" value="true"/>': "Code | oui",
    '<value xsi:type="BL" value="false"/>': "Code | non",
    '<value xsi:type="BL" nullFlavor="UNK"/>': "Code | inconnu",
    '<value xsi:type="PQ" value="70" unit="kg"/>': "Code | 70 kg",
    '<value xsi:type="INT" value="3"/>': "Code | 3",
    '<value xsi:type="EIVL_TS" value="20250110"/>': "Code | 10/01/2025",
    '<value xsi:type="CD" code="C50" displayName="Sein"/>': "Code | Sein",
    '<value xsi:type="CD" code="C50"/>': "Code | C50",
    '<value xsi:type="CD"><originalText><reference value="#a"/></originalText></value>': "Code | les mots",
    '<value xsi:type="CD" nullFlavor="NA"/>': "Code | sans objet",
    '<value xsi:type="ST">texte</value>': "Code | texte",
    '<value xsi:type="ED"><reference value="#a"/></value>': "Code",
    '<effectiveTime><low value="20240501"/><high value="20240701"/></effectiveTime>': "Code | du 01/05/2024 au 01/07/2024",
    '<effectiveTime><low value="20240501"/></effectiveTime>': "Code | depuis le 01/05/2024",
    '<effectiveTime><high value="202405"/></effectiveTime>': "Code | jusqu'au 05/2024",
    '<effectiveTime value="2024"/>': "Code | 2024",
    '<effectiveTime nullFlavor="UNK"/>': "Code",
    '<statusCode code="cancelled"/>': "Code | annulé",
}


@pytest.mark.parametrize(("inner", "told"), ENTRIES.items())
def test_an_entry_in_words(inner: str, told: str) -> None:
    text = '<text><content ID="a">les mots</content></text>'
    entry = f'<entry><observation moodCode="EVN"><code displayName="Code"/>{inner}</observation></entry>'
    [part] = read_document(document(section(text + entry))).parts
    assert lines(tuple(part.entries)) == [told]


@pytest.mark.parametrize(("mood", "told"), [("EVN", "Acte"), ("INT", "Acte | prévu"), ("PRP", "Acte | prévu")])
def test_what_is_planned_is_said(mood: str, told: str) -> None:
    entry = f'<entry><procedure moodCode="{mood}"><code displayName="Acte"/></procedure></entry>'
    [part] = read_document(document(section(entry))).parts
    assert lines(tuple(part.entries)) == [told]


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("20250113121700+0100", "13/01/2025 à 12:17"),
        ("20250113", "13/01/2025"),
        ("202501", "01/2025"),
        ("2025", "2025"),
        ("x", "x"),
    ],
)
def test_a_moment_in_words(stamp: str, told: str) -> None:
    assert moment(stamp) == told


def test_contacts_are_told_without_the_machinery_of_addresses() -> None:
    telecoms = "".join(
        f'<telecom value="{value}"/>' for value in ("tel:0241000000", "http:https://a.example", "mailto:a@b.example")
    )
    header = (
        f'<participant typeCode="INF"><functionCode displayName="Soutien"/><associatedEntity classCode="AGNT">{telecoms}'
        "<scopingOrganization><name>Espace</name></scopingOrganization></associatedEntity></participant>"
    )
    [actor] = read_document(document("", header)).heading.actors
    assert (actor.role, actor.name, actor.lines) == ("Soutien", "Espace", ("0241000000", "https://a.example", "a@b.example"))


HOSTILE = {
    "no XML": b"%PDF-1.4",
    "another document": b"<html/>",
    "an entity": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3">&e;',
    "too deep": document(section("<text>" + "<content>" * DEEPEST + "</content>" * DEEPEST + "</text>")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_document_is_refused_in_words(name: str) -> None:
    with pytest.raises(Refused, match=r"^(Le fichier|Le document) "):
        read_document(HOSTILE[name])


def test_an_entity_is_never_read(tmp_path: object) -> None:
    content = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + document(section("<text>avant &e; après</text>"))
    [part] = read_document(content).parts
    assert "avant" in part.narrative
    assert parsed(part.narrative).text_content().split() == ["avant", "après"]


def test_a_title_and_a_text_are_escaped() -> None:
    reading = read_document(document(section("<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>", "&lt;img src=x&gt;")))
    page = render_to_string("web/document/clinical_body.html", {"reading": reading})
    assert "<script>" not in page
    assert "<img" not in page


def test_a_broken_file_is_left_out() -> None:
    value = '<value representation="B64">{}</value>'
    media = f"<entry><organizer><component><observationMedia>{value}</observationMedia></component></organizer></entry>"
    good = base64.b64encode(b"GIF89a").decode()
    reading = read_document(document(section(media.format("é" * 3)) + section(media.format(good))))
    assert [file.content for file in reading.files] == [b"GIF89a"]
    assert reading.copy is None


@pytest.mark.django_db
class TestPages:
    """The page of a document of ours, of a received one, of one of which nothing was made."""

    def test_nothing_is_made_yet(self, visit: Visit, alice: User, complete_id: UUID) -> None:
        page = visit(alice).get(reverse("web:reading", args=[complete_id]))
        assert page.status_code == 200
        assert "Rien n’est encore produit" in page.content.decode()

    def test_ours_once_validated(self, visit: Visit, alice: User, valid_id: UUID) -> None:
        drain()
        client = visit(alice)
        page = client.get(reverse("web:reading", args=[valid_id]))
        assert "Tumeur" in texts_of(page.content, "h2")
        copies = [href for href in parsed(page.content.decode()).xpath("//iframe/@src") if "/lecture/produit/" in href]
        assert len(copies) == 1
        assert client.get(copies[0]).content == exchange.download(alice, valid_id, "pdf-a1").content

    @pytest.mark.kit
    def test_a_received_one(self, visit: Visit, alice: User, facility: Facility, configuration: None) -> None:
        content = (kit_dir() / "ExemplesCDA" / "CANCER-FRCP_2025.01_Appareil.xml").read_bytes()
        document_id = exchange.import_file(actor=alice, facility_id=facility.pk, filename="recu.xml", content=content)
        client = visit(alice)
        page = client.get(reverse("web:reading", args=[document_id]), {"source": "recu"})
        assert "Proposition de la RCP" in texts_of(page.content, "h2")
        for place, status in ((0, 200), (99, 404)):
            url = reverse("web:reading_file", args=[document_id, "recu", place])
            assert client.get(url).status_code == status
        assert client.get(reverse("web:reading_file", args=[document_id, "autre", 0])).status_code == 404
