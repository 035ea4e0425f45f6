"""What is made of a document, joined to it, and what came in: outputs, previews, attachments, history, import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse

from dcc.accounts.models import User
from dcc.contracts.capabilities import ConformanceCheck, DocumentType, Reader, Renderer
from dcc.contracts.errors import Refused
from dcc.contracts.events import DocumentValidated
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding, ReadResult
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange.renditions import make_artifacts
from dcc.web.clinical import read_document
from dcc.web.tests.browsing import parsed, texts_of, tree_of
from dcc.web.tests.conftest import page_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db

CDA = """<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>
<title>Motif</title><text>Un &lt;b&gt; <content ID="a">mot</content><br/><table><tr><td colspan="2">case</td></tr></table>
<linkHtml href="http://lesdonnees.e-cancer.fr">lien</linkHtml><linkHtml href="javascript:alert(1)">piège</linkHtml></text>
<component><section><title>Détail</title><text><list listType="ordered"><item>un</item></list></text></section></component>
</section></component></structuredBody></component></ClinicalDocument>"""
CONTENTS = {"pdf-a1": (b"%PDF-1.4 fiche", "application/pdf"), "cda-n3": (CDA.encode(), "application/xml")}


class FakeRenderer:
    """Gives fixed bytes; a document whose network is called « refus » cannot be rendered."""

    inputs = ()

    def __init__(self, output: str) -> None:
        self.format = output

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return True

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        if snapshot.answers.get("frcp.rcp.rrc_nom") == "refus":
            raise Refused("Le médecin demandeur n'a pas de nom")
        content, media_type = CONTENTS[self.format]
        return Artifact(self.format, media_type, content, f"fiche.{self.format}")


class FakeCheck:
    """Always finds something to say."""

    formats = ("cda-n3",)

    def check(self, artifact: Artifact) -> list[Finding]:
        return [Finding("x", "error", "Rubrique Motif : <b>code</b> hors liste", source="schématron")]


class FakeReader:
    """Refuses whatever it is given."""

    def supports(self, head: bytes) -> bool:
        return head.startswith(b"<")

    def read(self, content: bytes) -> ReadResult:
        raise Refused("XML mal formé, ligne 3")


@pytest.fixture(autouse=True)
def plugins() -> Iterator[None]:
    """A platform with two formats, a check that finds something, a reader that refuses."""
    registry = Registry()
    for output in CONTENTS:
        registry.add(Renderer, output, FakeRenderer(output))
    registry.add(ConformanceCheck, "check", FakeCheck())
    registry.add(Reader, "reader", FakeReader())
    registry.add(DocumentType, "frcp", DocumentType("frcp", "FRCP", "frcp", "2025.01", tuple(CONTENTS)))
    registry.subscribe(DocumentValidated, make_artifacts, key="exchange.renditions")
    with use_registry(registry):
        yield


class TestOutputs:
    """Files appear by themselves, with what the checks say."""

    def test_in_preparation_then_there(self, visit: Visit, alice: User, valid_id: UUID) -> None:
        client, url = visit(alice), reverse("web:files", args=[valid_id])
        assert client.get(url).content.decode().strip().startswith('<div id="fichiers"')
        drain()
        page = client.get(reverse("web:outputs", args=[valid_id]))
        rows = tree_of(page.content.decode()).xpath("//div[@id='fichiers']//tbody/tr")
        assert len(rows) == 2
        text = page.content.decode()
        assert "Non conforme" in text
        assert "Rubrique Motif : &lt;b&gt;code&lt;/b&gt; hors liste" in text
        assert "hx-get" not in text.partition('id="fichiers"')[2].partition(">")[0], "it has nothing to wait for"

    def test_while_it_is_prepared_the_panel_refreshes_itself(self, visit: Visit, alice: User, valid_id: UUID) -> None:
        from dcc.exchange import api as exchange

        version_id = documents.open_document(alice, valid_id).version_id
        exchange.freeze_rendition(version_id, valid_id, reason="validation")
        page = visit(alice).get(reverse("web:files", args=[valid_id])).content.decode()
        assert f'hx-get="{reverse("web:files", args=[valid_id])}"' in page
        assert "En préparation" in page

    def test_a_file_is_downloaded_under_its_name(self, visit: Visit, alice: User, valid_id: UUID) -> None:
        drain()
        response = visit(alice).get(reverse("web:download", args=[valid_id, "pdf-a1"]))
        assert response.content == b"%PDF-1.4 fiche"
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'attachment; filename="fiche.pdf-a1"'
        assert response["Cache-Control"] == "private, no-store"
        assert visit(alice).get(reverse("web:download", args=[valid_id, "cda-n1"])).status_code == 404

    def test_the_validation_page_says_what_will_be_made(self, visit: Visit, alice: User, complete_id: UUID) -> None:
        page = visit(alice).get(reverse("web:validation", args=[complete_id])).content.decode()
        made = page.partition("Ce qui sera produit")[2]
        assert "PDF/A-1" in made
        assert "CDA R2 N3" in made
        assert "CDA R2 N1" not in made


class TestPreviews:
    """What would be made now; nothing is kept."""

    def test_a_pdf_is_shown_in_place(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        response = visit(alice).get(reverse("web:preview", args=[frcp_id, "pdf-a1"]))
        assert response.content == b"%PDF-1.4 fiche"
        assert response["Content-Disposition"].startswith("inline")
        assert response["X-Frame-Options"] == "SAMEORIGIN"

    def test_a_cda_is_read_as_a_page_or_taken_raw(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        client, url = visit(alice), reverse("web:preview", args=[frcp_id, "cda-n3"])
        page = client.get(url)
        assert texts_of(page.content, "h2") == ["Motif"]
        assert client.get(url, {"brut": ""}).content == CDA.encode()

    def test_what_cannot_be_rendered_says_why(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        change = documents.Change("frcp.rcp.rrc_nom", "refus", 0)
        documents.save_answers(actor=alice, document_id=frcp_id, changes=[change])
        response = visit(alice).get(reverse("web:preview", args=[frcp_id, "pdf-a1"]))
        assert response.status_code == 409
        assert "Le médecin demandeur n&#x27;a pas de nom" in response.content.decode()

    def test_a_format_nobody_makes(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        assert visit(alice).get(reverse("web:preview", args=[frcp_id, "docx"])).status_code == 404
        assert visit(alice).get(reverse("web:preview", args=[frcp_id, "cda-n1"])).status_code == 409

    def test_the_narrative_is_only_text(self) -> None:
        tree = parsed(render_to_string("web/document/clinical_body.html", {"reading": read_document(CDA.encode())}))
        assert "Un <b> mot" in tree.text_content()
        assert tree.xpath("//a/@href") == ["http://lesdonnees.e-cancer.fr"]
        assert tree.xpath("//td/@colspan") == ["2"]
        assert [h.text for h in tree.iter("h2", "h3")] == ["Motif", "Détail"]
        assert tree.xpath("//ol/li/text()") == ["un"]
        assert read_document(b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>").parts == ()


class TestAwaited:
    """Between the validation and the first work of the worker, the page says that files are coming, and looks again by itself."""

    def test_the_page_waits_for_the_files_of_the_validated_version(self, visit: Visit, alice: User, valid_id: UUID) -> None:
        client, url = visit(alice), reverse("web:files", args=[valid_id])
        page = client.get(reverse("web:outputs", args=[valid_id])).content.decode()
        assert "Les fichiers de cette version sont en préparation" in page
        assert f'hx-get="{url}?attendue=1"' in page
        assert "X-DCC-Background" in page
        assert "en préparation" in client.get(f"{url}?attendue=1").content.decode()
        drain()
        again = client.get(f"{url}?attendue=1").content.decode()
        assert "hx-get" not in again
        assert "Télécharger" in again

    def test_a_document_that_is_not_validated_waits_for_nothing(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        page = visit(alice).get(reverse("web:outputs", args=[frcp_id])).content.decode()
        assert "Les fichiers sont produits dès que le document est validé" in page
        assert "hx-get" not in page

    @pytest.mark.parametrize("number", ["", "x", "-1", "²", "9999999999"])
    def test_what_is_no_version_waits_for_nothing(self, number: str, visit: Visit, alice: User, frcp_id: UUID) -> None:
        answer = visit(alice).get(reverse("web:files", args=[frcp_id]), {"attendue": number})
        assert answer.status_code == 200
        assert b"hx-get" not in answer.content


class TestAttachments:
    """Files joined to a document."""

    def join(self, name: str = "bilan.pdf", content: bytes = b"%PDF-1.4 bilan") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    def test_joined_listed_read_and_taken_off(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        client, url = visit(alice), reverse("web:attachments", args=[frcp_id])
        page = client.post(url, {"files": self.join(), "title": "Bilan <b>initial</b>"}, follow=True).content.decode()
        assert "Bilan &lt;b&gt;initial&lt;/b&gt;" in page
        (line,) = documents.open_document(alice, frcp_id).attachments
        read = client.get(reverse("web:attachment", args=[frcp_id, line.attachment_id]))
        assert (read.content, read["X-Content-Type-Options"]) == (b"%PDF-1.4 bilan", "nosniff")
        assert read["Content-Disposition"] == 'inline; filename="bilan.pdf"'
        client.post(reverse("web:attachment_remove", args=[frcp_id, line.attachment_id]))
        assert documents.open_document(alice, frcp_id).attachments == []

    def test_several_at_once_keep_their_names(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        files = [self.join("a.pdf"), self.join("b.pdf", b"%PDF-1.4 b")]
        visit(alice).post(reverse("web:attachments", args=[frcp_id]), {"files": files, "title": "Ensemble"})
        assert [a.title for a in documents.open_document(alice, frcp_id).attachments] == ["a.pdf", "b.pdf"]

    def test_a_refused_file_says_why(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        url = reverse("web:attachments", args=[frcp_id])
        page = visit(alice).post(url, {"files": self.join("x.pdf", b"MZ programme")}, follow=True)
        assert texts_of(page.content, ".notice") == ["« x.pdf » : Ce fichier n'est pas un PDF, JPEG, PNG ou TIFF"]

    def test_nothing_chosen(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        page = visit(alice).post(reverse("web:attachments", args=[frcp_id]), {}, follow=True).content.decode()
        assert "Choisissez un fichier à joindre" in page

    def test_what_is_validated_is_not_joined_to(self, visit: Visit, alice: User, valid_id: UUID) -> None:
        client, url = visit(alice), reverse("web:attachments", args=[valid_id])
        assert "Joindre un fichier" not in client.get(url).content.decode()
        assert client.post(url, {"files": self.join()}).status_code == 403


class TestHistory:
    """Every step and change, in words; and what differs since a moment."""

    def test_lines_say_what_and_who(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        client = visit(alice)
        url = reverse("web:document", args=[frcp_id])
        client.post(url, page_of(client, frcp_id, **{"frcp.rcp.rrc_nom": "<i>ONCOPL</i>"}))
        client.post(url, page_of(client, frcp_id, do="add:frcp.antecedents"))
        page = client.get(reverse("web:history", args=[frcp_id])).content
        text = " ".join(texts_of(page, "main"))
        assert "Réseau régional de cancérologie (RRC) <i>ONCOPL</i>" in text
        assert "Ligne ajoutée\u00a0: Antécédents médicaux" in text.replace(" : ", "\u00a0: ")
        assert "Passage au statut" in text
        assert "DR Alice MARTIN" in text

    def test_what_changed_since_a_revision(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        for n, text in enumerate(("un", "deux", "trois")):
            change = documents.Change("frcp.rcp.rrc_nom", text, n)
            documents.save_answers(actor=alice, document_id=frcp_id, changes=[change])
        page = visit(alice).get(reverse("web:history", args=[frcp_id]), {"depuis": "1"}).content.decode()
        tree = tree_of(page)
        assert (tree.xpath("//section[1]//del/text()"), tree.xpath("//section[1]//ins/text()")) == (["un"], ["trois"])

    def test_a_reader_reads_it_too(self, visit: Visit, lea: User, frcp_id: UUID) -> None:
        assert visit(lea).get(reverse("web:history", args=[frcp_id]), {"depuis": "0"}).status_code == 200


class TestImport:
    """A received file; refusals are clear and nothing is kept by halves."""

    def test_a_refusal_stands_on_the_page_and_in_the_list(self, visit: Visit, alice: User, facility: object) -> None:
        client, url = visit(alice), reverse("web:import")
        page = client.post(url, {"file": SimpleUploadedFile("fiche.xml", b"<x>")})
        assert page.status_code == 422
        assert "XML mal formé, ligne 3" in " ".join(texts_of(page.content, ".notice"))
        assert "fiche.xml" in client.get(url).content.decode()
        assert "Refusé" in client.get(url).content.decode()

    def test_a_file_nobody_reads(self, visit: Visit, alice: User) -> None:
        page = visit(alice).post(reverse("web:import"), {"file": SimpleUploadedFile("image.xml", b"\x89PNG")})
        assert "que la plateforme sait lire" in page.content.decode()

    def test_no_file(self, visit: Visit, alice: User) -> None:
        assert "Choisissez un fichier" in visit(alice).post(reverse("web:import"), {}).content.decode()
