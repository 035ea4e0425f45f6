"""What the platform writes: links, identifiers, patient rights, level 1, regional answers, missing answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from lxml import etree

from dcc.contracts.capabilities import Renderer
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, FormSnapshot, InstanceId
from dcc.contracts.testing import RendererConformance, make_artifact
from forms_config.schema.model import FormSchema, Question, Section, schema_to_json
from forms_config.schema.samples import Kind
from plugins.cda.api import N1, N3, CdaRenderer, encode
from plugins.cda.codecs.sections import REGIONAL_TITLE
from plugins.cda.codecs.xml import HL7, Q, text_of
from plugins.cda.tests.documents import PDF, PROVISIONAL, SCHEMA, answers_of, legal_texts, make_document, parsed, read, written
from plugins.cda.tests.test_round_trip import KINDS

UUID_IN_CAPITALS = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\Z")
NS = {"h": HL7}


def found(root: etree._Element, path: str) -> list[etree._Element]:
    """Elements at an XPath."""
    nodes = root.xpath(path, namespaces=NS)
    assert isinstance(nodes, list)
    return [node for node in nodes if isinstance(node, etree._Element)]


def one(root: etree._Element, path: str) -> etree._Element:
    """The only element at an XPath."""
    (element,) = found(root, path)
    return element


def said(element: etree._Element) -> str:
    """All the words of an element, on one line."""
    return " ".join(text_of(element).split())


class TestN3(RendererConformance):
    """The promises of the contract, for the structured format."""

    def make(self) -> Renderer:
        return CdaRenderer("cda-n3")

    def snapshots(self) -> Sequence[DocumentSnapshot]:
        return [make_document(answers_of(kind)) for kind in KINDS]

    def refusals(self) -> Sequence[DocumentSnapshot]:
        return [make_document({}, status="annule")]

    def inputs(self, snapshot: DocumentSnapshot) -> dict[str, Artifact]:
        return {"pdf-a1": make_artifact("pdf-a1", PDF)}


class TestN1(TestN3):
    """The promises of the contract, for the PDF in its envelope."""

    def make(self) -> Renderer:
        return CdaRenderer("cda-n1")


def test_a_copy_that_is_no_pdf_is_refused() -> None:
    with pytest.raises(Refused, match="PDF"):
        CdaRenderer("cda-n3").render(
            make_document({}), {"pdf-a1": make_artifact("pdf-a1", b"x")}, as_of=make_document({}).status_time
        )


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_resolves_and_every_identifier_is_unique(kind: Kind) -> None:
    root = parsed(written(answers_of(kind)))
    anchors = [element.get("ID") for element in root.iter("*") if element.get("ID")]
    assert len(anchors) == len(set(anchors))
    links = [reference.get("value", "") for reference in root.iter(Q + "reference")]
    links += [f"#{media.get('referencedObject')}" for media in root.iter(Q + "renderMultiMedia")]
    assert links
    assert [link for link in links if link.removeprefix("#") not in anchors] == []
    ids = [element.get("root", "") for element in found(root, "//h:structuredBody//h:id[not(@extension)][@root]")]
    own = [identifier for identifier in ids if UUID_IN_CAPITALS.match(identifier)]
    assert len(own) == len(set(own)) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_section_has_a_title_and_words(kind: Kind) -> None:
    root = parsed(written(answers_of(kind)))
    for section in found(root, "//h:structuredBody/h:component/h:section"):
        assert said(one(section, "h:title"))
        assert said(one(section, "h:text")) or found(section, "h:text//h:renderMultiMedia")


def test_the_maximal_document_has_all_the_sections_of_the_volet_in_order() -> None:
    root = parsed(written(answers_of("maximal")))
    codes = [element.get("code") for element in found(root, "//h:structuredBody/h:component/h:section/h:code")]
    assert codes == [
        "42349-1", "42545-4", "72135-7", "11348-0", "11450-4", "46006-3", "10162-6", "75320-2", "30954-2", "18733-6", "29554-3",
        "10218-6", "30954-2", "50397-9", "50397-9", "50397-9", "10164-2", "21874-3", "18776-5", "35510-7", "55112-7", "33557-0",
        "55107-7", "55112-7", "55108-5",
    ]  # fmt: skip


def test_sections_without_answer_are_left_out() -> None:
    root = parsed(written(answers_of("minimal"), attachments=()))
    codes = [element.get("code") for element in found(root, "//h:structuredBody/h:component/h:section/h:code")]
    assert codes == [
        "42349-1",
        "42545-4",
        "72135-7",
        "18733-6",
        "10164-2",
        "21874-3",
        "18776-5",
        "35510-7",
        "33557-0",
        "55112-7",
        "55108-5",
    ]


def test_patient_rights_stand_in_order_under_their_exact_title() -> None:
    root = parsed(written(answers_of("minimal")))
    section = one(root, "//h:section[h:code/h:translation/@code='GEN-294']")
    assert said(one(section, "h:title")) == "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"
    first, second = (" ".join(text.body.split()) for text in legal_texts())
    words = said(one(section, "h:text"))
    assert words.index(first) < words.index(second)
    link = one(section, ".//h:linkHtml")
    assert (link.get("href"), link.text) == ("http://lesdonnees.e-cancer.fr", "http://lesdonnees.e-cancer.fr")


def test_level_one_and_level_three_share_no_identifier() -> None:
    document = make_document(answers_of("minimal"))
    n3, n1 = (parsed(encode(tree, document, PDF)) for tree in (N3, N1))
    for name in ("id", "setId"):
        roots = {(root.find(Q + name).get("root"), root.find(Q + name).get("extension")) for root in (n3, n1)}  # type: ignore[union-attr]  # both are always there
        assert len(roots) == 2
    assert [t.get("root") for t in found(n1, "/h:ClinicalDocument/h:templateId")][2:] == ["1.3.6.1.4.1.19376.1.2.20"]
    assert len(found(n1, "/h:ClinicalDocument/h:participant")) == len(found(n3, "/h:ClinicalDocument/h:participant")) > 2
    assert one(n3, "//h:relatedDocument//h:id").get("root") == "2.25.1"
    assert one(n1, "//h:relatedDocument//h:id").get("root") == "2.25.2"


def test_a_set_keeps_its_identifier_and_a_rendition_has_its_own() -> None:
    document = make_document(answers_of("minimal"))
    later = replace(document, rendition_id=UUID(int=0xB0B), version_number=3)
    for tree in (N3, N1):
        one_, other = (parsed(encode(tree, item, PDF)) for item in (document, later))
        assert one(one_, "/h:ClinicalDocument/h:setId").attrib == one(other, "/h:ClinicalDocument/h:setId").attrib
        assert one(one_, "/h:ClinicalDocument/h:id").attrib != one(other, "/h:ClinicalDocument/h:id").attrib


def test_the_identifier_of_the_artifact_is_that_of_the_document() -> None:
    for form in ("cda-n3", "cda-n1"):
        document = make_document(answers_of("minimal"))
        artifact = CdaRenderer(form).render(document, {"pdf-a1": make_artifact("pdf-a1", PDF)}, as_of=document.status_time)
        root = parsed(artifact.content)
        assert artifact.identifier == InstanceId(one(root, "/h:ClinicalDocument/h:id").get("root") or "")
        assert artifact.identifier.root.startswith("2.25.")
        assert artifact.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


def test_the_matricule_is_written_for_a_qualified_identity_only() -> None:
    ins = InstanceId("1.2.250.1.213.1.4.8", "150017512345678")
    unproven = replace(PROVISIONAL, ins=ins, status="validee")
    assert b"1.2.250.1.213.1.4.8" not in written(answers_of("minimal"), patient=unproven)
    assert b"1.2.250.1.213.1.4.8" in written(answers_of("minimal"), patient=replace(unproven, status="qualifiee"))


def test_a_patient_without_number_gets_the_platforms_own() -> None:
    patient = replace(PROVISIONAL, identifiers=(), patient_id=UUID(int=5))
    identity = read(written(answers_of("minimal"), patient=patient)).identity
    assert identity is not None
    assert [i.extension for i in identity.identifiers] == [str(UUID(int=5))]


def test_a_document_nobody_validated_names_the_coordinator_and_its_status() -> None:
    answers = answers_of("typical")
    result = read(written(answers, legal_authenticator=None, status="en_cours"))
    assert result.header.legal_authenticator is not None
    assert result.header.legal_authenticator.professional == answers["frcp.participants.coordonnateur"]
    assert result.header.status == "en_cours"


def test_an_empty_draft_is_still_a_document() -> None:
    result = read(written({}, status="en_cours", attachments=()))
    assert result.answers == {}
    assert result.findings == ()


def _regional(*sections: Section) -> FormSnapshot:
    schema = FormSchema("f", "F", "frcp", "frcp", "2025.01", (*SCHEMA.sections, *sections))
    return FormSnapshot("f", 2, "0" * 64, schema_to_json(schema))


def test_regional_answers_stand_in_the_narrative_of_their_section() -> None:
    question = Question("region.tabac", "Paquets-années", "integer")
    rows = Question("region.lignes", "Lignes", "group", multiple=True, columns=(Question("region.lignes.note", "Note", "text"),))
    form = _regional(
        Section("region.phase", "Autour de la phase", (question,), element="frcp.phase"),
        Section("region.autre", "Oncogénétique", (rows,)),
    )
    answers = {
        **answers_of("minimal"),
        "region.tabac": 12,
        "region.lignes": [{"id": "a", "values": {"region.lignes.note": "Consultation\nproposée"}}],
    }
    content = written(answers, form=form)
    texts = {
        said(one(s, "h:title")): said(one(s, "h:text"))
        for s in found(parsed(content), "//h:structuredBody/h:component/h:section")
    }
    assert f"{REGIONAL_TITLE}Paquets-années12" in texts["Phase et progression du cancer"].replace(" ", "") or (
        "Paquets-années" in texts["Phase et progression du cancer"]
    )
    assert "Oncogénétique – Lignes 1 – Note" in texts["Commentaires / précisions sur le patient"]
    result = read(content)
    assert {part.title: part.text for part in result.unknown_parts} == {
        f"Phase et progression du cancer : {REGIONAL_TITLE}": "Paquets-années : 12",
        f"Commentaires / précisions sur le patient : {REGIONAL_TITLE}": (
            "Oncogénétique – Lignes 1 – Note : Consultation\nproposée"
        ),
    }
    assert "frcp.patient.commentaire" not in result.answers


def test_several_tumours_make_one_concern() -> None:
    """Two concern acts make the official IHE schematron of October 2025 stop: see decision 0011."""
    answers = answers_of("maximal")
    root = parsed(written(answers))
    assert len(answers["frcp.tumeurs"]) == 3
    act = one(root, "//h:section[h:code/@code='72135-7']/h:entry/h:act")
    assert len(found(act, "h:entryRelationship/h:observation")) == 3
    assert one(act, "h:statusCode").get("code") == "active"


def test_topography_of_the_first_tumour_is_announced_in_the_header() -> None:
    answers = answers_of("typical")
    event = one(parsed(written(answers)), "/h:ClinicalDocument/h:documentationOf[2]/h:serviceEvent/h:code")
    assert event.get("code") == answers["frcp.tumeurs"][0]["values"]["frcp.tumeurs.topographie"]["code"]
