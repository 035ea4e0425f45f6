"""Own assertions, places, wording and the table of volets, on small documents of ours: no kit is needed."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Finding
from plugins.cda.conformance.assertions import ASSERTIONS, own_findings
from plugins.cda.conformance.checker import check_content
from plugins.cda.conformance.dates import in_order, is_stamp
from plugins.cda.conformance.embedded import embedded_fault
from plugins.cda.conformance.places import node_at, place_of
from plugins.cda.conformance.sets import COMMON, Unknown, Volet, volet_of
from plugins.cda.conformance.wording import from_schematron, from_xsd
from plugins.cda.xml_input import parse_untrusted

HL7 = "urn:hl7-org:v3"
PDF = base64.b64encode(b"%PDF-1.4\n...\n%%EOF\n").decode()
TEXT_1 = "Les établissements qui mettent en œuvre votre programme collectent des données concernant votre santé."
TEXT_2 = (
    "Des acteurs de la santé publique sont autorisés à réutiliser certaines de vos données. Rendez-vous sur "
    '<linkHtml href="https://lesdonnees.e-cancer.fr">https://lesdonnees.e-cancer.fr</linkHtml>.'
)
FRCP = '<templateId root="1.2.250.1.213.1.1.1.8" extension="2025.01"/>'


def rights(text: str = f"{TEXT_1}<br/>{TEXT_2}", title: str = "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT") -> str:
    return (
        '<component><section><templateId root="1.2.250.1.213.1.1.2.73"/>'
        '<code code="55112-7" codeSystem="x" displayName="Commentaire">'
        '<translation code="GEN-294" codeSystem="y" displayName="Information pour le patient"/></code>'
        f"<title>{title}</title><text>{text}</text></section></component>"
    )


def entry(inside: str, identifier: str = '<content ID="t1">tumeur</content>') -> str:
    return (
        '<component><section><templateId root="1.2.250.1.213.1.1.2.27"/><title>Tumeur</title>'
        f"<text>{identifier}</text><entry><observation>"
        '<code code="282291009" codeSystem="2.16.840.1.113883.6.96" displayName="Diagnostic"/>'
        f"{inside}</observation></entry></section></component>"
    )


def document(body: str, *, templates: str = FRCP, header: str = "", with_rights: bool = True) -> bytes:
    common = '<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="{HL7}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{common}{templates}{header}'
        f"<component><structuredBody>{body}{rights() if with_rights else ''}</structuredBody></component></ClinicalDocument>"
    ).encode()


def findings(content: bytes, *, strict: bool = True) -> list[Finding]:
    return own_findings(content, parse_untrusted(content), strict=strict)


def codes(found: Sequence[Finding]) -> list[str]:
    return [one.code for one in found]


def test_a_sound_document_gives_nothing() -> None:
    sound = entry(
        '<text><reference value="#t1"/></text><effectiveTime><low value="2025"/><high value="20250603"/></effectiveTime>'
        f'<value xsi:type="ED" mediaType="application/pdf" representation="B64">{PDF}</value>'
    )
    assert findings(document(sound)) == []


FAULTY = {
    "dead link": (entry('<text><reference value="#t2"/></text>'), "own.narrative-link", "« #t2 » ne mène à aucun texte"),
    "empty link": (entry('<text><reference value="#"/></text>'), "own.narrative-link", "« # »"),
    "link without #": (entry('<text><reference value="t1"/></text>'), "own.narrative-link", "doit commencer par « # »"),
    "missing picture": (entry("", '<renderMultiMedia referencedObject="copie"/>'), "own.narrative-link", "« #copie »"),
    "missing anchor": (entry("", '<linkHtml href="#ailleurs">x</linkHtml>'), "own.narrative-link", "« #ailleurs »"),
    "same ID twice": (
        entry("", '<content ID="t1">a</content><content ID="t1">b</content>'),
        "own.duplicate-id",
        "« t1 » est déjà pris",
    ),
    "code without label": (entry('<value xsi:type="CD" code="C50" codeSystem="1.2"/>'), "own.display-name", "« C50 »"),
    "no such day": (entry('<effectiveTime value="20250230"/>'), "own.date", "« 20250230 » n'est pas une date"),
    "no such day in a typed value": (entry('<value xsi:type="TS" value="202513"/>'), "own.date", "« 202513 »"),
    "interval the wrong way": (
        entry('<effectiveTime><low value="20250603"/><high value="20250501"/></effectiveTime>'),
        "own.interval",
        "finit (20250501) avant de commencer (20250603)",
    ),
    "not base64": (
        entry('<value xsi:type="ED" mediaType="application/pdf" representation="B64">é!</value>'),
        "own.embedded-file",
        "base64",
    ),
    "not a PDF": (
        entry('<value xsi:type="ED" mediaType="application/pdf" representation="B64">aGVsbG8=</value>'),
        "own.embedded-file",
        "type annoncé (application/pdf)",
    ),
    "nothing inside": (entry('<value xsi:type="ED" representation="B64"/>'), "own.embedded-file", "vide"),
}


@pytest.mark.parametrize(("body", "code", "said"), FAULTY.values(), ids=FAULTY.keys())
def test_own_assertions(body: str, code: str, said: str) -> None:
    (found,) = findings(document(body))
    assert (found.code, found.level, found.source) == (code, "error", "OncoDCC")
    assert said in found.message
    assert found.message.startswith("Rubrique « Tumeur »")
    assert found.location.startswith("/ClinicalDocument/component/structuredBody/component[1]/section")


def test_repeated_entry_ids_are_only_worth_a_warning() -> None:
    twice = '<id root="1.2"/></observation></entry><entry><observation><id root="1.2"/><code code="x" displayName="Autre"/>'
    (found,) = findings(document(entry(twice)))
    assert (found.code, found.level) == ("own.repeated-entry-id", "warning")
    internal = twice.replace('<entry><observation><id root="1.2"/>', '<entry><observation><id root="1.3"/>')
    assert findings(document(entry(internal))) == []


RIGHTS = {
    "absent": ("", ["doit être présente une fois (trouvée 0 fois)"]),
    "twice": (rights() + rights(), ["(trouvée 2 fois)"]),
    "text 2 alone": (rights(TEXT_2), ["le texte 1 sur le traitement des données doit précéder"]),
    "text 1 alone": (rights(TEXT_1), ["le texte 2 de l'INCa sur la réutilisation des données est absent"]),
    "the wrong way": (rights(f"{TEXT_2}<br/>{TEXT_1}"), ["doit précéder"]),
    "without the site": (rights(f"{TEXT_1} {TEXT_2.split('Rendez')[0]}"), ["texte 2"]),
    "another title": (rights(title="Mentions"), ["doit s'intituler"]),
}


@pytest.mark.parametrize(("body", "said"), RIGHTS.values(), ids=RIGHTS.keys())
def test_both_patient_rights_texts_in_order(body: str, said: list[str]) -> None:
    found = findings(document(body, with_rights=False))
    assert codes(found) == ["own.patient-rights"] * len(said)
    for one, words in zip(found, said, strict=True):
        assert words in one.message


def test_volets_that_have_no_patient_rights_are_not_asked_for_them() -> None:
    assert (
        findings(document("", templates='<templateId root="1.2.250.1.213.1.1.1.13" extension="201310"/>', with_rights=False))
        == []
    )


UNSEEN_THERE = {"own.patient-rights", "own.rubric", "own.repeated-entry-id", "own.volet"}


def test_what_others_wrote_is_read_with_tolerance() -> None:
    """Dead links are in the official samples; an invalid date or a broken file is not to be tolerated from anybody."""
    levels = {one.code: one.level for body, _, _ in FAULTY.values() for one in findings(document(body), strict=False)}
    assert levels == {
        "own.narrative-link": "warning",
        "own.duplicate-id": "warning",
        "own.display-name": "warning",
        "own.date": "error",
        "own.interval": "error",
        "own.embedded-file": "error",
    }
    assert set(levels) == {f"own.{code}" for code in ASSERTIONS} - UNSEEN_THERE


def test_encoding() -> None:
    plain = document("")
    assert codes(findings(b"\xef\xbb\xbf" + plain)) == ["own.encoding"]
    latin = plain.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1", "xmlcharrefreplace")
    assert "« iso-8859-1 »" in findings(latin)[0].message


VOLET_TABLE = {
    "FRCP 2025.01": FRCP,
    "FRCP 2022.01": '<templateId root="1.2.250.1.213.1.1.1.8" extension="2022.01"/>',
    "PPS 2025.01": '<templateId root="1.2.250.1.213.1.1.1.26" extension="2025.01"/>',
    "PPS 2022.01": '<templateId root="1.2.250.1.213.1.1.1.26" extension="2022.01"/>',
    "CR-GM 2022.01": '<templateId root="1.2.250.1.213.1.1.1.32" extension="2022.01"/>',
    "VSM": '<templateId root="1.2.250.1.213.1.1.1.13" extension="201310"/>',
    "CDA R2 N1": '<templateId root="1.3.6.1.4.1.19376.1.2.20"/>',
}
OWN_SCHEMA = {
    "FRCP 2025.01": "CI-SIS_CANCER-FRCP_2025.01.sch",
    "FRCP 2022.01": "CI-SIS_CANCER-FRCP_2022.01.sch",
    "PPS 2025.01": "CI-SIS_CANCER-PPS_2025.01.sch",
    "PPS 2022.01": "CI-SIS_CANCER-PPS_2022.01.sch",
    "CR-GM 2022.01": "CI-SIS_CANCER-CR-GM_2022.01.sch",
}


@pytest.mark.parametrize(("label", "template"), VOLET_TABLE.items(), ids=VOLET_TABLE.keys())
def test_table_of_schemas(label: str, template: str) -> None:
    volet = volet_of(parse_untrusted(document("", templates=template)).getroot())
    assert isinstance(volet, Volet)
    assert volet.label == label
    own = (OWN_SCHEMA[label],) if label in OWN_SCHEMA else ()
    assert tuple(volet.heads) == (*own, *COMMON)


def test_n1_wins_over_the_volet_it_wraps() -> None:
    both = parse_untrusted(document("", templates=FRCP + VOLET_TABLE["CDA R2 N1"])).getroot()
    volet = volet_of(both)
    assert isinstance(volet, Volet)
    assert not volet.structured


@pytest.mark.parametrize(
    ("templates", "said"),
    [
        ("", "ne dit pas à quel volet"),
        ('<templateId root="1.2.3" extension="9"/>', "modèle de document inconnu (1.2.3 (version 9))"),
        ('<templateId root="1.2.250.1.213.1.1.1.8" extension="2031.01"/>', "connues : FRCP 2025.01, FRCP 2022.01"),
        ('<templateId root="1.2.250.1.213.1.1.1.8"/>', "version de volet inconnue"),
    ],
)
def test_a_volet_outside_the_table_is_said(templates: str, said: str) -> None:
    content = document("", templates=templates)
    assert isinstance(volet_of(parse_untrusted(content).getroot()), Unknown)
    (found,) = findings(content, strict=False)
    assert (found.code, found.level) == ("own.volet", "error")
    assert said in found.message
    assert found.message.startswith("En-tête, « modèle (templateId) »")


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("2025", True),
        ("202506", True),
        ("20250603", True),
        ("2025060312", True),
        ("202506031200", True),
        ("20250603120000+0200", True),
        ("20250603120000.123-0500", True),
        ("20240229", True),
        ("20250229", False),
        ("202500", False),
        ("20250603240000", False),
        ("20250603120000+1500", False),
        ("20250603120000+0160", False),
        ("20250603T12", False),
        ("2025-06-03", False),
        ("", False),
        ("0000", False),
    ],
)
def test_stamps(value: str, valid: bool) -> None:
    assert is_stamp(value) is valid


def test_intervals_are_compared_as_far_as_both_say() -> None:
    assert in_order("2025", "20250101")
    assert in_order("20250603", "20250603")
    assert in_order("20250603230000+0200", "20250603010000-0500")
    assert not in_order("20250604", "202505")


def test_embedded_files() -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\nrest").decode()
    assert embedded_fault(f"\n {PDF[:10]}\n {PDF[10:]}", "application/pdf") == ""
    assert embedded_fault(png, "image/png") == ""
    assert "type annoncé" in embedded_fault(png, "image/jpeg")
    assert embedded_fault(png, "application/x-unheard-of") == ""
    assert "tronqué" in embedded_fault(base64.b64encode(b"%PDF-1.4 cut").decode(), "application/pdf")
    assert "base64" in embedded_fault(PDF + "=", "application/pdf")


def test_places_name_section_and_field() -> None:
    content = document(
        entry('<value code="C50"/>'),
        header="<recordTarget><patientRole><patient><name><family>X</family></name></patient></patientRole></recordTarget><author/><author/>",
    )
    root = parse_untrusted(content).getroot()
    value = place_of(next(root.iter(f"{{{HL7}}}value")))
    assert value.prefix() == "Rubrique « Tumeur », champ « Diagnostic : valeur »"
    assert place_of(next(root.iter(f"{{{HL7}}}family"))).prefix() == "En-tête, « patient › nom »"
    assert place_of(root).prefix() == "Document"
    authors = list(root.iter(f"{{{HL7}}}author"))
    assert place_of(authors[1]).location == "/ClinicalDocument/author[2]"
    for element in root.iter("*"):
        assert node_at(root, place_of(element).location) is element
    saxon = f"/Q{{{HL7}}}ClinicalDocument[1]/Q{{{HL7}}}author[2]/@x"
    assert node_at(root, saxon) is authors[1]


@pytest.mark.parametrize(
    ("message", "french"),
    [
        ("[S_x.sch] Erreur de conformité CI-SIS : L'élément id manque.", "L'élément id manque."),
        ("[1] [E_y_int.sch] Erreur de conformité IHE PCC : il faut [1..*].", "il faut [1..*]."),
        (
            "(CI-SIS recordTarget): element hl7:id[not(@nullFlavor)] is required [min 1x].",
            "l'élément id[not(@nullFlavor)] est obligatoire (au moins 1) "
            "(texte d'origine : element hl7:id[not(@nullFlavor)] is required [min 1x].)",
        ),
        (
            "(X)/d15-true-d1: this element 'zz' is not defined, or not defined with this content. This may concern the "
            "templateId, code or id. Expected in this context: hl7:a | hl7:b (rule-reference: d15)",
            "l'élément zz n'est pas prévu ici, ou pas avec ce contenu ; prévus : a | b",
        ),
        ("(X): The value for code SHALL be 'FR'. Found: \"EN\"", "l'attribut code doit valoir « FR » (lu : « EN »)"),
        ("dtr1-2-TS: something that no row of the table knows", "règle du kit non respectée (texte d'origine : something that"),
    ],
)
def test_wording_of_schematrons(message: str, french: str) -> None:
    assert from_schematron(message).startswith(french)


@pytest.mark.parametrize(
    ("message", "french"),
    [
        (
            "Element '{urn:hl7-org:v3}zz': This element is not expected. Expected is one of ( {urn:hl7-org:v3}id, "
            "{urn:hl7-org:v3}code ).",
            "l'élément zz n'est pas attendu ici ; attendu : id, code (texte d'origine",
        ),
        (
            "Element '{urn:hl7-org:v3}a': The attribute 'classCode' is required but missing.",
            "l'attribut classCode est obligatoire",
        ),
        ("A message of a libxml2 to come.", "A message of a libxml2 to come."),
    ],
)
def test_wording_of_the_xsd(message: str, french: str) -> None:
    assert from_xsd(message).startswith(french)


def test_without_kit_own_assertions_still_run() -> None:
    report = check_content(document(entry('<effectiveTime value="20250230"/>')), None, strict=False)
    assert (report.volet, report.schemas, codes(report.findings)) == ("FRCP 2025.01", (), ["own.date"])
    assert not report.conformant
    with pytest.raises(Refused, match="html"):
        check_content(b"<html/>", None, strict=False)


def test_location_survives_comments_and_instructions() -> None:
    root = parse_untrusted(document("<!-- x --><?pi y?>" + entry(""))).getroot()
    comment = next(iter(root.iter(etree.Comment)))
    assert place_of(comment).location.endswith("/node()")
