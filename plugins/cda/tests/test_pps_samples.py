"""The official PPS, read, written again and read again: the same answers, and no coded element lost.

What differs in the codes is listed below, each with its reason; what the narrative says otherwise than the entries is kept apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from dcc.contracts.snapshots import AttachmentSnapshot, InstanceId, ReadResult
from forms_config.schema.answers import exportable, without_row_ids
from plugins.cda.api import PPS_N3, encode
from plugins.cda.codecs.xml import Q
from plugins.cda.conformance.checker import check_content, checker_of
from plugins.cda.conformance.kit import Kit
from plugins.cda.tests.documents import PDF, PPS_SCHEMA, make_pps, parsed, read
from plugins.cda.tests.test_official_samples import CISIS, LOINC, Codes, codes_of
from tests.fixtures import kit_dir, reference_dir

PLACES, FUNCTIONS = "1.2.250.1.71.4.2.4", "1.2.250.1.213.1.1.4.2.280"
ALWAYS: Codes = {
    # Where the document was written: the establishment that keeps it is known, not its activity (JDV_J02).
    ("SA01", PLACES): -1,
    ("SA43", PLACES): 1,
    # The comment of the second measure is a dead link (#mesure-comment-2): there is none.
    ("48767-8", LOINC): -1,
}
MISTAKEN_RHYTHM: Codes = {
    # The rhythm of the support to stop smoking has the code of paediatrics, mended in the sample of June 2026 (§7.3).
    ("ORG-116", CISIS): -1,
    ("ORG-004", CISIS): 1,
}
CONVERTED_2022: Codes = {
    **ALWAYS,
    **MISTAKEN_RHYTHM,
    # Contacts: translations of « correspondant » became functions (§7.3).
    **{(code, CISIS): -1 for code in ("ORG-178", "ORG-179", "ORG-180", "ORG-181", "ORG-188", "ORG-190", "ORG-191")},
    ("ORG-177", CISIS): -4,
    ("CORRE", FUNCTIONS): -8,
    **{(code, FUNCTIONS): 1 for code in ("ES-REF", "HEBERG", "ORG-SOC", "ST-INF")},
    ("ST-COORD", FUNCTIONS): 2,
    ("ST-PS-PEC", FUNCTIONS): 3,
    # A profession of INSEE, which JDV_J01 does not know: the words stay, as comment on the person.
    ("434b", "1.2.250.1.213.2.13"): -2,
    # The PDF copy is new in 2025.01.
    ("55108-5", LOINC): 2,
    ("55107-7", LOINC): 1,
    ("69764-9", LOINC): 1,
}
SAMPLES: Mapping[str, tuple[Path, str, Codes]] = {
    "kit 2025.01": (kit_dir() / "ExemplesCDA/CANCER-PPS_2025.01.xml", "2025.01", {**ALWAYS, **MISTAKEN_RHYTHM}),
    "XDM 2025.01": (reference_dir() / "mss/xdm/PPS_2025.01/IHE_XDM/SUBSET01/DOC0001.XML", "2025.01", ALWAYS),
    "2022.01": (
        reference_dir() / "exemples_2022.01/CANCER-PPS_2022.01_feuille-de-style-externe.xml",
        "2022.01",
        CONVERTED_2022,
    ),
}
pytestmark = [pytest.mark.kit, pytest.mark.reference]


def again(result: ReadResult) -> bytes:
    """The document, written by us from what was read, on the day of its content."""
    header = result.header
    assert header.effective_time is not None
    assert result.identity is not None
    assert header.custodian is not None
    joined = [file for file in result.files if not file.is_copy]
    document = make_pps(
        result.answers,
        status=header.status or "en_cours",
        set_id=header.set_id,
        version_number=header.version_number,
        title=header.title,
        effective_time=header.effective_time,
        status_time=header.effective_time,
        patient=result.identity,
        authors=header.authors,
        legal_authenticator=header.legal_authenticator,
        custodian=header.custodian,
        attachments=tuple(
            AttachmentSnapshot(UUID(int=number), file.title, file.media_type, "0" * 64, file.content)
            for number, file in enumerate(joined)
        ),
        replaces={},
        reference=header.reference,
    )
    return encode(PPS_N3, document, PDF)


def clinical_document(content: bytes) -> etree._Element:
    """The document, out of the style sheet it may be wrapped in."""
    root = parsed(content)
    return root if root.tag == f"{Q}ClinicalDocument" else next(root.iter(f"{Q}ClinicalDocument"))


@pytest.fixture(params=SAMPLES, ids=str)
def sample(request: pytest.FixtureRequest) -> tuple[bytes, str, Codes]:
    """One official document, its version, and the codes that change."""
    path, version, changes = SAMPLES[request.param]
    return path.read_bytes(), version, changes


def test_it_is_read_without_refusing_a_value(sample: tuple[bytes, str, Codes]) -> None:
    content, version, _ = sample
    result = read(content)
    assert result.header.volet_version == version
    assert [finding.message for finding in result.findings if finding.level == "error"] == []
    assert result.header.reference is not None
    assert result.header.reference.identifier.root == "1.2.3.4.567.8.9.10"
    assert len(without_row_ids(result.answers)) > 40


def test_written_and_read_again_it_gives_the_same_answers_and_no_finding(sample: tuple[bytes, str, Codes]) -> None:
    first = read(sample[0])
    content = again(first)
    second = read(content)
    assert without_row_ids(second.answers) == without_row_ids(first.answers)
    assert without_row_ids(exportable(PPS_SCHEMA, first.answers)) == without_row_ids(first.answers)
    assert second.identity == first.identity
    assert replace(second.header, identifier=first.header.identifier, volet_version=first.header.volet_version) == first.header
    assert second.unknown_parts == ()
    report = check_content(content, checker_of(Kit(kit_dir(), "kit")), strict=True)
    assert [finding.message for finding in report.findings] == []


def test_no_coded_element_is_lost(sample: tuple[bytes, str, Codes], capsys: pytest.CaptureFixture[str]) -> None:
    content, version, changes = sample
    before = codes_of(clinical_document(content))
    after: Counter[tuple[str, str]] = codes_of(parsed(again(read(content))))
    difference = {code: after[code] - before[code] for code in before | after if after[code] != before[code]}
    with capsys.disabled():
        print(f"\n{version}: {before.total()} coded elements before, {after.total()} after, {len(before)} distinct codes")  # noqa: T201  (the issue asks for count and list)
        for (code, system), change in sorted(difference.items()):
            print(f"    {change:+d}  {code} ({system})")  # noqa: T201  (id.)
    assert difference == changes


def test_what_the_narrative_says_otherwise_is_kept(sample: tuple[bytes, str, Codes]) -> None:
    """The official samples contradict themselves here and there: the coded entry is taken, the other words are shown."""
    kept = {part.title.partition(" :")[0]: part.text for part in read(sample[0]).unknown_parts}
    assert "Clinique du Dr MULLER\nDr Charles MULLER" in kept["PROGRAMME THÉRAPEUTIQUE ET DE SUIVI"], "the entry says MORVAN"
    assert "Poids : 97 kg" in kept["SOINS ONCOLOGIQUES DE SUPPORT, ACCOMPAGNEMENT SOCIAL ET SOCIOPROFESSIONNEL"]
    assert "TNM (T) | 2-3cm" in kept["DIAGNOSTIC"]


def test_every_contact_of_the_samples_finds_its_place(sample: tuple[bytes, str, Codes]) -> None:
    result = read(sample[0])
    answers = without_row_ids(result.answers)
    assert {key.rpartition(".")[2] for key in answers if key.startswith("pps.contacts.")} >= {
        "references",
        "equipe",
        "hebergement",
        "coordination_3c",
        "proximite",
        "mediateur",
        "medecin_traitant",
        "coordination",
        "rrc",
        "organismes",
        "soutien",
    }
    assert not [part.title for part in result.unknown_parts if part.title.startswith("Participant")]


def test_words_dates_and_accidents_of_the_sample_are_read() -> None:
    answers = without_row_ids(read(SAMPLES["kit 2025.01"][0].read_bytes()).answers)
    done, surgery, chemotherapy, other = answers["pps.traitements"]
    assert (done["pps.traitements.debut"], done["pps.traitements.fin"]) == ("2024-05-01", "2024-07-01")
    assert surgery["pps.traitements.type"]["text"] == "Chirurgie"
    assert chemotherapy["pps.traitements.effets"].startswith("(Texte libre)\nVous allez")
    assert other["pps.traitements.rythme"] == "1 fois par jour le matin après le petit déjeuner."
    assert other["pps.traitements.mode"]["text"] == "(Texte libre) Autre mode d'administration à définir avec le patient."
    (growth_factor,) = answers["pps.prevention"]
    assert "text" not in growth_factor["pps.prevention.type"], "its link leads to the words of another act"
    assert answers["pps.accompagnements"][0]["pps.accompagnements.rythme"] == "2 fois par jour.", "its link leads to the place"
    diet, tobacco = answers["pps.soins"][1:]
    assert (diet["pps.soins.poids"], diet["pps.soins.poids_date"]) == ("70", "2024-11-14")
    assert (tobacco["pps.soins.tabac"], tobacco["pps.soins.domicile"]) == ("Fumeur actif", True)
    assert [row["pps.documents.nature"] for row in answers["pps.documents"]] == ["CR-GM", "PPS-Cancer"]
    assert (answers["pps.statut.annonce"], answers["pps.statut.remise"]) == ("2025-01-13", "2025-01-13")


def test_the_joined_file_is_taken_out() -> None:
    result = read(SAMPLES["kit 2025.01"][0].read_bytes())
    assert [(file.title, file.media_type, file.is_copy) for file in result.files] == [
        ("Effets secondaires", "application/pdf", False),
        ("Copie du document", "application/pdf", True),
    ]
    assert result.header.reference is not None
    assert result.header.reference.identifier == InstanceId("1.2.3.4.567.8.9.10", "FRCP-2025-00001-1")
