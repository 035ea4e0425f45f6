"""Reading what others wrote: tolerance, refusals in words and at their place, nothing lost silently."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from lxml import etree

from dcc.contracts.capabilities import Reader
from dcc.contracts.errors import Refused
from dcc.contracts.testing import ReaderConformance
from forms_config.schema.answers import without_row_ids
from plugins.cda.api import N1, CdaReader, encode
from plugins.cda.codecs.xml import Q
from plugins.cda.tests.documents import PDF, answers_of, label_of, make_document, parsed, read, written
from plugins.cda.tests.test_round_trip import KINDS


class TestReading(ReaderConformance):
    """The promises of the contract."""

    def make(self) -> Reader:
        return CdaReader(value_sets=label_of)

    def samples(self) -> Sequence[bytes]:
        return [written(answers_of(kind)) for kind in KINDS]


def changed(*pairs: tuple[str, str], kind: str = "typical") -> bytes:
    """A document of ours with some of its text replaced; each replacement must find something."""
    text = written(answers_of("maximal" if kind == "maximal" else "typical")).decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


CODE = '<code code="34794-8"'
TEMPLATE = '<templateId root="1.2.250.1.213.1.1.1.8" extension="2025.01"/>'
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a ZIP": (lambda: b"PK\x03\x04" + bytes(100), "archive ZIP"),
    "an image": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "image PNG"),
    "malformed": (lambda: written({})[:-20], "Ligne 2, colonne"),
    "an entity": (lambda: changed(("<ClinicalDocument", "<!DOCTYPE x [<!ENTITY e 'x'>]><ClinicalDocument")), "DOCTYPE"),
    "another root": (lambda: b"<html/>", "l'élément racine est « html »"),
    "another namespace": (lambda: b"<ClinicalDocument xmlns='urn:x'/>", "élément racine"),
    "another encoding": (lambda: "<?xml version='1.0' encoding='UTF-8'?><a>é</a>".encode("latin-1"), "UTF-8"),
    "another type": (
        lambda: changed((CODE, '<code code="11502-2"'), (TEMPLATE, '<templateId root="1.2.3"/>')),
        "(11502-2) : seuls la fiche de RCP",
    ),
    "an unknown template": (lambda: changed((TEMPLATE, '<templateId root="1.2.3"/>')), "Modèle de document inconnu"),
    "an unknown version": (
        lambda: changed(("extension=\"2025.01\"", "extension=\"2031.01\"")),
        "Version « 2031.01 » du volet inconnue (ClinicalDocument/templateId) : les versions lues sont 2022.01, 2025.01",
    ),
    "no patient id": (
        lambda: changed(
            ('<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>', ""),
            ('<id root="1.2.250.1.999.1" extension="1234567890121"/>', '<id nullFlavor="NI"/>'),
        ),
        "recordTarget/patientRole/id",
    ),
    "no patient": (
        lambda: changed(("<recordTarget>", "<authenticator>"), ("</recordTarget>", "</authenticator>")),
        "aucun patient",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_with_its_place(make: Callable[[], bytes], said: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(make())
    assert said in refusal.value.reason


def test_a_file_over_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Refused, match="trop gros : la limite est de 1 Mo"):
        CdaReader(limit=1024 * 1024).read(b"<a>" + b" " * (1024 * 1024) + b"</a>")


def test_the_default_limit_is_fifty_megabytes() -> None:
    assert CdaReader().limit == 50 * 1024 * 1024


def test_a_document_wrapped_in_its_style_sheet_is_read() -> None:
    document = written(answers_of("typical")).decode().partition("?>")[2]
    sheet = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'
    wrapped = f"{sheet}<Contenu>{document}</Contenu></xsl:stylesheet>"
    assert CdaReader().supports(wrapped.encode())
    assert without_row_ids(read(wrapped.encode()).answers) == without_row_ids(answers_of("typical"))


def test_a_level_one_document_gives_its_header_and_its_pdf() -> None:
    answers = answers_of("typical")
    result = read(encode(N1, make_document(answers), PDF))
    header_only = {key: value for key, value in answers.items() if key.startswith(("frcp.rcp.", "frcp.participants."))}
    assert without_row_ids(result.answers) == without_row_ids(header_only)
    assert [(file.content, file.is_copy) for file in result.files] == [(PDF, True)]
    assert [finding.code for finding in result.findings] == ["cda.niveau1"]


def test_sections_are_found_whatever_their_order() -> None:
    root = parsed(written(answers_of("typical")))
    body = root.find(f"{Q}component/{Q}structuredBody")
    assert body is not None
    for section in reversed(list(body)):
        body.append(section)
    expected = without_row_ids(answers_of("typical"))
    expected["frcp.crgm"].reverse()  # one section for each report
    assert without_row_ids(read(etree.tostring(root)).answers) == expected


def test_a_pretty_printed_document_says_the_same() -> None:
    root = parsed(written(answers_of("typical")))
    etree.indent(root)
    assert without_row_ids(read(etree.tostring(root, encoding="UTF-8")).answers) == without_row_ids(answers_of("typical"))


def test_the_motive_is_read_wherever_it_hangs() -> None:
    """The official examples hang ORG-186 under ORG-138 or under GEN-098."""
    answers = dict(answers_of("minimal"))
    answers["frcp.motif.nature"] = {"code": "ORG-132", "system": "1.2.250.1.213.1.1.4.322", "label": "Transversale"}
    answers.pop("frcp.motif.appareil", None)
    answers.pop("frcp.motif.organes", None)
    answers["frcp.motif.traitement_soins"] = {
        "code": "C15747", "system": "2.16.840.1.113883.3.26.1.1", "label": "soins de support et de confort",
    }  # fmt: skip
    found = _read_without_lists(written(answers))
    assert found["frcp.motif.statut_cas"] == answers["frcp.motif.statut_cas"]
    text = written(answers).decode().replace('code="ORG-138"', 'code="ORG-118"')
    assert _read_without_lists(text.encode())["frcp.motif.statut_cas"] == answers["frcp.motif.statut_cas"]


def _read_without_lists(content: bytes) -> dict[str, object]:
    def none(name: str, code: str, system: str) -> str | None:
        raise LookupError(name)

    return dict(CdaReader(value_sets=none).read(content).answers)


def test_dead_links_are_read_from_the_table() -> None:
    result = read(changed(('value="#commentaire-dossier"', 'value="#nulle-part"'), kind="maximal"))
    assert result.answers["frcp.dossier.commentaire"] == answers_of("maximal")["frcp.dossier.commentaire"]


def test_a_section_without_entries_is_read_from_its_table() -> None:
    text = written(answers_of("typical")).decode()
    start = text.index("<title>Statut du dossier présenté et quorum</title>")
    entry, end = text.index("<entry>", start), text.index("</entry>", start) + len("</entry>")
    result = read((text[:entry] + text[end:]).encode())
    assert result.answers["frcp.dossier.complet"] is answers_of("typical")["frcp.dossier.complet"]
    assert "frcp.dossier.quorum" not in result.answers
    assert [(f.question_key, "en texte seulement" in f.message) for f in result.findings] == [("frcp.dossier.quorum", True)]


def test_a_code_outside_its_list_is_refused_at_its_place() -> None:
    result = read(changed(('code="ORG-126"', 'code="ORG-999"')))
    (finding,) = [finding for finding in result.findings if finding.level == "error"]
    assert (finding.question_key, finding.section_key) == ("frcp.dossier.quorum", "frcp.dossier")
    assert "« Statut du dossier présenté et quorum »" in finding.message
    assert "ORG-999" in finding.message
    assert "jdv-statut-quorum-cisis" in finding.message
    assert "frcp.dossier.quorum" not in result.answers
    assert len(result.answers) == len(answers_of("typical")) - 1


def test_a_code_outside_a_free_list_becomes_words() -> None:
    topography = answers_of("typical")["frcp.tumeurs"][0]["values"]["frcp.tumeurs.topographie"]
    result = read(changed((f'code="{topography["code"]}"', 'code="C99.9"')))
    assert result.answers["frcp.tumeurs"][0]["values"]["frcp.tumeurs.topographie"] == {"text": topography["label"]}
    assert [f.question_key for f in result.findings if f.level == "warning"] == ["frcp.tumeurs.topographie"]


def test_a_profession_outside_its_list_becomes_words_in_the_header_too() -> None:
    result = read(changed(('code="G15_10/SM36"', 'code="G15_10/XX99"')))
    author = result.header.authors[0].professional
    assert "profession" not in author
    assert author["comment"] == "Médecin - Oncologie, opt médicale (SM)"
    assert any("G15_10/XX99" in finding.message for finding in result.findings)


def test_two_patients_are_one_too_many() -> None:
    text = written(answers_of("typical")).decode()
    start, end = text.index("<recordTarget>"), text.index("</recordTarget>") + len("</recordTarget>")
    with pytest.raises(Refused, match="désigne 2 patients"):
        read((text[:end] + text[start:end] + text[end:]).encode())


@pytest.mark.parametrize(("value", "number"), [("3", 3), ("0", 1), ("-2", 1), ("trois", 1), ("9" * 5000, 999_999_999)])
def test_the_version_number_is_a_bounded_number(value: str, number: int) -> None:
    assert read(changed(('<versionNumber value="2"/>', f'<versionNumber value="{value}"/>'))).header.version_number == number


@pytest.mark.parametrize(("old", "new", "question"), [
    ('<low value="20250328"/>', '<low value="20251399"/>', "frcp.tumeurs.date"),
    ('xsi:type="INT" value="1"', 'xsi:type="INT" value="trois"', "frcp.grossesses.nombre"),
])  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_and_the_rest_is_read(old: str, new: str, question: str) -> None:
    result = read(changed((old, new), kind="maximal"))
    assert question in {finding.question_key for finding in result.findings if finding.level == "error"}
    assert len(result.answers) > 60


UNKNOWN: dict[str, tuple[str, str, str]] = {
    "a section": (
        "<component><section><templateId root=\"1.2.250.1.213.1.1.2.35\"/>",
        '<component><section><templateId root="1.2.3.4"/><code code="99999-9" codeSystem="1.2.3" displayName="Essai"/>'
        "<title>Rubrique étrangère</title><text>À ne pas perdre</text></section></component>",
        "Rubrique étrangère",
    ),
    "an entry": (
        '<entry><organizer classCode="CLUSTER" moodCode="EVN"><templateId root="1.2.250.1.213.1.1.3.7"/>',
        '<entry><observation classCode="OBS" moodCode="EVN"><code code="X-1" displayName="Score étranger" codeSystem="1.2.3"/>'
        '<value xsi:type="ST" value="12"/></observation></entry>',
        "Statut du dossier présenté et quorum : Score étranger",
    ),
    "a participant": (
        "<inFulfillmentOf>",
        '<participant typeCode="VRF"><functionCode nullFlavor="NA"><originalText>Vérificateur</originalText></functionCode>'
        '<associatedEntity classCode="PROV"><associatedPerson><name><family>LEROUX</family></name></associatedPerson>'
        "</associatedEntity></participant>",
        "Participant : Vérificateur",
    ),
    "a recipient": ("<legalAuthenticator>", "<informationRecipient><x>Docteur LEROUX</x></informationRecipient>", "Destinataire"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "added", "title"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_the_volet_does_not_describe_is_kept(before: str, added: str, title: str) -> None:
    result = read(changed((before, added + before), kind="maximal"))
    (part,) = result.unknown_parts
    assert part.title == title
    assert part.location.startswith("/ClinicalDocument[1]/")
    assert part.xml.startswith("<")
    assert without_row_ids(result.answers) == without_row_ids(answers_of("maximal"))


def test_a_second_entry_of_the_same_kind_is_not_lost_under_the_first() -> None:
    text = written(answers_of("typical")).decode()
    start = text.index("<entry><observation", text.index("<title>Phase et progression du cancer</title>"))
    end = text.index("</entry>", start) + len("</entry>")
    result = read((text[:end] + text[start:end] + text[end:]).encode())
    assert [part.title for part in result.unknown_parts] == ["Phase et progression du cancer : Phase du cancer"]


def test_concern_acts_of_their_own_are_all_read() -> None:
    """Other producers write one act for each tumour."""
    text = written(answers_of("typical")).decode()
    start = text.index("<entry><act", text.index("<title>Tumeur</title>"))
    end = text.index("</entry>", start) + len("</entry>")
    result = read((text[:end] + text[start:end] + text[end:]).encode())
    assert len(result.answers["frcp.tumeurs"]) == 2 * len(answers_of("typical")["frcp.tumeurs"])


def test_several_wishes_of_the_patient_make_one_text() -> None:
    text = written(
        answers_of("typical") | {"frcp.souhaits.texte": "Rester chez soi.", "frcp.souhaits.date": "2025-03-28"}
    ).decode()
    start = text.index("<entry>", text.index("<title>Souhaits du patient pour sa qualité de vie</title>"))
    end = text.index("</entry>", start) + len("</entry>")
    again = text[start:end].replace("20250328", "20250401")
    result = read((text[:end] + again + text[end:]).encode())
    assert result.answers["frcp.souhaits.texte"] == "Rester chez soi.\n01/04/2025 : Rester chez soi."
    assert result.answers["frcp.souhaits.date"] == "2025-03-28"
