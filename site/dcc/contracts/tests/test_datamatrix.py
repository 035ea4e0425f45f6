"""The INS datamatrix payload against the official vectors, cell by cell for what must be refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.contracts.datamatrix import (
    GS,
    HEADER,
    LIMITS,
    DatamatrixError,
    decode_payload,
    encode_payload,
    frame,
    payload_of,
    read_fields,
)
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from tests.fixtures import reference_dir

NIR = InstanceId("1.2.250.1.213.1.4.8", "277010115400329")
SARAH = IdentityTraits("GARCIA-HAMMADI", "SARAH-LOU", "SARAH-LOU ANNA", "F", "1977-01-21", "01154", "ETREZ")
PAYLOAD = f"{HEADER}S1277010115400329S21.2.250.1.213.1.4.8{GS}S3SARAH-LOU ANNA{GS}S4GARCIA-HAMMADI{GS}S5FS621-01-1977S701154"


def _vectors(kind: str) -> list[Any]:
    path = reference_dir() / "insi" / "datamatrix_vectors.json"
    return list(json.loads(path.read_text(encoding="utf-8"))[kind]) if path.exists() else []


@pytest.mark.reference
def test_the_vectors_are_there() -> None:
    assert [len(_vectors(kind)) for kind in ("encodage", "decodage", "derives")] == [5, 6, 5]


@pytest.mark.reference
@pytest.mark.parametrize("vector", _vectors("encodage"), ids=lambda v: str(v["id"]))
def test_official_vectors_are_written(vector: dict[str, Any]) -> None:
    assert frame(vector["champs"]) == vector["payload"]
    assert read_fields(vector["payload"]) == vector["champs"]


@pytest.mark.reference
@pytest.mark.parametrize("vector", _vectors("decodage"), ids=lambda v: str(v["id"]))
def test_official_vectors_are_read(vector: dict[str, Any]) -> None:
    if vector["attendu"] is None:
        with pytest.raises(DatamatrixError, match="en-tête"):
            read_fields(vector["texte"])
    else:
        assert read_fields(vector["texte"]) == vector["attendu"]


@pytest.mark.reference
@pytest.mark.parametrize("vector", _vectors("derives"), ids=lambda v: str(v["id"]))
def test_derived_vectors_both_ways(vector: dict[str, Any]) -> None:
    read = decode_payload(vector["payload"])
    traits = IdentityTraits(
        read.birth_name, read.given_names.split()[0], read.given_names, read.sex, read.birth_date, read.birth_place_code
    )
    assert encode_payload(read.ins, traits) == vector["payload"]
    assert len(vector["payload"]) == vector.get("longueur", len(vector["payload"]))


def test_encode_traits() -> None:
    assert encode_payload(NIR, SARAH) == PAYLOAD
    assert encode_payload(NIR, replace(SARAH, birth_place_code="")) == PAYLOAD.removesuffix("S701154")
    assert "S21.2.250.1.213.1.4.10S3" in encode_payload(replace(NIR, root="1.2.250.1.213.1.4.10"), SARAH), "no GS at the maximum"


def test_decode_gives_the_identity() -> None:
    read = decode_payload(PAYLOAD)
    assert read.ins == NIR
    assert (read.birth_name, read.given_names, read.sex) == ("GARCIA-HAMMADI", "SARAH-LOU ANNA", "F")
    assert (read.birth_date, read.birth_place_code) == ("1977-01-21", "01154")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sex": "I"}, "Sexe indéterminé"),
        ({"birth_date": "1977-01"}, "incomplète"),
        ({"birth_date": "1977-02-30"}, "n'existe pas"),
        ({"birth_name": "GARCÍA"}, "Nom de naissance « GARCÍA »"),
        ({"birth_name": ""}, "Nom de naissance"),
        ({"birth_name": "A" * 101}, "1 à 100 caractères"),
        ({"given_names": "LOU2"}, "Prénoms de naissance"),
        ({"birth_place_code": "1154"}, "Lieu de naissance"),
    ],
)
def test_traits_that_cannot_be_coded(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DatamatrixError, match=message):
        encode_payload(NIR, replace(SARAH, **change))


@pytest.mark.parametrize(
    ("ins", "message"),
    [
        (replace(NIR, root="1.2.250.1.213.1.4.2"), "OID"),
        (replace(NIR, extension="2770101154003"), "15 caractères"),
        (replace(NIR, extension="27701011540032X"), "caractère interdit"),
        (replace(NIR, extension=None), "15 caractères"),
    ],
)
def test_matricules_that_cannot_be_coded(ins: InstanceId, message: str) -> None:
    with pytest.raises(DatamatrixError, match=message):
        encode_payload(ins, SARAH)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bonjour",
        PAYLOAD[1:],
        PAYLOAD.replace("IS01", "IS02"),
        PAYLOAD.replace("IS01", "ISO1"),
        PAYLOAD.replace(GS, "").replace("ANNA", "ANNA1"),
        PAYLOAD.replace(GS, "", 1),
        PAYLOAD.replace(f"{GS}S4", "S4"),
        PAYLOAD.replace(f"{GS}S5", "S5"),
        PAYLOAD.replace("S5F", "S5I"),
        PAYLOAD.replace("S621-01-1977", "S631-02-1977"),
        PAYLOAD.replace("S621-01-1977", "S61977-01-21"),
        PAYLOAD.replace("S5F", ""),
        PAYLOAD + "S5F",
        PAYLOAD + "S8X",
        PAYLOAD[:-1],
        PAYLOAD[:-3],
        PAYLOAD.replace("GARCIA", "garcia"),
        PAYLOAD.replace("GARCIA", "GARCÍA"),
        PAYLOAD.replace("S621-01-1977", f"S621-01-1977S4DUPONT{GS}"),
        PAYLOAD.replace(f"S4GARCIA-HAMMADI{GS}", "") + "S4GARCIA-HAMMADIS701154",
        PAYLOAD + "X" * 5000,
    ],
)
def test_what_is_damaged_is_refused(text: str) -> None:
    with pytest.raises(DatamatrixError):
        decode_payload(text)


@pytest.mark.parametrize(
    "text",
    [
        PAYLOAD.replace(GS, "<GS>"),
        PAYLOAD.replace(GS, "{gs}"),
        PAYLOAD.replace(GS, "[GS]"),
        PAYLOAD.replace(GS, "^]"),
        PAYLOAD.replace(GS, "\\x1D"),
        PAYLOAD.replace(GS, "\\u001d"),
        PAYLOAD.replace(GS, "\u241d"),
        PAYLOAD.replace(GS, " "),
        PAYLOAD.replace(GS, ""),
        PAYLOAD.replace(f"S4GARCIA-HAMMADI{GS}", "").replace(GS, "") + "S4GARCIA-HAMMADI",
        PAYLOAD + "\r\n",
        PAYLOAD + GS,
        PAYLOAD.replace(f"S4GARCIA-HAMMADI{GS}", "") + "S4GARCIA-HAMMADI",
    ],
    ids=lambda text: repr(text[58:72] + text[-12:]),
)
def test_what_scanners_do_to_it(text: str) -> None:
    assert decode_payload(text) == decode_payload(PAYLOAD)


@pytest.mark.parametrize("text", [PAYLOAD.replace(GS, " ").replace("S701154", " S701154"), PAYLOAD.replace(GS, "  ")])
def test_spaces_out_of_place_are_refused(text: str) -> None:
    with pytest.raises(DatamatrixError, match="sans deviner"):
        decode_payload(text)


names = st.from_regex(r"[A-Z]{1,20}([ '-][A-Z]{1,20}){0,3}", fullmatch=True)


@given(names, names, st.sampled_from("MF"), st.dates(), st.sampled_from(["", "2A004", "99109"]), st.permutations(list(LIMITS)))
def test_lost_separators_never_change_an_identity(
    family: str, given_names: str, sex: Any, born: Any, place: str, order: list[str]
) -> None:
    """Whatever the order of the fields: read as written, or refused."""
    traits = IdentityTraits(family, given_names.split()[0], given_names, sex, born.isoformat(), place)
    fields = read_fields(encode_payload(NIR, traits))
    for separator in ("<GS>", " ", ""):
        kept = [key for key in order if key in fields]
        blocks = [key + fields[key] + (separator if key in ("S2", "S3", "S4") and key != kept[-1] else "") for key in kept]
        assert read_fields(HEADER + "".join(blocks)) == fields


@given(names, names, st.sampled_from("MF"), st.dates(), st.sampled_from(["", "2A004", "99109"]))
def test_any_identity_comes_back(family: str, given_names: str, sex: Any, born: Any, place: str) -> None:
    traits = IdentityTraits(family, given_names.split()[0], given_names, sex, born.isoformat(), place)
    read = decode_payload(encode_payload(NIR, traits))
    assert (read.birth_name, read.given_names, read.sex, read.birth_date, read.birth_place_code) == (
        family,
        given_names,
        sex,
        born.isoformat(),
        place,
    )


def _patient(status: Any, **change: Any) -> PatientSnapshot:
    return PatientSnapshot(patient_id=None, traits=replace(SARAH, **change), status=status, ins=NIR)


def test_only_a_qualified_identity_has_a_datamatrix() -> None:
    assert payload_of(_patient("qualifiee")) == (PAYLOAD, ())
    for status in ("provisoire", "recuperee", "validee"):
        assert payload_of(_patient(status)) == ("", ())
    assert payload_of(replace(_patient("qualifiee"), ins=None)) == ("", ())


def test_what_cannot_be_coded_is_said() -> None:
    payload, findings = payload_of(_patient("qualifiee", sex="I"))
    assert payload == ""
    assert [(f.level, "indéterminé" in f.message) for f in findings] == [("warning", True)]
