"""Installing a kit: safe copy, proof on its samples, register, one current kit; and the lookup order."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from dcc.audit import api as audit
from dcc.contracts.errors import NotConfigured, Refused
from plugins.cda.conformance import sources
from plugins.cda.conformance.install import NAME, install_kit
from plugins.cda.conformance.kit import current_kit, kit_at, kits_dir
from plugins.cda.conformance.sets import COMMON
from plugins.cda.conformance.sources import copy_kit
from plugins.cda.models import Referential
from tests.fixtures import kit_dir

HL7 = "urn:hl7-org:v3"
XSD = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{HL7}" elementFormDefault="qualified">
<xs:element name="ClinicalDocument"><xs:complexType><xs:sequence><xs:any maxOccurs="unbounded" processContents="skip"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
SCHEMA = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"><ns prefix="cda" uri="urn:hl7-org:v3"/>'
    '<pattern id="p"><rule context="cda:ClinicalDocument"><assert test="cda:title">no title</assert></rule></pattern></schema>'
)
SAMPLE = f'<ClinicalDocument xmlns="{HL7}"><templateId root="1.3.6.1.4.1.19376.1.2.20"/><title/></ClinicalDocument>'


def small_kit(root: Path, sample: str = SAMPLE, schema: str = SCHEMA) -> Path:
    """What a kit must hold, in the smallest form that works."""
    files = {
        "infrastructure/cda/CDA_extended.xsd": XSD,
        **{f"schematrons/{head}": SCHEMA for head in COMMON},
        "schematrons/profils/IHE.sch": schema,
        "schematrons/run.bat": "rm -rf",
        "ExemplesCDA/N1.xml": sample,
        "ExemplesCDA/other.xml": "<html/>",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def zipped(
    root: Path, target: Path, change: Callable[[zipfile.ZipFile], None] = lambda archive: None, top: str = "depot-main"
) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, f"{top}/{path.relative_to(root)}")
        change(archive)
    return target


@pytest.fixture
def host(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.KIT_DIR = tmp_path / "nowhere"
    return tmp_path


def say(_: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_kit_is_copied_proven_registered_and_made_current(host: Path, db: None, packed: bool) -> None:
    source = small_kit(host / "kit")
    done = install_kit(zipped(source, host / "kit.zip") if packed else source, version="2025.01", say=say)
    assert (done.samples, list(done.faulty)) == (1, [])
    row = Referential.objects.get()
    assert (row.name, row.version, row.current, len(row.sha256)) == (NAME, "2025.01", True, 64)
    assert (row.date is not None) is packed
    assert row.used_by == ["VSM", "CDA R2 N1"]
    assert current_kit().root == (kits_dir() / row.location).resolve()
    assert row.location == f"2025.01-{row.sha256[:12]}"
    installed = {path.name for path in current_kit().root.rglob("*") if path.is_file()}
    assert "run.bat" not in installed
    assert "IHE.sch" in installed
    assert {path.name for path in kits_dir().iterdir()} == {row.location, "current"}


def test_twice_changes_nothing_and_a_new_one_takes_over(host: Path, db: None) -> None:
    first = install_kit(small_kit(host / "one"), say=say)
    again = install_kit(small_kit(host / "two"), say=say)
    assert first.referential == again.referential
    assert Referential.objects.count() == 1
    other = install_kit(small_kit(host / "three", schema=SCHEMA.replace("no title", "other words")), say=say)
    assert list(Referential.objects.filter(current=True)) == [other.referential]
    assert current_kit().name == other.referential.location
    back = install_kit(small_kit(host / "four"), say=say)
    assert back.referential == first.referential
    assert current_kit().name == first.referential.location


def test_installing_leaves_a_trace(host: Path, db: None) -> None:
    done = install_kit(small_kit(host / "kit"), say=say)
    (trace,) = list(audit.traces(subject=f"referential:{done.referential.pk}"))
    assert trace.action == "referential.installed"


def test_the_database_knows_one_current_kit(db: None) -> None:
    Referential.objects.create(name=NAME, version="1", sha256="a", location="x", current=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referential.objects.create(name=NAME, version="2", sha256="b", location="y", current=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referential.objects.create(name=NAME, version="2", sha256="a", location="y")


def test_a_kit_that_finds_fault_with_its_own_samples_is_refused(host: Path, db: None) -> None:
    source = small_kit(host / "kit", sample=SAMPLE.replace("<title/>", ""))
    with pytest.raises(Refused, match=r"N1\.xml \(4\).*no title"):
        install_kit(source, say=say)
    assert not Referential.objects.exists()
    assert list(kits_dir().iterdir()) == []
    forced = install_kit(source, force=True, say=say)
    assert len(forced.faulty) == 1


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (SCHEMA.replace("cda:title", "cda:title["), "ne peut pas être utilisé"),
        (SCHEMA.replace("</schema>", '<include href="absent.sch"/></schema>'), "absent.sch"),
        ("<schema", "ne peut pas être utilisé"),
    ],
)
def test_a_kit_that_does_not_compile_is_refused(host: Path, db: None, broken: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        install_kit(small_kit(host / "kit", schema=broken), say=say)
    assert not Referential.objects.exists()


def test_when_the_switch_fails_the_register_is_as_before(host: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = install_kit(small_kit(host / "one"), say=say)

    def full(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        install_kit(small_kit(host / "two", schema=SCHEMA.replace("no title", "other words")), say=say)
    monkeypatch.undo()
    assert list(Referential.objects.filter(current=True)) == [first.referential]


def _escape(archive: zipfile.ZipFile) -> None:
    archive.writestr("depot-main/schematrons/../../../../evil.xml", "x")


def _absolute(archive: zipfile.ZipFile) -> None:
    archive.writestr("/etc/evil.xml", "x")


def _backslash(archive: zipfile.ZipFile) -> None:
    archive.writestr("depot-main/schematrons/..\\..\\evil.xml", "x")


def _link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("depot-main/schematrons/link.xml")
    entry.external_attr = (0o120777) << 16
    archive.writestr(entry, "/etc/passwd")


@pytest.mark.parametrize(
    ("change", "said"),
    [(_escape, "chemin interdit"), (_absolute, "chemin interdit"), (_backslash, "chemin interdit"), (_link, "un lien")],
)
def test_no_path_leads_out_of_an_archive(host: Path, change: Callable[[zipfile.ZipFile], None], said: str) -> None:
    archive = zipped(small_kit(host / "kit"), host / "kit.zip", change)
    with pytest.raises(Refused, match=said):
        copy_kit(archive, host / "target")
    assert not list(host.rglob("evil.xml"))


def test_no_link_leads_out_of_a_folder(host: Path) -> None:
    source = small_kit(host / "kit")
    (host / "secret.xml").write_text("secret", encoding="ascii")
    (source / "schematrons" / "link.xml").symlink_to(host / "secret.xml")
    with pytest.raises(Refused, match="mène hors du kit"):
        copy_kit(source, host / "target")


def test_bombs_are_refused_by_what_they_really_hold(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE", 1024 * 1024)

    def bomb(archive: zipfile.ZipFile) -> None:
        archive.writestr("depot-main/schematrons/bomb.xml", b"\0" * (4 * 1024 * 1024))

    archive = zipped(small_kit(host / "kit"), host / "kit.zip", bomb)
    with pytest.raises(Refused, match=r"« bomb\.xml » est trop gros"):
        copy_kit(archive, host / "one")
    monkeypatch.setattr(sources, "MAX_TOTAL", 512 * 1024)
    with pytest.raises(Refused, match="kit est trop gros"):
        copy_kit(archive, host / "two")
    monkeypatch.setattr(sources, "MAX_FILES", 3)
    with pytest.raises(Refused, match="trop de fichiers"):
        copy_kit(archive, host / "three")
    monkeypatch.setattr(sources, "MAX_ENTRIES", 3)
    with pytest.raises(Refused, match="trop d'entrées"):
        copy_kit(archive, host / "four")


def test_what_is_no_kit_is_said(host: Path) -> None:
    empty = host / "empty"
    empty.mkdir()
    for source, said in ((empty, "IHE.sch introuvable"), (host / "absent", "n'existe pas")):
        with pytest.raises(Refused, match=said):
            copy_kit(source, host / "target")
    text = host / "text.zip"
    text.write_text("hello", encoding="ascii")
    with pytest.raises(Refused, match="ni un dossier ni une archive"):
        copy_kit(text, host / "target")
    other = host / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Refused, match=r"IHE\.sch introuvable"):
        copy_kit(other, host / "target")
    whole = zipped(small_kit(host / "kit"), host / "kit.zip").read_bytes()
    middle = whole.index(b"PK\x03\x04", 200)
    (host / "damaged.zip").write_bytes(whole[: middle + 60] + b"\xff" * 40 + whole[middle + 100 :])
    with pytest.raises(Refused, match="illisible"):
        copy_kit(host / "damaged.zip", host / "damaged")


def test_lookup_order(host: Path, db: None, settings: Settings) -> None:
    with pytest.raises(NotConfigured, match="install_kit"):
        current_kit()
    settings.KIT_DIR = small_kit(host / "setting")
    assert current_kit().name == "setting"
    done = install_kit(small_kit(host / "kit"), say=say)
    assert current_kit().name == done.referential.location
    shutil.rmtree(current_kit().root)
    assert current_kit().name == "setting", "an installed kit that is gone does not stop the platform"
    with pytest.raises(NotConfigured, match="ne contient pas le kit"):
        kit_at(host)


def test_the_command_says_what_it_did(host: Path, db: None) -> None:
    out = io.StringIO()
    call_command("install_kit", str(small_kit(host / "kit")), kit_version="2025.01", stdout=out)
    assert "1 exemples contrôlés, 0 avec anomalies" in out.getvalue()
    assert "Kit CDA du CI-SIS 2025.01 en service : VSM, CDA R2 N1" in out.getvalue()
    with pytest.raises(CommandError, match="n'existe pas"):
        call_command("install_kit", str(host / "absent"))


@pytest.mark.kit
def test_the_official_kit_installs_with_its_value_sets(db: None, tmp_path: Path, settings: Settings) -> None:
    source = kit_dir()
    settings.DATA_DIR, settings.KIT_DIR = tmp_path / "data", tmp_path / "nowhere"
    out = io.StringIO()
    call_command("install_kit", str(source), stdout=out)
    assert "5 exemples contrôlés, 0 avec anomalies" in out.getvalue()
    assert "Jeux de valeurs : " in out.getvalue()
    row = Referential.objects.get(current=True)
    assert row.version == "2025.01"
    assert row.used_by == ["FRCP 2025.01", "FRCP 2022.01", "PPS 2025.01", "PPS 2022.01", "CR-GM 2022.01", "VSM", "CDA R2 N1"]
