"""``manage.py dmp requests``: everything a deposit would send, valid, and nothing sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from lxml import etree
from pytest_django import Settings

from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import mtom
from plugins.dmp.transactions.dossier import FORMER
from plugins.dmp.transactions.tests.exchanges import schema
from tests.fixtures import reference_dir

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
FRCP, PPS = "CANCER-FRCP_2025.01_Appareil.xml", "CANCER-PPS_2025.01.xml"
SCHEMAS: Mapping[str, str] = {
    "td2.1-depot.xml": "IHE/IHEXDSB.xsd",
    "td3.1a-description.xml": "ebRS30/query.xsd",
    "td3.1b-reference.xml": "ebRS30/query.xsd",
    "td3.3b-rendre-visible.xml": "ebRS30/lcm.xsd",
}
FILES = {
    "vihf.xml",
    "td0.2-existence.xml",
    "td0.2-existence.soap.xml",
    "td2.1-depot.mtom",
    "td2.1-depot.mtom.content-type",
    "td3.1a-description.soap.xml",
    "td3.1b-reference.soap.xml",
    "td3.3b-rendre-visible.soap.xml",
    *SCHEMAS,
}
HIDDEN = b'nodeRepresentation="INVISIBLE_PATIENT"'


def path_of(name: str) -> Path:
    return reference_dir() / "cda-kit" / "ExemplesCDA" / name


def written(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_everything_is_written_and_valid(tmp_path: Path, settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS = {}
    call_command("dmp", "requests", cda=path_of(FRCP), output=tmp_path / "dossier" / "frcp")
    files = written(tmp_path / "dossier" / "frcp")
    assert files.keys() == FILES
    for name, official in SCHEMAS.items():
        assert schema(official).validate(etree.fromstring(files[name])), schema(official).error_log
    package = mtom.unpacked(files["td2.1-depot.mtom"], files["td2.1-depot.mtom.content-type"].decode().strip())
    assert list(package.parts.values()) == [path_of(FRCP).read_bytes()]
    assert HIDDEN in files["td2.1-depot.xml"]
    assert HIDDEN not in files["td3.3b-rendre-visible.xml"]
    assert b"<saml2:NameID>401234567890009</saml2:NameID>" in files["vihf.xml"], "the legal authenticator"


SHOWS = {f"{name}{end}" for name in ("td3.1a-description", "td3.3b-rendre-visible") for end in (".xml", ".soap.xml")}
"""What an FRCP alone needs: it is shown later."""


@pytest.mark.parametrize(("name", "visible"), [(PPS, False), (FRCP, True)])
def test_what_is_visible_needs_nothing_to_be_shown(tmp_path: Path, settings: Settings, name: str, *, visible: bool) -> None:
    settings.DCC_PLUGIN_SETTINGS = {}
    call_command("dmp", "requests", cda=path_of(name), output=tmp_path, visible=visible)
    assert written(tmp_path).keys() == FILES - SHOWS
    assert HIDDEN not in written(tmp_path)["td2.1-depot.xml"]


def test_a_document_that_replaces_another_asks_for_that_one(tmp_path: Path, settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS = {}
    said = b'<relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.77"/></parentDocument></relatedDocument>'
    newer = path_of(PPS).read_bytes().replace(b"<componentOf>", said + b"<componentOf>", 1)
    assert said in newer
    (tmp_path / "newer.xml").write_bytes(newer)
    call_command("dmp", "requests", cda=tmp_path / "newer.xml", output=tmp_path / "made")
    files = written(tmp_path / "made")
    asked = etree.fromstring(files["td3.1b-remplace.xml"])
    assert schema("ebRS30/query.xsd").validate(asked)
    assert "('2.25.77')" in etree.tostring(asked, encoding="unicode")
    deposit = etree.fromstring(files["td2.1-depot.xml"])
    (link,) = [each for each in deposit.iter("{*}Association") if each.get("associationType", "").endswith(":RPLC")]
    assert link.get("targetObject") == FORMER


def test_a_signed_lot_has_its_signature(tmp_path: Path, settings: Settings, signed_settings: DmpSettings) -> None:
    names = ("signing_certificate", "signing_key", "source_id")
    settings.DCC_PLUGIN_SETTINGS = {"dmp": {name: getattr(signed_settings, name) for name in names}}
    call_command("dmp", "requests", cda=path_of(PPS), output=tmp_path, replaces="urn:uuid:1f1f7d8e-6a1b-4f0a-9d7b-0a6f5a1c0002")
    deposit = written(tmp_path)["td2.1-depot.xml"]
    assert schema("IHE/IHEXDSB.xsd").validate(etree.fromstring(deposit))
    for words in (b":AssociationType:signs", b":AssociationType:RPLC", b'value="1.2.250.1.999.1.1.9.9"'):
        assert words in deposit
    assert deposit.count(b"<xdsb:Document ") == 2


def test_misuse_and_refusals_are_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="UUID d'un document, ou --cda") as misuse:
        call_command("dmp", "requests", output=tmp_path)
    assert misuse.value.returncode == 2
    for content, words in (
        (b"rien", "lisible"),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component/></ClinicalDocument>', "INS"),
    ):
        (tmp_path / "x.xml").write_bytes(content)
        with pytest.raises(CommandError, match=words):
            call_command("dmp", "requests", cda=tmp_path / "x.xml", output=tmp_path / "y")
    (tmp_path / "occupied").write_bytes(b"")
    with pytest.raises(CommandError, match="écriture impossible"):
        call_command("dmp", "requests", cda=path_of(PPS), output=tmp_path / "occupied")
    with pytest.raises(CommandError, match="inconnu"):
        call_command("dmp", "requests", "00000000-0000-4000-8000-000000000001", output=tmp_path)
