"""The PPS as a patient gets it: its order, its words, its structure, its proofs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from dcc.contracts.datamatrix import decode_payload
from dcc.contracts.snapshots import Artifact, DocumentSnapshot
from plugins.pdf.pdfa import write_pdfa
from plugins.pdf.proof import read_back
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import pps_samples, samples
from plugins.pdf.tests.printed import LONG, squeezed
from tests.pdfa import pages_text, preflight, structure_errors
from tests.pdfa.structure import read_structure
from tests.pdfa.tags import structure_text, tag_faults

RUBRICS = (
    "Qui appeler",
    "PROGRAMME THÉRAPEUTIQUE ET DE SUIVI",
    "Synthèse des traitements et suivis (réalisés)",
    "SOINS ONCOLOGIQUES DE SUPPORT, ACCOMPAGNEMENT SOCIAL ET SOCIOPROFESSIONNEL",
    "Synthèse des soins oncologiques de support et accompagnements (réalisés)",
    "CALENDRIER",
    "CONTACTS UTILES",
    "PATIENT Adresse",
    "DIAGNOSTIC",
    "DOCUMENT Identifiant",
    "DOCUMENTS AJOUTÉS",
    "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT",
)
"""In the order of the national model (cda.md §2.4)."""
SAMPLES: Mapping[str, Callable[[], DocumentSnapshot]] = {
    "minimal": pps_samples.minimal,
    "typical": pps_samples.typical,
    "updated": pps_samples.updated,
    "draft": lambda: pps_samples.typical(status="en_cours", patient=samples.PROVISIONAL, legal_authenticator=None),
    "trial": lambda: pps_samples.typical(trial=True),
    "maximal": pps_samples.maximal,
    "long": lambda: pps_samples.maximal(rows=2, texts=(LONG,)),
}


@cache
def printed(name: str) -> tuple[Artifact, Path]:
    artifact = PdfA1Renderer().render(SAMPLES[name](), {}, as_of=pps_samples.AS_OF)
    path = Path(tempfile.mkdtemp(prefix="oncodcc-pps-")) / f"{name}.pdf"
    path.write_bytes(artifact.content)
    return artifact, path


@cache
def text_of(name: str) -> str:
    return squeezed(read_structure(printed(name)[1]))


def test_our_reader_of_the_structure_reads_as_poppler() -> None:
    assert text_of("typical") == squeezed(structure_text(printed("typical")[1]))


def test_pdfa_without_a_finding() -> None:
    paths = [printed(name)[1] for name in SAMPLES]
    assert preflight(paths) == {path: [] for path in paths}
    assert [structure_errors(path) for path in paths] == [""] * len(paths)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_structure_reaches_all_that_is_read(name: str) -> None:
    assert tag_faults(printed(name)[1]) == []


def test_the_check_of_tags_does_find(tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(write_pdfa('<html lang="fr"><p>Texte')[0])
    with pytest.raises(AttributeError):
        tag_faults(plain)
    broken = tmp_path / "broken.pdf"
    with pikepdf.open(printed("minimal")[1]) as pdf:
        pdf.Root.StructTreeRoot.K[0].K = pikepdf.Array()
        pdf.Root.Lang = "en"
        pdf.save(broken)
    found = {fault.split()[0] for fault in tag_faults(broken)}
    assert found == {"6.8.4", "6.8.3.1"}


@pytest.mark.parametrize("read", [read_structure, lambda path: " ".join(pages_text(path))], ids=["structure", "page"])
def test_rubrics_stand_in_the_order_of_the_national_model(read: Callable[[Path], str]) -> None:
    text = squeezed(read(printed("typical")[1]))
    places = [text.find(squeezed(rubric)) for rubric in RUBRICS]
    assert -1 not in places
    assert places == sorted(places)


def test_a_screen_reader_meets_no_margin() -> None:
    assert "pps_standard" not in read_structure(printed("typical")[1])
    assert "pps_standard" in " ".join(pages_text(printed("typical")[1]))


def test_a_typical_programme_has_two_to_six_pages() -> None:
    assert 2 <= printed("minimal")[0].facts["pages"] <= printed("updated")[0].facts["pages"] <= 6


def test_page_one_says_who_it_is_about_and_whom_to_call() -> None:
    page = " ".join(pages_text(printed("updated")[1])[0].split())
    for text in (
        "3C du Centre hospitalier de Démonstration",
        "Réseau régional de cancérologie de Démonstration",
        "GARCIA-HAMMADI",
        "277010115400329 (NIR)",
        "INS à scanner",
        "Version 2 – Validé le 12/03/2025 à 14:02",
        "Motif de mise à jour : Modification de calendrier La troisième cure est avancée d'un jour.",
        "Remis au patient : le 12 mars 2025 par DR Alice MARTIN",
        "Léa MOREAU Infirmière de coordination tél. 02 41 00 00 11",
        "DR Hélène DURAND Médecin généraliste tél. 02 41 55 55 55",
        "Chimiothérapie (FEC 100, perfusion d'une demi-journée) : Nausées",
    ):
        assert text in page, text


def test_the_datamatrix_reads_back_as_the_identity() -> None:
    (code,) = read_back(printed("typical")[0].content)
    assert decode_payload(code.decode("ascii")).ins == samples.INS
    assert read_back(printed("draft")[0].content) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_patient_rights_word_for_word_in_order(name: str) -> None:
    text = text_of(name)
    places = [text.find(squeezed(part)) for part in (RUBRICS[-1], samples.CASE["legal_1"], samples.CASE["legal_2"])]
    assert -1 not in places
    assert places == sorted(places)


def test_the_address_of_the_platform_is_live() -> None:
    with pikepdf.open(printed("typical")[1]) as pdf:
        links = [str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]
    assert links == ["http://lesdonnees.e-cancer.fr"]


def test_marks_of_a_draft_and_of_a_trial_stand_on_each_page() -> None:
    assert {"DOCUMENT NON VALIDÉ" in page for page in pages_text(printed("draft")[1])} == {True}
    assert {"ESSAI" in page for page in pages_text(printed("trial")[1])} == {True}
    assert {"ESSAI" in page or "NON VALIDÉ" in page for page in pages_text(printed("typical")[1])} == {False}


def test_the_frcp_it_follows_is_named() -> None:
    text = " ".join(read_structure(printed("typical")[1]).split())
    assert "FRCP de référence Fiche de réunion de concertation pluridisciplinaire du 05/02/2025" in text
    assert "1.2.250.1.999.3^58f1c0aa" in text
    assert "FRCP de référence" not in read_structure(printed("minimal")[1])


def test_what_has_nothing_to_say_is_left_out_save_what_the_model_wants() -> None:
    text = read_structure(printed("minimal")[1])
    for rubric in RUBRICS[1:5]:
        assert squeezed(rubric) in text_of("minimal")
    assert text.count("Rien n'est encore réalisé.") == 2
    assert "Aucun traitement ni suivi en cours ou à venir" in text
    for rubric in ("CALENDRIER", "DOCUMENTS AJOUTÉS", "Effets secondaires"):
        assert rubric not in text


def test_the_syntheses_follow_the_day_it_is_printed() -> None:
    """The same document printed later tells more as done; its answers are the same."""
    later = pps_samples.AS_OF + timedelta(days=400)
    ended: dict[str, Any] = {**pps_samples.ANSWERS, "pps.traitements": pps_samples.ANSWERS["pps.traitements"][:2]}
    rows = [{**row, "values": dict(row["values"])} for row in ended["pps.traitements"]]
    rows[1]["values"]["pps.traitements.fin"] = "2025-04-02"
    snapshot = pps_samples.typical({**ended, "pps.traitements": rows})
    for moment, done in ((pps_samples.AS_OF, False), (later, True)):
        text = "\n".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(_bytes(snapshot, moment)).__iter__()
        )
        assert f"Synthèses établies à la date du {moment:%d/%m/%Y}." in text
        synthesis = text.partition("Synthèse des traitements")[2].partition("Prévention et gestion")[0]
        assert ("02/04/2025" in synthesis) is done


def _bytes(snapshot: DocumentSnapshot, moment: Any) -> bytes:
    return PdfA1Renderer().render(snapshot, {}, as_of=moment).content


def test_same_snapshot_and_moment_same_bytes() -> None:
    assert _bytes(pps_samples.typical(), pps_samples.AS_OF) == printed("typical")[0].content
    other = replace(pps_samples.typical(), title="Autre titre")
    assert _bytes(other, pps_samples.AS_OF) != printed("typical")[0].content
