"""Cell by cell: what each question of an FRCP becomes in its PPS (cda.md §5.4, §5.5, §7.6), and of a PPS in another (§5.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dcc.contracts.prefill import Candidate, PrefillRequest, SourceDocument
from dcc.contracts.testing import PrefillConformance
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.rendering import check_answer
from forms_config.schema.model import FormSchema
from forms_config.terminology import api as terminology
from plugins.reprise.maps import load_maps
from plugins.reprise.sources import FormerDocument, ReferenceDocument

pytestmark = pytest.mark.django_db

FRCP, PPS, OLDER, OTHER, ELSEWHERE = (UUID(int=n) for n in (1, 2, 3, 4, 5))
VALIDATED = datetime(2026, 3, 13, 9, tzinfo=UTC)
SURGEON = {"family": "ZENBERGER", "given": "Michel", "suffix": "DR"}
NURSE = {"family": "PETIT", "given": "Anne"}
PLACE = {"name": "Centre hospitalier de Démonstration"}
PPS_SCHEMA: FormSchema = default_schema(load_catalogue("pps", "2025.01"))
KEYS = [question.key for question in PPS_SCHEMA.questions()]


def coded(values: str, code: str, **more: str) -> dict[str, str]:
    """A coded answer."""
    found = terminology.lookup(values, code)
    assert found is not None, (values, code)
    return {**found.value, **more}


def treatment(code: str) -> dict[str, str]:
    """A type of treatment of an FRCP."""
    return coded("jdv-type-traitement-frcp-cisis", code)


def row(group: str, /, **values: Any) -> dict[str, Any]:
    """A group with one row, its id « r1 »."""
    return {group: [{"id": "r1", "values": {f"{group}.{key}": value for key, value in values.items()}}]}


def source(answers: Mapping[str, Any], kind: str = "frcp", key: UUID = FRCP, number: int = 1) -> SourceDocument:
    """A validated document."""
    return SourceDocument(key, kind, number, kind.upper(), VALIDATED, "DR Bob BERNARD", answers, PLACE)


def proposed(answers: Mapping[str, Any]) -> Sequence[Candidate]:
    """What a validated FRCP with these answers proposes to its PPS."""
    return ReferenceDocument(load_maps()).candidates(PrefillRequest(OTHER, "pps", KEYS, PPS, {}, source(answers)))


def only(answers: Mapping[str, Any], target: str) -> Any:
    """The one value that is proposed for a question, or nothing; it must fit the form."""
    found = [c for c in proposed(answers) if c.question_key == target]
    assert len(found) < 2
    for candidate in found:
        _fits(candidate)
    return found[0].value if found else None


def _fits(candidate: Candidate) -> None:
    question = PPS_SCHEMA.by_key[candidate.question_key]
    values = {q.key: q for q in question.columns} if question.is_rows else {question.key: question}
    parts = candidate.value if question.is_rows else {question.key: candidate.value}
    for key, part in parts.items():
        check_answer(values[key], part)


TYPES = """
387713003       387713003
C15313          C15313
C15195          C15195
C15632          C15632
C93352          C93352
C547            C15445
C15262          C15262
C63334          C63334
MED-556         MED-556
MED-226         MED-226
MED-227         424313000
424313000       424313000
C157891         C157891
MED-232         MED-232
MED-126         MED-126
GEN-092.03.01   GEN-092.03.01
GEN-092.03.02   GEN-092.03.01
C15747          soins:GEN-092.04.07
C15252          soins:GEN-092.04.07
"""
"""Type of treatment in an FRCP, type in a PPS: the whole list of the FRCP (cda.md §5.5)."""


@pytest.mark.parametrize(("code", "expected"), [line.split() for line in TYPES.strip().splitlines()])
@pytest.mark.parametrize("group", ["frcp.propositions", "frcp.traitements"])
def test_types_of_treatment(group: str, code: str, expected: str) -> None:
    there, _sep, wanted = expected.rpartition(":")
    given: dict[str, Any] = {"type": treatment(code)}
    if group == "frcp.traitements":
        given["statut"] = coded("statut-acte", "completed")
    answers = row(group, **given)
    target, other = ("pps.soins", "pps.traitements") if there else ("pps.traitements", "pps.soins")
    assert only(answers, target)[f"{target}.type"]["code"] == wanted
    assert only(answers, other) is None


def test_every_type_of_an_frcp_is_in_the_table() -> None:
    tried = {line.split()[0] for line in TYPES.strip().splitlines()}
    assert {concept.code for concept in terminology.all_concepts("jdv-type-traitement-frcp-cisis")} == tried


def test_a_type_that_the_pps_does_not_have_keeps_its_words() -> None:
    value = only(row("frcp.propositions", type=treatment("GEN-092.03.02")), "pps.traitements")
    assert value["pps.traitements.type"]["text"] == "Autre(s) traitement(s) médicamenteux spécifique(s)"
    (candidate,) = proposed(row("frcp.propositions", type={"code": "X-1", "system": "1.2.3", "label": "Hyperthermie"}))
    assert candidate.value["pps.traitements.type"]["code"] == "GEN-092.03.01"
    assert candidate.value["pps.traitements.type"]["text"] == "Hyperthermie"
    assert "sans équivalent exact dans le PPS" in candidate.remark


# statut, debut, fin of a treatment of the FRCP; what the PPS proposes: confirmed dates, remark. None: not proposed.
PAST: list[tuple[str, dict[str, str], dict[str, str] | None, str]] = [
    ("completed", {"debut": "2026-01-05", "fin": "2026-02-01"}, {"debut": "2026-01-05", "fin": "2026-02-01"}, ""),
    ("completed", {"debut": "2026-01"}, {"debut": "2026-01"}, ""),
    ("completed", {"fin": "2025"}, {"fin": "2025"}, ""),
    ("completed", {}, {}, "Déjà réalisé, sans date connue"),
    ("active", {"debut": "2026-01-05"}, {"debut": "2026-01-05"}, "En cours : préciser la fin prévue"),
    ("active", {"debut": "2026-01-05", "fin": "2026-06"}, {"debut": "2026-01-05", "fin": "2026-06"}, ""),
    ("cancelled", {"debut": "2026-01-05"}, None, ""),
]


@pytest.mark.parametrize(("status", "given", "expected", "remark"), PAST)
@pytest.mark.parametrize(("code", "target"), [("C15632", "pps.traitements"), ("C15747", "pps.soins")])
def test_treatments_past_or_under_way(
    code: str, target: str, status: str, given: dict[str, str], expected: dict[str, str] | None, remark: str
) -> None:
    answers = row("frcp.traitements", type=treatment(code), statut=coded("statut-acte", status), **given)
    found = [c for c in proposed(answers) if c.question_key == target]
    if expected is None:
        assert not found
        return
    (candidate,) = found
    dates = {key.rpartition(".")[2]: value for key, value in candidate.value.items() if isinstance(value, str)}
    assert dates == expected
    assert remark in candidate.remark
    assert remark or target == "pps.soins" or not candidate.remark


def test_a_proposition_has_forecast_dates_and_its_words() -> None:
    answers = row(
        "frcp.propositions",
        intention=1,
        sequence=1,
        type=treatment("C15632"),
        precision="4 EC",
        debut="2026-04-01",
        fin="2026-06",
    )
    assert only(answers, "pps.traitements") == {
        "pps.traitements.type": coded("jdv-type-traitement-pps-cisis", "C15632"),
        "pps.traitements.debut_prevu": "2026-04-01",
        "pps.traitements.fin_prevue": "2026-06",
        "pps.traitements.commentaire": "4 EC",
    }


@pytest.mark.parametrize(("intention", "remark"), [(1, ""), (2, "Alternative (intention 2)"), (3, "Alternative (intention 3)")])
def test_an_alternative_is_proposed_and_said_to_be_one(intention: int, remark: str) -> None:
    (candidate,) = proposed(row("frcp.propositions", intention=intention, sequence=1, type=treatment("C15632")))
    assert candidate.remark.startswith(remark)
    assert bool(candidate.remark) == bool(remark)
    assert candidate.nature == "clinical"


def test_words_of_a_treatment_are_both_kept() -> None:
    answers = row(
        "frcp.traitements",
        type=treatment("C15632"),
        statut=coded("statut-acte", "completed"),
        precision="FEC",
        commentaire="Bien toléré",
    )
    assert only(answers, "pps.traitements")["pps.traitements.commentaire"] == "FEC\nBien toléré"


NEAR = "pps.contacts.proximite.professionnel"
DATED_WISH = "Souhaits du patient (03/2026) : Nager"
STAGE = {"code": "IIA", "system": "2.16.840.1.113883.15.6", "label": "IIA"}
TUMOUR = {"pps.tumeurs.date": "2026-01", "pps.tumeurs.stade": STAGE}
MANAGER = {"frcp.rcp.gestionnaire_nom": "3C Anjou", "frcp.rcp.gestionnaire_identifiant": "520114"}
CENTRE = {"name": "3C Anjou", "id": {"root": "1.2.250.1.161.1.20.2.1", "extension": "520114"}}
NETWORK = {"name": "ONCOPL", "id": {"root": "1.2.250.1.161.1.20.1.1", "extension": "5201"}}
CELLS: list[tuple[dict[str, Any], str, Any]] = [
    ({"frcp.rcp.date": "2026-03-12T14:30+01:00"}, "pps.statut.date_rcp", "2026-03-12"),
    ({"frcp.participants.medecin_traitant": NURSE}, "pps.contacts.medecin_traitant", NURSE),
    ({"frcp.participants.medecin_traitant": {"null": "NA"}}, "pps.contacts.medecin_traitant", {"null": "NA"}),
    ({"frcp.rcp.gestionnaire_nom": "3C Anjou"}, "pps.contacts.coordination_3c", {"name": "3C Anjou"}),
    (MANAGER, "pps.contacts.coordination_3c", CENTRE),
    ({"frcp.rcp.rrc_nom": "ONCOPL", "frcp.rcp.rrc_identifiant": "5201"}, "pps.contacts.rrc", NETWORK),
    ({"frcp.rcp.etablissement": PLACE}, "pps.contacts.references", {"pps.contacts.references.etablissement": PLACE}),
    ({"frcp.participants.coordonnateur": SURGEON}, "pps.contacts.equipe", {"pps.contacts.equipe.professionnel": SURGEON}),
    ({"frcp.participants.demandeur": SURGEON}, "pps.contacts.equipe", {"pps.contacts.equipe.professionnel": SURGEON}),
    ({"frcp.participants.presentateur": SURGEON}, "pps.contacts.equipe", None),
    (row("frcp.participants.correspondants", professionnel=NURSE), "pps.contacts.proximite", {NEAR: NURSE}),
    (row("frcp.participants.quorum", professionnel=NURSE), "pps.contacts.equipe", None),
    ({"frcp.patient.commentaire": "Vit seule"}, "pps.patient.commentaire", "Vit seule"),
    ({"frcp.souhaits.texte": "Nager"}, "pps.patient.commentaire", "Souhaits du patient : Nager"),
    ({"frcp.souhaits.texte": "Nager", "frcp.souhaits.date": "2026-03"}, "pps.patient.commentaire", DATED_WISH),
    ({"frcp.motif.pediatrie": True, "frcp.motif.rcp_pediatrique": False}, "pps.pediatrie.pediatrie", True),
    ({"frcp.motif.pediatrie": False, "frcp.motif.rcp_pediatrique": True}, "pps.pediatrie.pediatrie", True),
    ({"frcp.motif.pediatrie": False}, "pps.pediatrie.pediatrie", False),
    ({}, "pps.pediatrie.pediatrie", None),
    ({"frcp.decouverte.depistage": True}, "pps.decouverte.depistage", True),
    ({"frcp.decouverte.date": "2026-01"}, "pps.decouverte.date", "2026-01"),
    ({"frcp.phase.date": {"null": "UNK"}}, "pps.phase.date", {"null": "UNK"}),
    ({"frcp.phase.progression": False}, "pps.phase.progression", False),
    ({"frcp.phase.progression_date": "2026-02"}, "pps.phase.progression_date", "2026-02"),
    ({"frcp.phase.locale": True}, "pps.phase.locale", True),
    ({"frcp.phase.regionale": True}, "pps.phase.regionale", True),
    ({"frcp.phase.distance": False}, "pps.phase.distance", False),
    ({"frcp.phase.commentaire": "Rechute"}, "pps.phase.commentaire", "Rechute"),
    (row("frcp.tumeurs", date="2026-01", stade=STAGE), "pps.tumeurs", TUMOUR),
    ({"frcp.proposition.surveillance": False}, "pps.traitements", None),
    ({"frcp.synthese.question": "Chimiothérapie ?"}, "pps.patient.commentaire", None),
    (row("frcp.antecedents", libelle="HTA"), "pps.patient.commentaire", None),
]  # fmt: skip
"""Answers of the FRCP, question of the PPS, what is proposed (nothing: not taken over)."""


@pytest.mark.parametrize(("answers", "target", "expected"), CELLS, ids=lambda v: v if isinstance(v, str) else "")
def test_cells(answers: dict[str, Any], target: str, expected: Any) -> None:
    assert only(answers, target) == expected


def test_surveillance_alone_is_a_treatment() -> None:
    answers = {"frcp.proposition.surveillance": True, "frcp.proposition.surveillance_texte": "Tous les 6 mois"}
    assert only(answers, "pps.traitements") == {
        "pps.traitements.type": coded("jdv-type-traitement-pps-cisis", "MED-226"),
        "pps.traitements.commentaire": "Tous les 6 mois",
    }


def test_an_examination_is_a_follow_up_whose_kind_is_to_be_told() -> None:
    (candidate,) = proposed(row("frcp.examens", libelle="IRM", au_plus_tot="2026-04", au_plus_tard="2026-05"))
    assert candidate.question_key == "pps.suivis"
    assert candidate.value == {
        "pps.suivis.type": coded("jdv-type-de-suivi-cisis", "GEN-092.04.06"),
        "pps.suivis.complement": "IRM",
        "pps.suivis.debut_prevu": "2026-04",
        "pps.suivis.fin_prevue": "2026-05",
    }
    assert "à préciser" in candidate.remark


def test_the_phase_keeps_its_code() -> None:
    phase = terminology.concepts("jdv-phase-cancer-cisis")[0].value
    assert only({"frcp.phase.phase": phase}, "pps.phase.phase") == phase


ADMINISTRATIVE = {
    "pps.statut.date_rcp", "pps.contacts.references", "pps.contacts.equipe", "pps.contacts.medecin_traitant",
    "pps.contacts.coordination_3c", "pps.contacts.proximite", "pps.contacts.rrc",
}  # fmt: skip


def test_only_contacts_and_the_date_of_the_rcp_are_administrative() -> None:
    lines = load_maps()["frcp_pps"].lines
    assert {line.target for line in lines if line.nature == "administrative"} == ADMINISTRATIVE
    assert {line.target for line in lines if line.nature == "clinical"}.isdisjoint(ADMINISTRATIVE)


def test_a_candidate_says_where_it_comes_from() -> None:
    meeting = {"frcp.rcp.date": "2026-03-12T14:30+01:00", "frcp.rcp.denomination": "Sénologie"}
    (candidate,) = [c for c in proposed({**meeting, **row("frcp.examens", libelle="IRM")}) if c.question_key == "pps.suivis"]
    assert (candidate.origin, candidate.origin_id) == ("FRCP du 12/03/2026, RCP Sénologie", f"{FRCP}@1")
    assert (str(candidate.date), candidate.author, candidate.path) == ("2026-03-12", "DR Bob BERNARD", "frcp.examens/r1")
    assert candidate.kind == "frcp"


def former(*documents: SourceDocument) -> Sequence[Candidate]:
    """What earlier documents propose to the PPS."""
    return FormerDocument(load_maps()).candidates(PrefillRequest(OTHER, "pps", KEYS, PPS, {}, None, documents))


OF_ONE_VERSION = {
    "pps.statut.motif", "pps.statut.motif_precision", "pps.statut.date_rcp", "pps.statut.annonce", "pps.statut.remise",
    "pps.statut.remis_par",
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_another_pps_is_proposed_whole_but_what_is_of_one_version(key: str) -> None:
    question = PPS_SCHEMA.by_key[key]
    answers = row(key, x="x") if question.is_rows else {key: "x"}
    found = [c for c in former(source(answers, "pps", OLDER)) if c.question_key == key]
    assert bool(found) == (key not in OF_ONE_VERSION)


def test_the_last_validated_pps_is_the_one() -> None:
    one, two = (
        source({"pps.patient.commentaire": "récent"}, "pps", OLDER),
        source({"pps.patient.commentaire": "ancien"}, "pps", FRCP),
    )
    assert [c.value for c in former(source({}, "frcp", OTHER), one, two)] == ["récent"]


def test_an_update_proposes_the_acts_of_its_former_version_only() -> None:
    answers = {**row("pps.traitements", commentaire="EC"), "pps.patient.commentaire": "Vit seule"}
    own = former(source({"pps.patient.commentaire": "d'un autre"}, "pps", OLDER), source(answers, "pps", PPS, 2))
    assert [(c.question_key, c.origin) for c in own] == [("pps.traitements", "PPS du 13/03/2026, version 2")]


def elsewhere(answers: Mapping[str, Any], kind: str = "pps", days: int = 1, **more: Any) -> SourceDocument:
    """A document found in the DMP, validated some days after those here."""
    validated = VALIDATED + timedelta(days=days)
    return replace(source(answers, kind, ELSEWHERE, 3), validated_at=validated, origin="DMP", author="DR Ève NOUVEL", **more)


VIT_SEULE = {"pps.patient.commentaire": "Vit seule"}


@pytest.mark.parametrize(
    ("here", "days", "remark"),
    [
        ((), 1, "Trouvé dans le DMP\N{NO-BREAK SPACE}: à vérifier"),
        ((OLDER,), 1, "Plus récent que le document d'ici"),
        ((PPS,), 1, "Plus récent que le document d'ici"),
        ((OLDER,), -9, "Plus ancien que le document d'ici"),
    ],
    ids=["nothing-here", "newer", "newer-of-the-same-family", "older"],
)
def test_the_last_pps_found_elsewhere_is_proposed_whole(here: tuple[UUID, ...], days: int, remark: str) -> None:
    mine = tuple(source({"pps.patient.commentaire": "Vit ici"}, "pps", key) for key in here)
    found = [elsewhere(VIT_SEULE, days=days), elsewhere({"pps.patient.commentaire": "Ancien"}, days=days - 1)]
    request = PrefillRequest(OTHER, "pps", KEYS, PPS, {}, None, mine, elsewhere=found)
    (candidate,) = [c for c in FormerDocument(load_maps()).candidates(request) if c.kind == "dmp"]
    assert (candidate.value, candidate.remark, candidate.origin_id) == ("Vit seule", remark, f"{ELSEWHERE}@3")
    assert re.fullmatch(r"DMP\N{NO-BREAK SPACE}: PPS du \d\d/03/2026, version 3", candidate.origin)
    assert candidate.author == "DR Ève NOUVEL"


def test_what_is_to_be_known_of_a_document_found_elsewhere_stands_on_each_item() -> None:
    request = PrefillRequest(OTHER, "pps", KEYS, PPS, {}, elsewhere=[elsewhere(VIT_SEULE, remark="Invisible au patient")])
    (candidate,) = FormerDocument(load_maps()).candidates(request)
    assert candidate.remark == "Trouvé dans le DMP\N{NO-BREAK SPACE}: à vérifier – Invisible au patient"


def test_an_frcp_found_elsewhere_is_proposed_beside_the_one_that_is_followed() -> None:
    found = [elsewhere({}), elsewhere(row("frcp.examens", libelle="TEP"), "frcp")]
    request = PrefillRequest(OTHER, "pps", KEYS, PPS, {}, source(row("frcp.examens", libelle="IRM")), elsewhere=found)
    said = [(c.kind, c.value["pps.suivis.complement"], c.remark) for c in ReferenceDocument(load_maps()).candidates(request)]
    assert [line[:2] for line in said] == [("frcp", "IRM"), ("dmp", "TEP")]
    assert said[1][2].startswith("Plus récent que le document d'ici – Type de suivi à préciser")


def test_nothing_to_read_nothing_proposed() -> None:
    assert not former()
    assert not ReferenceDocument(load_maps()).candidates(PrefillRequest(OTHER, "pps", KEYS, PPS))
    assert not ReferenceDocument(load_maps()).candidates(PrefillRequest(OTHER, "demo", ["x"], PPS, {}, source({})))


class TestReference(PrefillConformance):
    """The promises of the contract, kept by the reference document."""

    def make(self) -> ReferenceDocument:
        return ReferenceDocument(load_maps())

    def request(self) -> PrefillRequest:
        answers = {"frcp.rcp.rrc_nom": "ONCOPL", **row("frcp.examens", libelle="IRM")}
        return PrefillRequest(OTHER, "pps", KEYS, PPS, {}, source(answers))


class TestFormer(PrefillConformance):
    """The promises of the contract, kept by the former document."""

    def make(self) -> FormerDocument:
        return FormerDocument(load_maps())

    def request(self) -> PrefillRequest:
        answers = {"pps.patient.commentaire": "Vit seule", **row("pps.suivis", complement="IRM")}
        return PrefillRequest(OTHER, "pps", KEYS, PPS, {}, None, (source(answers, "pps", OLDER),))
