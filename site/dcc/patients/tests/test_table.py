"""The decision table against the 256 combinations and the summary table of the specification; the laws that no line breaks."""

from __future__ import annotations

import csv
import json
from itertools import product
from typing import Any

import pytest

from dcc.patients.qualification.deciding import Decision, Next, Return, Situation, decide
from dcc.patients.qualification.policy import DEFAULT, LOWER, BadPolicy, Policy, read_policy
from dcc.patients.qualification.table import INDEX, RECEIVED, Answer, Match, Reliability, Source, joined
from tests.fixtures import reference_dir

RETURNS: dict[str, Return] = {"00": "00", "01": "01", "02": "02", "erreur_technique": "fault", "non_appele": ""}
STEPS = {
    None: Next.END,
    "relancer INSi plus tard (VALI conservé)": Next.ASK_LATER,
    "choisir un justificatif -> VALI, ou relancer INSi": Next.PROOF_OR_ASK,
    "choisir un justificatif à haut niveau de confiance (TC interdit) -> QUAL": Next.PROOF,
}
MATCHES: tuple[tuple[Match, Answer], ...] = (
    ("identique", ""),
    ("incoherente", "conserver"),
    ("incoherente", "creer"),
    ("absente", ""),
)


def situations(*returns: Return) -> list[Situation]:
    """Every situation that makes sense."""
    found: list[Situation] = []
    sources: tuple[Source, ...] = ("flux", "saisie")
    each: tuple[Reliability | None, ...] = tuple(Reliability)
    for match, answer in MATCHES:
        cases = product((True, False), sources, returns or tuple(RETURNS.values()), (True, False))
        for clause, source, insi, known in cases:
            found += [
                Situation(clause, source, match, received, local, answer, known, insi=insi)
                for received in (each if source == "flux" else (None,))
                for local in ((None,) if match == "absente" else each)
            ]
    return found


def of_row(row: dict[str, Any]) -> list[Situation]:
    """The situations of a combination of the file; « tout » stands for every status."""
    given = row["statut_recu"]
    received: list[Reliability | None] = list(RECEIVED) if given == "tout" else [Reliability[given] if given else None]
    local = Reliability[row["statut_local"]] if row["statut_local"] else None
    return [
        Situation(
            row["clause"],
            row["source"],
            row["correspondance"],
            one,
            local,
            row["reponse_rapprochement"] or "",
            bool(row["justificatif_recu_connu"]),
            insi=RETURNS[row["retour_insi"]],
        )
        for one in received
    ]


@pytest.mark.reference
def test_the_256_combinations() -> None:
    rows = json.loads((reference_dir() / "insi" / "table_decision_qualification.json").read_text())["lignes"]
    assert len(rows) == 256
    for row in rows:
        status = Reliability[row["statut_resultat"]]
        step = STEPS[row["etape_manuelle_suivante"]]
        if not row["clause"] and status is not Reliability.QUAL:
            step = Next.CLAUSE  # the file says nothing there: the process waits for the clause
        expected = Decision(
            row["cas"].split()[0],
            row["identite_cible"] == "nouvelle",
            status,
            row["appel_insi"],
            row["tiers_de_confiance_ajoute"],
            step,
        )
        for situation in of_row(row):
            assert decide(situation) == expected, row


@pytest.mark.reference
def test_the_summary_table_of_the_specification() -> None:
    """Its 16 cells; two of them hold only for a new identity, two by the call made before the question (decision 0241)."""
    path = reference_dir() / "hl7v2" / "tables" / "matrice_statut_identite_flux.csv"
    rows = list(csv.DictReader(path.read_text().splitlines(), delimiter=";"))
    local_of = {"INCONNUE": None, "RECUPERE": "RECUP", "VALIDE": "VALI", "QUALIFIE": "QUAL"}
    cells = 0
    for row in rows:
        received = Reliability[{"VALIDE": "VALI", "QUALIFIE": "QUAL"}[row["statut_recu"]]]
        expected = Reliability[{"VALIDE": "VALI", "QUALIFIE": "QUAL"}[row["statut_resultant"]]]
        name = local_of[row["identite_locale"]]
        local = Reliability[name] if name else None
        codes: tuple[Return, ...] = {"00": ("00",), "01|02": ("01", "02"), "sans appel": ("",)}[row["retour_INSi"]]  # type: ignore[assignment]
        cells += 2 if codes == ("",) else 1
        for code in codes:
            new = local is None or (local.retrieved and code in ("01", "02"))
            match: Match = "absente" if local is None else "incoherente" if new else "identique"
            answer: Answer = "creer" if new and local else ""
            assert decide(Situation(True, "flux", match, received, local, answer, True, insi=code)).status is expected, row
    assert cells == 16


def test_every_situation_has_one_line_and_none_is_left_over() -> None:
    used = {
        (
            s.clause,
            s.source,
            None if s.source == "saisie" else Reliability.PROV if s.received is Reliability.RECUP else s.received,
            s.match,
            s.answer,
            s.local,
        )
        for s in situations()
    }
    assert used == set(INDEX)


