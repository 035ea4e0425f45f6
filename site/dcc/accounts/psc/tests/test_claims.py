"""What the claims of Pro Santé Connect become, by table; the official samples are read too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dcc.accounts.psc.claims import finess_of, national_id_of, profession_code_of, professional_from_json, professional_of
from tests.fixtures import reference_dir


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"SubjectNameID": "810000000001"}, "810000000001"),
        ({"SubjectNameID": " 810000 000001 "}, "810000000001"),
        ({"SubjectNameID": "10000000001"}, "810000000001"),
        ({"SubjectNameID": "0491234567"}, "0491234567"),
        ({"SubjectNameID": "491234567", "otherIds": [{"identifiant": "491234567", "origine": "ADELI"}]}, "0491234567"),
        ({"SubjectNameID": "491234567"}, "491234567"),
        ({"SubjectNameID": "ANS20210107161422"}, "ANS20210107161422"),
        ({"SubjectNameID": "3491234567/0001"}, "3491234567/0001"),
        ({"SubjectNameID": "", "preferred_username": "810000000001"}, "810000000001"),
        ({"SubjectNameID": ["810000000001"]}, "810000000001"),
        ({"SubjectNameID": ""}, ""),
        ({"SubjectNameID": None}, ""),
        ({"SubjectNameID": 810000000001}, ""),
        ({"SubjectNameID": "<script>"}, ""),
        ({}, ""),
    ],
)
def test_national_identifier(claims: dict[str, Any], expected: str) -> None:
    assert national_id_of(claims) == expected


@pytest.mark.parametrize(
    ("profession", "speciality", "expected"),
    [("10", "SM26", "G15_10/SM26"), ("10", "", "G15_10"), ("60", "SI02", "G15_60/SI02"), ("60", "", "G15_60"), ("", "SM26", "")],
)
def test_profession(profession: str, speciality: str, expected: str) -> None:
    assert profession_code_of(profession, speciality) == expected


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        ({"numeroFinessSite": "490000031"}, "490000031"),
        ({"numeroFinessSite": "2B0000020"}, "2B0000020"),
        ({"numeroFinessSite": "", "identifiantTechniqueDeLaStructure": "F0B0193488"}, "0B0193488"),
        ({"numeroFinessSite": "", "ancienIdentifiantDeLaStructure": "1490000031"}, "490000031"),
        ({"identifiantTechniqueDeLaStructure": "R102671", "ancienIdentifiantDeLaStructure": "499700427885006"}, ""),
        ({"numeroFinessSite": "49"}, ""),
        ({}, ""),
    ],
)
def test_finess_of_the_site(activity: dict[str, str], expected: str) -> None:
    assert finess_of(activity) == expected


def _claims(*exercises: Any, **more: Any) -> dict[str, Any]:
    reference = {"codeCivilite": "MME", "exercices": list(exercises)}
    return {"SubjectNameID": "810000000001", "family_name": "MARTIN", "given_name": "Alice", "SubjectRefPro": reference, **more}


PHYSICIAN = {
    "codeProfession": "10",
    "codeCategorieProfessionnelle": "C",
    "codeCiviliteDexercice": "DR",
    "codeSavoirFaire": "SM36",
}
PLACE = {"raisonSocialeSite": "CENTRE HOSPITALIER", "numeroFinessSite": "490000031"}


@pytest.mark.parametrize(
    ("claims", "situations"),
    [
        (_claims({**PHYSICIAN, "activities": [PLACE]}), [("G15_10/SM36", "CENTRE HOSPITALIER", "DR", True)]),
        (_claims({**PHYSICIAN, "activities": []}), []),
        (_claims({**PHYSICIAN}), []),
        (_claims(), []),
        (_claims(SubjectRefPro=None), []),
        (_claims(SubjectRefPro={"exercices": "?"}), []),
        (_claims(None, {**PHYSICIAN, "activities": [None, PLACE]}), [("G15_10/SM36", "CENTRE HOSPITALIER", "DR", True)]),
        (
            _claims({**PHYSICIAN, "codeCategorieProfessionnelle": "E", "codeSavoirFaire": "", "activities": [PLACE]}),
            [("G15_10", "CENTRE HOSPITALIER", "DR", False)],
        ),
        (
            _claims({"codeProfession": "60", "codeCiviliteDexercice": "MME", "activities": [PLACE]}),
            [("G15_60", "CENTRE HOSPITALIER", "", False)],
        ),
        (
            _claims(
                {**PHYSICIAN, "activities": [PLACE, {"enseigneCommercialeSite": "Cabinet", "unknownClaim": "x"}]},
                {"codeProfession": "21", "activities": [{"raisonSocialeSite": ""}]},
                unknown={"a": 1},
            ),
            [
                ("G15_10/SM36", "CENTRE HOSPITALIER", "DR", True),
                ("G15_10/SM36", "Cabinet", "DR", True),
                ("G15_21", "", "", False),
            ],
        ),
    ],
)
def test_situations(claims: dict[str, Any], situations: list[tuple[str, str, str, bool]]) -> None:
    found = professional_of(claims)
    assert [(s.profession_code, s.structure, s.suffix, s.physician) for s in found.situations] == situations
    assert len({s.key for s in found.situations}) == len(situations)
    assert professional_from_json(json.loads(json.dumps(found.to_json()))) == found


def test_the_name_of_exercise_comes_first() -> None:
    exercise = {**PHYSICIAN, "nomDexercice": "MARTIN-LEROY", "prenomDexercice": "", "activities": [PLACE]}
    (situation,) = professional_of(_claims(exercise)).situations
    assert (situation.prefix, situation.given, situation.family) == ("MME", "Alice", "MARTIN-LEROY")


def test_nobody() -> None:
    with pytest.raises(LookupError):
        professional_of({"sub": "f:1:2"})


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "identifier", "places"),
    [("userinfo_2_activites.json", "899700427885", 2), ("userinfo_psc_poc.json", "ANS20210107161422", 4)],
)
def test_the_official_samples(name: str, identifier: str, places: int) -> None:
    found = professional_of(json.loads((reference_dir() / "psc" / name).read_text(encoding="utf-8")))
    assert found.national_id == identifier
    assert len(found.situations) >= places
    assert {s.profession for s in found.situations} == {"10"}
    if places == 2:
        assert [(s.finess, s.technical_id, s.legal_finess) for s in found.situations] == [
            ("", "R102671", ""),
            ("0B0193488", "F0B0193488", "1B0064166"),
        ]
