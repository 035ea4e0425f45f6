"""The lists that ship: complete, compact, marked, faithful to the official files."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from forms_config.catalogue.loader import load_catalogue
from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError
from forms_config.terminology.files import DATA, read_concepts, read_shipped, shipped, write_concepts
from forms_config.terminology.svs import read_folder
from tests.fixtures import kit_dir, reference_dir

OWN = {
    "tnm-t": "2.16.840.1.113883.15.6",
    "tnm-n": "2.16.840.1.113883.15.6",
    "tnm-m": "2.16.840.1.113883.15.6",
    "tnm-stade": "2.16.840.1.113883.15.6",
    "tnm-edition": "2.16.840.1.113883.15.6",
    "statut-acte": "2.16.840.1.113883.5.14",
    "pps-statut-acte": "2.16.840.1.113883.5.14",
    "statut-suivi": "2.16.840.1.113883.5.14",
    "resultat-geriatrique": "2.16.840.1.113883.6.96",
}


@pytest.mark.parametrize("volet", ["frcp", "pps"])
def test_every_value_set_of_the_catalogue_ships(volet: str) -> None:
    assert load_catalogue(volet, "2025.01").value_sets() <= shipped().keys()


@pytest.mark.parametrize("number", ["J01", "J02", "J04", "J07", "J11", "J47", "J48", "J142", "J143", "J144", "J245", "J246"])
def test_header_value_sets_ship(number: str) -> None:
    assert sum(name.startswith(f"JDV_{number}_") for name in shipped()) == 1


@pytest.mark.parametrize("name", list(shipped()))
def test_index_tells_the_truth(name: str) -> None:
    entry, data = shipped()[name], read_shipped(name)
    assert data.concepts
    assert (data.sha256, data.version) == (entry.sha256, entry.version)
    assert entry.version.startswith(f"{entry.revision}-")
    assert len({(c.code, c.system) for c in data.concepts}) == len(data.concepts)
    assert all(c.code and c.label and c.system for c in data.concepts)
    assert bool(entry.oid) is entry.official is (name not in OWN)


def test_own_lists_are_marked_with_source_and_reason() -> None:
    assert {name for name, entry in shipped().items() if not entry.official} == OWN.keys()
    for name, system in OWN.items():
        data = read_shipped(name)
        assert data.source
        assert data.reason
        assert {c.system for c in data.concepts} == {system}


def labels(name: str) -> dict[str, str]:
    return {c.code: c.label for c in read_shipped(name).concepts if c.active}


def test_own_lists_cell_by_cell() -> None:
    assert labels("statut-acte") == {"completed": "Déjà réalisé", "active": "En cours de réalisation", "cancelled": "Non réalisé"}
    assert labels("statut-suivi") == {
        "active": "En cours",
        "suspended": "Suspendu",
        "aborted": "Abandonné",
        "completed": "Terminé",
    }
    assert labels("tnm-edition") == {"8": "TNM UICC 8e édition", "7": "TNM UICC 7e édition"}
    assert labels("resultat-geriatrique") == {"310495003": "légère dépression"}
    assert list(labels("tnm-t"))[:3] == ["TX", "T0", "Tis"]
    assert {"T1b", "N1", "M0", "IB"} <= {*labels("tnm-t"), *labels("tnm-n"), *labels("tnm-m"), *labels("tnm-stade")}


def test_former_codes_stay_readable() -> None:
    retired = {c.code: c for c in read_shipped("jdv-type-traitement-frcp-cisis").concepts if not c.active}
    assert retired["MED-227"].valid_to == date(2025, 2, 25)
    assert [c.code for c in read_shipped("jdv-rcp-appareil-cisis").concepts if not c.active] == ["81745001"]


def test_shipped_data_is_compact() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 400_000


def test_csv_keeps_concepts(tmp_path: Path) -> None:
    concepts = (
        Concept("1", "1.2", 'label, "x"', date(2020, 1, 1)),
        Concept("2", "1.2", "deux", date(2020, 1, 1), date(2024, 1, 1)),
        Concept("3", "1.3", "trois"),
        Concept("4", "1.3", "quatre"),
    )
    write_concepts(tmp_path / "x.csv", concepts)
    assert read_concepts(tmp_path / "x.csv") == concepts
    assert (tmp_path / "x.csv").read_text().splitlines()[4] == "4,quatre,,,"


def official(folder: Path) -> dict[str, ValueSetData]:
    return {data.name: data for data in read_folder(folder) if isinstance(data, ValueSetData)}


@pytest.mark.kit
def test_shipped_lists_are_those_of_the_kit() -> None:
    found = official(kit_dir() / "jeuxDeValeurs")
    compared = found.keys() & shipped().keys()
    assert len(compared) >= 40
    for name in compared:
        active = [c for c in read_shipped(name).concepts if c.valid_to is None]
        assert active == list(found[name].concepts), name
        assert read_shipped(name).version == found[name].version


@pytest.mark.reference
def test_shipped_lists_have_the_codes_of_the_reference() -> None:
    folder = reference_dir() / "jdv"
    with (folder / "_index.csv").open(encoding="utf-8", newline="") as stream:
        index = list(csv.DictReader(stream))
    assert len(index) == 50
    for row in index:
        with (folder / f"{row['file']}.csv").open(encoding="utf-8", newline="") as stream:
            expected = {(r["code"], r["codeSystem"]) for r in csv.DictReader(stream)}
        data = read_shipped(row["file"])
        assert {(c.code, c.system) for c in data.concepts if c.active} == expected, row["file"]
        assert (data.oid, data.revision.isoformat(), len(expected)) == (row["oid"], row["revisionDate"], int(row["concepts"]))


@pytest.mark.kit
@pytest.mark.reference
def test_the_command_writes_what_ships(tmp_path: Path) -> None:
    kit, reference = kit_dir(), reference_dir()
    include = kit / "schematrons/profils/structurationMinimale/include"
    call_command(
        "build_value_sets", kit / "jeuxDeValeurs", include, reference / "jdv", former=reference / "jdv_2022.01", output=tmp_path
    )
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in (DATA / "officiels").iterdir()}


def test_the_command_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Listes introuvables : JDV_J01"):
        call_command("build_value_sets", tmp_path, output=tmp_path / "out")
    with pytest.raises(ValueSetError, match="Dossier introuvable"):
        call_command("build_value_sets", tmp_path / "nulle-part", output=tmp_path / "out")
