"""The printed pages, as other tools see them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pylibdmtx.pylibdmtx import decode as libdmtx_decode

from dcc.contracts.datamatrix import decode_payload, encode_payload
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Artifact
from dcc.contracts.symbol import Symbol, symbol_of
from forms_config.schema.model import Question, schema_from_json
from plugins.pdf import printing
from plugins.pdf.content import content_of
from plugins.pdf.glyphs import printable
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import samples
from plugins.pdf.tests.printed import SAMPLES, printed, squeezed
from tests.pdfa import preflight, structure_errors

RUBRIC = "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"


def test_pdfa_without_a_finding() -> None:
    paths = [printed(name).path for name in SAMPLES]
    assert preflight(paths) == {path: [] for path in paths}


def test_the_checker_does_find(tmp_path: Any) -> None:
    """The same tool refuses the same document without the correction of its metadata."""
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(printed("minimal").artifact.content.replace(b"pdfaid:part", b"pdfaid:trap"))
    assert preflight([broken])[broken]


def test_a_trial_says_so_across_every_page_and_nothing_else_does() -> None:
    assert {"ESSAI" in page for page in printed("trial").pages} == {True}
    assert {"ESSAI" in page for name in ("typical", "draft", "maximal") for page in printed(name).pages} == {False}


@pytest.mark.parametrize("name", SAMPLES)
def test_structure_is_clean(name: str) -> None:
    assert structure_errors(printed(name).path) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_every_answer_is_on_paper(name: str) -> None:
    sample = printed(name)
    schema = schema_from_json(sample.snapshot.form.schema)
    expected = list(_texts(schema.questions(), sample.snapshot.answers))
    assert expected
    missing = [text for text in expected if squeezed(printable(text)[0]) not in sample.text]
    assert missing == []


def _texts(questions: Iterator[Question] | tuple[Question, ...], answers: Mapping[str, Any]) -> Iterator[str]:
    """What must be read for each answer: label and words of the value."""
    for question in questions:
        value = answers.get(question.key)
        if value is None:
            continue
        yield question.label
        if question.datatype == "group":
            for row in value:
                yield from _texts(question.columns, row["values"])
        else:
            for item in value if isinstance(value, list) else [value]:
                yield from _words(question, item)


def _words(question: Question, value: Any) -> Iterator[str]:
    if question.datatype in ("professional", "organisation"):
        yield from (value[key] for key in ("family", "given", "comment", "name") if key in value)
        yield from (value[key][word] for key, word in (("organisation", "name"), ("profession", "label")) if key in value)
        yield value.get("id", {}).get("extension", " ")[1:]
    elif question.datatype == "boolean":
        yield "Oui" if value else "Non"
    elif question.datatype in ("date", "datetime"):
        yield "".join(reversed(value[:10].split("-")))
    elif isinstance(value, Mapping):
        yield str(value.get("label") or value.get("text"))
    else:
        yield str(value)


@pytest.mark.parametrize("name", SAMPLES)
def test_patient_rights_word_for_word_in_order(name: str) -> None:
    text = printed(name).text
    places = [text.find(squeezed(part)) for part in (RUBRIC, samples.CASE["legal_1"], samples.CASE["legal_2"])]
    assert -1 not in places
    assert places == sorted(places)
    assert "\n" + RUBRIC + "\n" in "".join(printed(name).pages)


def test_the_address_of_the_platform_is_live() -> None:
    with pikepdf.open(printed("typical").path) as pdf:
        links = [
            str(annotation.A.URI) for page in pdf.pages for annotation in page.get("/Annots", []) if annotation.Subtype == "/Link"
        ]
    assert links == ["http://lesdonnees.e-cancer.fr"]


def test_identity_on_every_page() -> None:
    pages = printed("typical").pages
    assert len(pages) == printed("typical").artifact.facts["pages"] > 3
    for page in pages:
        assert "GARCIA-HAMMADI" in page
        assert "21/01/1977" in page
        assert "SARAH-LOU" in page
    for text in ("277010115400329 (NIR)", "ETREZ (01154)", "LEFÈVRE", "700456123", "Féminin", "48 ans", "INS à scanner"):
        assert text in pages[0].replace("\n", " ")


def test_footer_of_every_page() -> None:
    sample = printed("typical")
    for number, page in enumerate(sample.pages, 1):
        assert str(sample.snapshot.document_id) in page
        assert f"page {number} / {len(sample.pages)}" in page
        assert f"formulaire frcp_standard nº 3 ({sample.snapshot.form.sha256[:12]})" in page


def test_authors_validator_and_annexes() -> None:
    text = " ".join(" ".join(printed("typical").pages).split())
    assert "Auteur DR Alice MARTIN le 12/03/2025 à 14:02" in text
    assert "Validé par DR Alice MARTIN le 12/03/2025 à 14:02" in text
    assert "Édité le 12/03/2025 à 15:30" in text
    assert "IRM mammaire du 14/02/2025 application/pdf 84 ko" in text


def test_nobody_has_validated_a_draft() -> None:
    """The standard wants somebody who answers for it all the same."""
    draft = content_of(replace(samples.typical(), status="en_cours"), samples.typical().effective_time)
    assert [person.role for person in draft.authors] == ["Auteur", "Responsable"]
    assert [person.role for person in content_of(samples.typical(), samples.typical().effective_time).authors][-1] == "Validé par"


def test_a_draft_says_so_on_every_page() -> None:
    for page in printed("draft").pages:
        assert "DOCUMENT NON VALIDÉ · STATUT « EN COURS »" in page
    assert "NON VALIDÉ" not in "".join(printed("typical").pages)


@pytest.mark.parametrize("status", ["provisoire", "recuperee", "validee"])
def test_no_matricule_and_no_code_before_qualification(status: Any) -> None:
    patient = replace(samples.QUALIFIED, status=status, identifiers=(*samples.QUALIFIED.identifiers, samples.INS))
    artifact = _render(patient=patient)
    text = _text(artifact)
    assert samples.INS.extension is not None
    assert samples.INS.extension not in text
    assert "NIR" not in text
    assert "INS" not in text.replace("INSCRIPTION", "")
    assert "scanner" not in text
    assert _codes(artifact.content, 200) == []
    assert "datamatrix" not in artifact.facts


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("name", ["typical", "longest_identity"])
def test_datamatrix_reads_back_as_the_identity(name: str, dpi: int) -> None:
    sample = printed(name)
    assert sample.snapshot.patient.ins is not None
    codes = _codes(sample.artifact.content, dpi)
    assert codes == [encode_payload(sample.snapshot.patient.ins, sample.snapshot.patient.traits)]
    assert decode_payload(codes[0]).ins == sample.snapshot.patient.ins


def test_datamatrix_read_by_the_other_decoder() -> None:
    page = pypdfium2.PdfDocument(printed("typical").artifact.content)[0]
    image = page.render(scale=300 / 72, grayscale=True).to_pil()
    corner = image.crop((image.width * 3 // 4, 0, image.width, image.height // 5))
    read = libdmtx_decode(corner, max_count=1)
    assert [decode_payload(code.data.decode("ascii")).ins for code in read] == [samples.INS]


def test_another_code_on_the_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert samples.QUALIFIED.ins is not None
    stranger = encode_payload(samples.QUALIFIED.ins, replace(samples.QUALIFIED.traits, birth_name="DUPONT"))
    monkeypatch.setattr(printing, "symbol_of", lambda _: symbol_of(stranger))
    with pytest.raises(Refused, match="contenu différent"):
        _render()


def test_a_code_that_nobody_can_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "symbol_of", lambda _: Symbol(40, "M2 2h40v40h-40z"))
    with pytest.raises(Refused, match=r"0 code\(s\)"):
        _render()


def test_what_no_datamatrix_can_code_is_said_on_paper() -> None:
    patient = replace(samples.QUALIFIED, traits=replace(samples.QUALIFIED.traits, birth_date="1977-01"))
    artifact = _render(patient=patient)
    assert "Datamatrix INS non imprimé" in " ".join(_text(artifact).split())
    assert _codes(artifact.content, 200) == []
    assert "incomplète" in artifact.facts["warning"]


def test_required_and_missing_is_said() -> None:
    answers = {key: value for key, value in samples.ANSWERS.items() if not key.startswith(("frcp.synthese", "frcp.antecedents"))}
    text = " ".join(_text(_render(answers=answers)).split())
    assert re.search(r"Synthèse du cas présenté et question posée à la RCP Non renseigné", text)
    assert "Antécédents médicaux" not in text, "a section with nothing to say is left out"


def test_metadata_name_one_author_and_no_patient() -> None:
    with pikepdf.open(printed("typical").path) as pdf:
        info = {key: str(value) for key, value in pdf.docinfo.items()}
        metadata = pdf.Root.Metadata.read_bytes().decode()
    assert info["/Author"] == "DR Alice MARTIN"
    assert metadata.count("<rdf:li>") == 1
    assert info["/CreationDate"].startswith("D:20250312140200+01")
    assert "GARCIA" not in metadata + " ".join(info.values())


def test_odd_characters_are_printed_as_their_code() -> None:
    sample = printed("special")
    text = " ".join("".join(sample.pages).split())
    assert sample.artifact.facts["replaced_characters"] == ["U+2705", "U+5B57", "U+6F22", "U+1F469", "U+1F9EC"]
    assert "U+1F9EC DNA DOUBLE HELIX" in text
    assert "ADN [U+1F9EC] [U+6F22][U+5B57]" in text


def _render(**change: Any) -> Artifact:
    snapshot = samples.typical(**change)
    return PdfA1Renderer().render(snapshot, {}, as_of=samples.AS_OF)


def _text(artifact: Artifact) -> str:
    document = pypdfium2.PdfDocument(artifact.content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def _codes(pdf: bytes, dpi: int) -> list[str]:
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil()
    return [bytes(code.bytes).decode("ascii") for code in zxingcpp.read_barcodes(image)]
