"""The official kit: nothing to say on the official samples, and agreement with an independent way on damaged ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import saxonche
from lxml import etree

from plugins.cda.conformance.checker import Checker, check_content, checker_of
from plugins.cda.conformance.kit import kit_at
from plugins.cda.conformance.saxon import Saxon
from plugins.cda.conformance.sets import COMMON, VOLETS, Volet, volet_of
from plugins.cda.conformance.stylesheet import BROKEN
from plugins.cda.tests.conformance_mutants import mutant
from plugins.cda.tests.conformance_oracle import Oracle
from plugins.cda.xml_input import parse_clinical_document
from tests.fixtures import kit_dir
from tests.proofs.recorder import Proof

pytestmark = pytest.mark.kit
_NAMESPACE = re.compile(r"Q\{[^}]*\}")
_SPACES = re.compile(r"\s+")

SAMPLES = {
    "CANCER-FRCP_2025.01_Appareil.xml": "FRCP 2025.01",
    "CANCER-PPS_2025.01.xml": "PPS 2025.01",
    "CANCER-CR-GM_2022.01_AnalyseRealisee.xml": "CR-GM 2022.01",
    "VSM_1.4_2022.01.xml": "VSM",
    "DOC_NON_STRUCTURE_CDA-R2-N1.xml": "CDA R2 N1",
}


@pytest.fixture(scope="module")
def checker() -> Checker:
    return checker_of(kit_at(kit_dir()))


def sample(name: str) -> bytes:
    return (kit_dir() / "ExemplesCDA" / name).read_bytes()


@pytest.mark.parametrize(("name", "volet"), SAMPLES.items(), ids=SAMPLES.values())
def test_nothing_to_say_on_an_official_sample(checker: Checker, name: str, volet: str) -> None:
    report = check_content(sample(name), checker, strict=False)
    assert report.volet == volet
    assert report.official == ()
    assert [finding for finding in report.findings if finding.level == "error"] == []
    assert report.conformant
    expected = {"FRCP 2025.01", "PPS 2025.01", "CR-GM 2022.01"}
    assert len(report.schemas) == (6 if volet in expected else 5), (
        "XSD, four common schemas, and the volet's own where there is one"
    )


def test_every_row_of_the_table_has_its_schema_in_the_kit(checker: Checker) -> None:
    for volet in VOLETS:
        assert set(checker.heads(volet)) == set(volet.heads), volet.label


def test_a_sample_under_the_schema_of_another_volet_is_not_silent(checker: Checker) -> None:
    """The PPS under the FRCP's schema: the engine does select nodes and evaluate tests on whole documents."""
    frcp = b'root="1.2.250.1.213.1.1.1.8" extension="2025.01"'
    content = sample("CANCER-PPS_2025.01.xml").replace(b'root="1.2.250.1.213.1.1.1.26" extension="2025.01"', frcp)
    report = check_content(content, checker, strict=False)
    missing = [finding.message for finding in report.official if "doit être présente dans le document" in finding.message]
    assert any("FR-Statut-dossier-RCP" in message for message in missing)
    assert not report.conformant


def _mine(saxon: Saxon, head: str, text: str) -> tuple[list[tuple[str, str]], int]:
    found = saxon.run(head, saxon.parse(text))
    said = sorted((_NAMESPACE.sub("", one.path).strip("/"), one.message) for one in found if one.role != BROKEN)
    return said, sum(one.role == BROKEN for one in found)


def _squeezed(findings: Sequence[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """The reference implementation drops the spaces between two values of a message: spaces are not compared."""
    return Counter((where, _SPACES.sub("", what)) for where, what in findings)


def disagreements(oracle: Oracle, saxon: Saxon, content: bytes) -> tuple[list[str], int]:
    """Where the two ways differ on a document, schema by schema; and how many findings they agree on."""
    tree = parse_clinical_document(content)
    volet = volet_of(tree.getroot())
    text = etree.tostring(tree, encoding="unicode")
    differences, agreed = [], 0
    for head in volet.heads if isinstance(volet, Volet) else COMMON:
        mine, broken = _mine(saxon, head, text)
        try:
            theirs = oracle.findings(kit_dir() / "schematrons" / head, text)
        except saxonche.PySaxonApiError:
            # One failing expression ends the reference's whole run; ours names it and goes on.
            if not broken:
                differences.append(f"{head}: only the reference failed")
            continue
        if _squeezed(mine) != _squeezed(theirs) or broken:
            differences.append(f"{head}: {set(mine) ^ set(theirs)} ({broken} broken)")
        agreed += len(theirs)
    return differences, agreed


def _compare(numbers: Sequence[int], at_least: int) -> int:
    oracle, saxon = Oracle(), Saxon(kit_at(kit_dir()))
    names, total = list(SAMPLES), 0
    for number in numbers:
        differences, agreed = disagreements(oracle, saxon, mutant(sample(names[number % len(names)]), number))
        assert differences == [], f"mutant {number}"
        total += agreed
    assert total >= at_least, "damaged documents must give findings, or the comparison proves nothing"
    return total


def test_agreement_with_an_independent_way_on_damaged_samples() -> None:
    _compare(range(5), at_least=10)


@pytest.mark.prove
def test_agreement_with_an_independent_way_on_thirty_damaged_samples(proof: Proof) -> None:
    findings = _compare(range(30), at_least=200)
    figures = {"documents abîmés": 30, "remarques, les mêmes par les deux voies": findings, "désaccords": 0}
    proof.record(issue=2, title="Contrôle de conformité comparé à une seconde voie indépendante", figures=figures)


def test_samples_give_no_finding_by_the_independent_way_either() -> None:
    """The cheapest sample suffices: this only shows that the second way is set up as the first."""
    oracle, saxon = Oracle(), Saxon(kit_at(kit_dir()))
    for head in ("CI-SIS_CANCER-FRCP_2025.01.sch", "profils/CI-SIS_Modeles_ANS.sch"):
        text = parse_clinical_document(sample("CANCER-FRCP_2025.01_Appareil.xml"))
        plain = etree.tostring(text, encoding="unicode")
        assert oracle.findings(Path(kit_dir() / "schematrons" / head), plain) == []
        assert _mine(saxon, head, plain) == ([], 0)
