"""Every official test identity, over real TLS sockets: what INSi is expected to return, it returns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dcc.contracts.errors import RetryLater
from plugins.ins.models import InsiAnswer
from tests.fixtures import reference_dir
from tests.insi.conftest import Insi, traits

FILE = reference_dir() / "insi" / "identites_test_insi.json"
PEOPLE: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["identites"] if FILE.is_file() else []
INJECTED = {"2.04 cas2 (injecté)": "2.04-2", "1.10 (injecté, carte Vitale)": "1.10"}
pytestmark = [pytest.mark.django_db, pytest.mark.reference]


def _name(row: dict[str, Any]) -> str:
    return f"{row['cnda_test'] or '-'} {row['requete']['NomNaissance']} {' '.join(row['requete']['Prenom'])}"


@pytest.mark.parametrize("row", [row for row in PEOPLE if row["attendu"]], ids=_name)
def test_an_official_identity(row: dict[str, Any], insi: Insi) -> None:
    asked, expected = row["requete"], row["attendu"]
    who = traits(
        asked["NomNaissance"], " ".join(asked["Prenom"]), asked["Sexe"], asked["DateNaissance"], asked["LieuNaissance"] or ""
    )
    insi.feel(injection=INJECTED.get(row["cnda_test"] or "", ""))
    if "faute" in expected:
        with pytest.raises(RetryLater, match=expected["faute"]["erreur"]):
            insi.verify(who)
        assert InsiAnswer.objects.get().code == f"{expected['faute']['subcode']}/{expected['faute']['erreur']}"
        return
    verdict = insi.verify(who)
    assert verdict.code == expected["CodeCR"]
    kept = InsiAnswer.objects.latest("answered_at")
    assert (kept.pk, kept.code) == (verdict.answer_id, verdict.code)
    if verdict.code != "00":
        assert (verdict.traits, verdict.ins) == (None, None)
        return
    assert verdict.ins is not None
    assert verdict.traits is not None
    assert (verdict.ins.root, verdict.ins.extension) == (expected["OID"], expected["NumIdentifiant"] + expected["Cle"])
    assert (verdict.traits.given_names, verdict.traits.birth_place_code) == (expected["ListePrenom"], expected["LieuNaissance"])
    assert (verdict.traits.birth_name, verdict.traits.sex) == (who.birth_name, who.sex)
    former = [(held.ins.root, held.ins.extension) for held in verdict.former]
    assert former == [(held["OID"], held["NumIdentifiant"] + held["Cle"]) for held in expected["INSHISTO"]]
    assert any("clé" in remark for remark in verdict.remarks) is not expected["cle_coherente"]