def test_laws_of_every_situation() -> None:
    for s in situations():
        decision, fault = decide(s), decide(Situation(**{**_fields(s), "insi": "fault"}))
        before = decide(Situation(**{**_fields(s), "insi": ""}))
        local = Reliability.PROV if s.local is None or s.answer == "creer" else s.local
        assert fault.status is before.status, "a fault changes nothing"
        assert joined(before.status, local) is before.status, "nothing that a flow says lowers"
        if decision.status.retrieved and not local.retrieved:
            assert s.insi == "00", "INSi's traits come from our own question only"
        if not s.clause:
            assert decision.status in (local, Reliability.RECUP), "without the clause: at most récupérée"
            assert not decision.third_party
        if decision.third_party:
            assert (s.source, s.proof_known) == ("flux", False)
        if decision.call:
            assert not local.retrieved or decision.creates


@pytest.mark.parametrize("local", list(Reliability))
def test_a_doubtful_identity_is_asked_nothing(local: Reliability) -> None:
    for s in situations():
        if s.local is local and s.answer != "creer":
            decision = decide(Situation(**{**_fields(s), "doubtful": True}))
            assert (decision.status, decision.call, decision.third_party, decision.next) == (
                Reliability.PROV,
                False,
                False,
                Next.DOUBT,
            )


def test_a_proof_of_high_trust_kept_here_needs_no_third_party() -> None:
    known = Situation(True, "flux", "identique", Reliability.QUAL, Reliability.RECUP, proved_here=True)
    assert not decide(known).third_party
    assert decide(Situation(**{**_fields(known), "proved_here": False})).third_party
    created = Situation(True, "flux", "incoherente", Reliability.QUAL, Reliability.RECUP, "creer", proved_here=True)
    assert decide(created).third_party, "the proof is of somebody else"


def test_third_party_for_an_identity_received_checked_is_the_regions() -> None:
    s = Situation(True, "flux", "identique", Reliability.VALI, Reliability.PROV)
    assert not decide(s).third_party
    assert decide(s, Policy(third_party_for_checked=True)).third_party
    assert not decide(Situation(**{**_fields(s), "clause": False}), Policy(third_party_for_checked=True)).third_party


def test_no_policy_makes_qualified_without_both_bits() -> None:
    for downgrades in _every_policy():
        policy = read_policy({"downgrades": downgrades})
        for s in situations("01", "02"):
            local = s.local if s.answer != "creer" else None
            if decide(s, policy).status is Reliability.QUAL:
                assert local in (Reliability.RECUP, Reliability.QUAL)


def test_policies_of_a_region() -> None:
    policy = read_policy({"downgrades": {**DEFAULT.as_data()["downgrades"], "QUAL": {"01": "VALI", "02": "PROV"}}})
    s = Situation(True, "flux", "absente", Reliability.QUAL)
    assert [decide(Situation(**{**_fields(s), "insi": code}), policy).status.name for code in ("01", "02")] == ["VALI", "PROV"]
    assert read_policy(policy.as_data()) == policy
    assert read_policy({}) == DEFAULT


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"downgrades": {**DEFAULT.as_data()["downgrades"], "VALI": {"01": "QUAL", "02": "VALI"}}}, "downgrades"),
        ({"downgrades": {**DEFAULT.as_data()["downgrades"], "QUAL": {"01": "QUAL", "02": "VALI"}}}, "downgrades"),
        ({"downgrades": {**DEFAULT.as_data()["downgrades"], "QUAL": {"01": "VALI"}}}, "downgrades"),
        ({"downgrades": {**DEFAULT.as_data()["downgrades"], "PROV": {"01": "RECUP", "02": "PROV"}}}, "downgrades"),
        ({"downgrades": {"QUAL": {"01": "VALI", "02": "VALI"}}}, "downgrades"),
        ({"downgrades": "aucune"}, "downgrades"),
        ({"rungs": []}, "rungs"),
        ({"rungs": ["each_given_name", "each_given_name"]}, "rungs"),
        ({"rungs": ["guess"]}, "rungs"),
        ({"take_equal_traits": "oui"}, "take_equal_traits"),
        ({"asks": True}, "asks"),
        ({"ask_again_hours": 0}, "ask_again_hours"),
        ({"proofs": {"PC": "immense"}}, "proofs"),
        ({"proofs": {"TC": "faible"}}, "proofs"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_a_policy_may_not_be(data: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        read_policy(data)
    assert set(refused.value.fields) == {field}


def _fields(situation: Situation) -> dict[str, Any]:
    return {name: getattr(situation, name) for name in Situation.__slots__}


def _every_policy() -> list[dict[str, dict[str, str]]]:
    rows = [[{"01": a.name, "02": b.name} for a, b in product(allowed, allowed)] for allowed in LOWER.values()]
    return [dict(zip((aimed.name for aimed in LOWER), choice, strict=True)) for choice in product(*rows)]
