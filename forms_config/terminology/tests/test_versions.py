"""Versions in the database: loading, imports, dates, bad files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from forms_config.terminology import queries
from forms_config.terminology.api import (
    Change,
    UnknownValueSet,
    ValueSetError,
    concepts,
    current_version,
    exists,
    import_svs_folder,
    label,
    load_shipped,
    lookup,
    search,
)
from forms_config.terminology.concept import Concept, ValueSetData
from forms_config.terminology.files import shipped
from forms_config.terminology.models import ValueSet, ValueSetVersion
from forms_config.terminology.services import store
from tests.fixtures import kit_dir

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
SYSTEM = "1.2.250.1.213.1.1.4.322"
PHASE = "jdv-phase-cancer-cisis"
TODAY = timezone.localdate()

SVS = """<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"><ValueSet id="1.2.250.1.213.1.1.4.2.281.13" displayName="x"
 revisionDate="{revision}T00:00:00+01:00"><ConceptList>{concepts}</ConceptList></ValueSet></RetrieveValueSetResponse>"""


def svs(folder: Path, *pairs: tuple[str, str], revision: str = "2030-01-01", name: str = PHASE) -> Path:
    rows = "".join(f'<Concept code="{code}" codeSystem="{SYSTEM}" displayName="{label}"/>' for code, label in pairs)
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.xml").write_text(SVS.format(revision=revision, concepts=rows), encoding="utf-8")
    return folder


def change_of(changes: tuple[Change, ...], name: str = PHASE) -> Change:
    return next(c for c in changes if c.name == name)


def test_shipped_files_answer_while_the_database_is_empty() -> None:
    assert current_version(PHASE) == shipped()[PHASE].version
    assert [c.code for c in search(PHASE, "rechute")] == ["MED-244"]
    assert [c.code for c in concepts(PHASE)] == ["MED-268", "MED-244"]
    found = lookup(PHASE, "MED-244", system=SYSTEM, version=current_version(PHASE))
    assert found is not None
    assert found.value == {"code": "MED-244", "system": SYSTEM, "label": "Rechute du cancer"}
    assert exists(PHASE)
    assert not exists("jdv-inconnu")


def test_loading_what_ships_changes_no_answer_and_no_version() -> None:
    before = {name: current_version(name) for name in shipped()}
    assert {c.status for c in load_shipped()} == {"new"}
    assert {c.status for c in load_shipped()} == {"unchanged"}
    assert {name: current_version(name) for name in shipped()} == before
    assert ValueSet.objects.count() == ValueSetVersion.objects.count() == len(shipped())
    queries._tables.clear()
    assert [c.code for c in search(PHASE, "rechute")] == ["MED-244"]
    assert lookup("jdv-rcp-appareil-cisis", "81745001") is not None
    assert set(ValueSet.objects.filter(official=False).values_list("name", flat=True)) == {
        name for name, entry in shipped().items() if not entry.official
    }


@pytest.mark.parametrize(("name", "version"), [("jdv-inconnu", None), (PHASE, "2019-01-01-00000000")])
def test_unknown(name: str, version: str | None) -> None:
    with pytest.raises(UnknownValueSet, match="Jeu de valeurs inconnu"):
        search(name, "x", version=version)


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("1.2.250.1.213.1.1.4.5", "G15_10/SM36", "Médecin - Oncologie, opt médicale (SM)"),
        ("1.2.250.1.71.4.2.4", "SA01", "Etablissement public de santé"),
        ("1.2.250.1.213.1.1.4.9", "ETABLISSEMENT", "Etablissement de santé"),
        ("1.2.250.1.213.1.1.4.9", "SA01", ""),
        ("1.2", "VR", ""),
    ],
)
def test_labels_of_header_codes(system: str, code: str, expected: str) -> None:
    assert label(system, code) == expected


@pytest.mark.parametrize("loaded", [True, False])
def test_import_of_a_newer_list(tmp_path: Path, adrien: User, loaded: bool) -> None:
    if loaded:
        load_shipped()
    pinned = current_version(PHASE)
    folder = svs(tmp_path, ("MED-268", "Phase initiale"), ("MED-900", "Phase intermédiaire"))
    report = import_svs_folder(folder, actor=adrien)
    change = change_of(report.changes)
    assert (change.added, change.retired, change.relabelled) == (("MED-900",), ("MED-244",), ("MED-268",))
    assert change.status == ("updated" if loaded else "new")
    assert current_version(PHASE) == change.version != pinned
    assert [c.code for c in search(PHASE, "")] == ["MED-268", "MED-900"]
    retired = lookup(PHASE, "MED-244")
    assert retired is not None
    assert (retired.active, retired.label) == (False, "Rechute du cancer")
    assert [c.code for c in search(PHASE, "rechute", version=pinned)] == ["MED-244"]
    assert ValueSetVersion.objects.get(value_set__name=PHASE, effective_to=None).imported_by == adrien
    assert change_of(import_svs_folder(folder).changes).status == "unchanged"


def test_import_takes_effect_on_its_day(tmp_path: Path) -> None:
    load_shipped()
    pinned, later = current_version(PHASE), TODAY + timedelta(days=10)
    change = change_of(import_svs_folder(svs(tmp_path, ("MED-268", "Phase")), effective_from=later).changes)
    assert current_version(PHASE) == pinned
    assert current_version(PHASE, at=later - timedelta(days=1)) == pinned
    assert current_version(PHASE, at=later) == change.version


def test_an_older_list_replaces_nothing(tmp_path: Path) -> None:
    load_shipped()
    pinned = current_version(PHASE)
    report = import_svs_folder(svs(tmp_path, ("MED-268", "Phase"), revision="2009-01-01"))
    assert change_of(report.changes).status == "older"
    assert current_version(PHASE) == pinned


def test_lists_that_nobody_uses_are_passed_over(tmp_path: Path) -> None:
    other = svs(tmp_path, ("A", "Autre"), name="jdv-autre") / "jdv-autre.xml"
    other.write_text(other.read_text().replace("281.13", "281.99"))
    assert import_svs_folder(tmp_path).ignored == ("jdv-autre",)
    assert not ValueSet.objects.exists()


@pytest.mark.kit
@pytest.mark.parametrize("inside", ["", "jeuxDeValeurs"], ids=["kit", "folder of lists"])
def test_the_kit_changes_nothing_to_what_ships(inside: str) -> None:
    load_shipped()
    report = import_svs_folder(kit_dir() / inside)
    assert {c.name for c in report.changes if c.status != "unchanged"} == set()
    assert len(report.changes) >= 45
    assert report.errors == ()


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    svs(tmp_path, ("MED-268", "Phase"))
    call_command("load_value_sets")
    assert f"{len(shipped())} listes chargées, 0 déjà à jour" in capsys.readouterr().out
    call_command("load_value_sets", tmp_path)
    said = capsys.readouterr().out
    assert f"0 listes chargées, {len(shipped())} déjà à jour" in said
    assert "(+0 -1 ~1)" in said


BAD = {
    "xxe": ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE interdite"),
    "broken": ("<RetrieveValueSetResponse", "XML mal formé, ligne 1"),
    "empty": (SVS.format(revision="2030-01-01", concepts=""), "0 codes"),
    "no set": ('<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"/>', "aucun ValueSet"),
    "no label": (SVS.format(revision="2030-01-01", concepts='<Concept code="A" codeSystem="1.2"/>'), "code sans « displayName »"),
    "no date": (SVS.format(revision="hier", concepts='<Concept code="A" codeSystem="1.2" displayName="a"/>'), "date de révision"),
    "doubles": (
        SVS.format(revision="2030-01-01", concepts='<Concept code="A" codeSystem="1.2" displayName="a"/>' * 2),
        "en double",
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_named_and_the_others_are_read(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a-mauvais.xml").write_text(content, encoding="utf-8")
    svs(tmp_path, ("MED-268", "Phase"))
    report = import_svs_folder(tmp_path)
    assert len(report.errors) == 1
    assert said in report.errors[0]
    assert "a-mauvais.xml" in report.errors[0]
    assert change_of(report.changes).status == "new"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "gros.xml").open("wb") as stream:
        stream.truncate(21 * 1024 * 1024)
    assert import_svs_folder(tmp_path).errors == ("gros.xml : plus de 20 Mo",)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueSetError, match="Dossier introuvable"):
        import_svs_folder(tmp_path / "nulle-part")


def made(name: str, count: int, revision: date = date(2024, 1, 1)) -> ValueSetData:
    return ValueSetData(name, name, "", revision, "essai", tuple(Concept(f"C{n}", "1.2", f"code {n}") for n in range(count)))


def test_what_is_kept_in_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "KEPT_CONCEPTS", 250)
    for number in range(5):
        store(made(f"grande-{number}", 100))
        assert len(search(f"grande-{number}", "code", limit=3)) == 3
    kept = [name for name, _ in queries._tables if name.startswith("grande-")]
    assert kept == ["grande-3", "grande-4"]
    store(made("enorme", 400))
    assert len(search("enorme", "code", limit=500)) == 400
    assert [name for name, _ in queries._tables] == ["enorme"]


def test_one_open_version_at_a_time() -> None:
    store(made("liste", 2))
    version = ValueSetVersion.objects.get(value_set__name="liste")
    version.pk, version.number, version.version = None, 2, "autre"
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()
