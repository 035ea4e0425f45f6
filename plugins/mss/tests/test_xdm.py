"""Envelopes built and read, and the command ``xdm``."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from dcc.accounts.models import User
from dcc.audit.models import Entry
from dcc.contracts import xds
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Artifact, InstanceId
from dcc.contracts.testing.snapshots import make_package
from plugins.mss import xdm
from plugins.mss.tests.envelopes import (
    AT,
    DOC,
    INS,
    METADATA,
    N1,
    REPLACES,
    SENDER,
    SUBSET,
    cda,
    changed,
    envelope,
    with_document,
    zipped,
)
from tests.fixtures import fill_document, reference_dir

KEY = UUID(int=7)


def built(*documents: bytes, action: str = "new", sender: xdm.Sender = SENDER) -> bytes:
    return xdm.build(documents or (cda(),), sender=sender, submitted_at=AT, action=xdm.ACTIONS[action], key=KEY)


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_both_levels_travel_together_in_the_official_layout() -> None:
    n3, n1 = cda(), cda(number="2.25.43", template=N1)
    read = xdm.read(built(n3, n1))
    assert names(built(n3, n1)) == ["INDEX.HTM", "README.TXT", "IHE_XDM/", SUBSET, DOC, SUBSET + "DOC0002.XML", METADATA]
    assert [(d.name, d.content, d.entry.uri) for d in read.documents] == [
        (DOC, n3, "DOC0001.XML"),
        (SUBSET + "DOC0002.XML", n1, "DOC0002.XML"),
    ]
    formats = [d.entry.format_code.code for d in read.documents if d.entry.format_code]
    assert formats == ["urn:asip:ci-sis:frcp:2011", "urn:ihe:iti:xds-sd:pdf:2008"]
    assert (read.lots[0].unique_id, read.lots[0].source_id) == ("2.25.7", "1.2.250.1.71.4.2.2.1490000031")
    assert read.patient_id == InstanceId("1.2.250.1.213.1.4.10", "279035121518989")
    assert read.findings == []


def test_the_same_package_gives_the_same_bytes_wherever_it_is_made() -> None:
    elsewhere = datetime.fromisoformat("2026-11-02T15:00:00+01:00")
    assert built() == xdm.build([cda()], sender=SENDER, submitted_at=elsewhere, key=KEY)
    assert built() != xdm.build([cda()], sender=SENDER, submitted_at=AT, key=UUID(int=8))
    with zipfile.ZipFile(io.BytesIO(built())) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 2, 14, 0, 0)}
    assert xdm.read(xdm.build([cda()], sender=SENDER, submitted_at=datetime(1970, 1, 1, tzinfo=UTC))).findings == []


def test_people_find_who_sent_it() -> None:
    sender = replace(SENDER, structure="Hôpital « d'Œuvre » <b>& fils</b>")
    with zipfile.ZipFile(io.BytesIO(built(sender=sender))) as archive:
        index, readme = archive.read("INDEX.HTM"), archive.read("README.TXT")
    assert index.isascii()
    page = etree.fromstring(index)
    assert "".join(map(str, page.itertext())).count(f"{sender.structure} (1490000031)") == 1
    assert [element.tag.rpartition("}")[2] for element in page.iter()] == ["html", "head", "title", "body", "p", "p", "a"]
    text = readme.decode("ascii")
    assert "\n" not in text.replace("\r\n", "")
    assert 'Organisme : Hopital " d\'OEuvre " <b>& fils</b> (1490000031)' in text
    assert "Nom : MARTIN Alice" in text
    assert "Centre hospitalier de Demonstration (1490000031)" in _readme(xdm.Sender())


def _readme(sender: xdm.Sender) -> str:
    with zipfile.ZipFile(io.BytesIO(built(sender=sender))) as archive:
        return archive.read("README.TXT").decode("ascii")


@pytest.mark.parametrize(("action", "letter"), [("new", ""), ("replace", "C"), ("delete", "D")])
def test_the_action_asked_of_the_receiver(action: str, letter: str) -> None:
    document = xdm.read(built(cda(related=REPLACES), action=action)).documents[0]
    assert (document.entry.action, document.described.parent) == (letter, InstanceId("2.25.41"))


def test_what_takes_the_place_of_nothing_is_new() -> None:
    read = xdm.read(built(cda(related=REPLACES), cda(number="2.25.43", template=N1), action="replace"))
    assert [document.entry.action for document in read.documents] == ["C", ""]


def test_the_ins_names_the_patient_before_any_other_identifier() -> None:
    ours = "279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"
    files = envelope()
    text = files[METADATA].decode()
    first = text.replace(ours, "77^^^&amp;1.2.250.1.999.1&amp;ISO^PI", 1)
    assert first != text
    assert xdm.read(zipped(files | {METADATA: first.encode()})).patient_id == InstanceId(
        "1.2.250.1.213.1.4.10", "279035121518989"
    )


def test_a_package_says_its_documents_and_its_action() -> None:
    made = {name: Artifact(name, "text/xml", name.encode(), name) for name in ("cda-n1", "pdf-a1", "cda-n3")}
    package = replace(make_package(), artifacts=made, action="replace")
    assert xdm.documents_of(package) == (b"cda-n3", b"cda-n1")
    assert xdm.action_of(package) == "C"


@pytest.mark.parametrize(
    ("documents", "action", "word"),
    [
        ((b"%PDF-1.4",), "new", "CDA"),
        ((cda(patient=INS), cda(patient="", number="2.25.43")), "new", "un seul patient"),
        ((cda(template="1.2.3"),), "new", "format du document"),
        ((cda(title=""),), "new", "titre"),
        ((cda(),), "replace", "remplace"),
    ],
)
def test_what_could_not_be_routed_is_not_sent(documents: tuple[bytes, ...], action: str, word: str) -> None:
    with pytest.raises(Refused, match=word) as refusal:
        built(*documents, action=action)
    assert refusal.value.cause == "not_conformant"


REMARKS = [
    ("no hash", changed('<rim:Slot name="hash">', '<rim:Slot name="hash2">'), "xdm-no-hash"),
    ("another size", changed(f">{len(cda())}<", ">1<"), "xdm-size"),
    ("another identifier", changed("2.25.42", "2.25.99"), "xdm-unique-id"),
    ("another type", changed('nodeRepresentation="34794-8"', 'nodeRepresentation="18776-5"'), "xdm-type"),
    ("no INS in the document", zipped(with_document(cda(patient=""))), "xdm-no-ins"),
    ("no patient", changed("58a6f841-87b3-4a3e-92fd-a8ffeff98427", "x"), "xdm-no-patient"),
    ("no README", zipped({n: c for n, c in envelope().items() if n != "README.TXT"}), "xdm-presentation"),
    ("a file of nobody", zipped(envelope() | {SUBSET + "DOC0009.XML": cda()}), "xdm-not-described"),
    ("a PDF of nobody", zipped(envelope() | {SUBSET + "DOC0001.PDF": b"%PDF-1.4"}), "xdm-not-described"),
    ("an archive in it", zipped(envelope() | {"PLUS.ZIP": zipped({"a": b"b"})}), "xdm-nested"),
]


@pytest.mark.parametrize(("content", "code"), [pytest.param(content, code, id=name) for name, content, code in REMARKS])
def test_what_is_only_remarked(content: bytes, code: str) -> None:
    read = xdm.read(content)
    assert len(read.documents) == 1
    assert code in {finding.code for finding in read.findings}
    assert all(finding.message.isprintable() and "%" not in finding.message for finding in read.findings)


def test_names_in_any_case_and_several_subsets() -> None:
    files = {name.lower(): content for name, content in envelope().items()}
    assert [d.name for d in xdm.read(zipped(files)).documents] == [DOC.lower()]
    other = {name.replace("SUBSET01", "SUBSET02"): content for name, content in with_document(cda(number="2.25.43")).items()}
    assert len(xdm.read(zipped(envelope() | other)).documents) == 2
    twice = {name.replace("SUBSET01", "SUBSET02"): content for name, content in envelope().items()}
    with pytest.raises(xdm.EnvelopeRefused, match="même identifiant"):
        xdm.read(zipped(envelope() | twice))


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("xdm", *arguments, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_the_command_writes_what_it_reads(tmp_path: Path) -> None:
    for name, content in (("n3.xml", cda(related=REPLACES)), ("n1.xml", cda(number="2.25.43", template=N1, related=REPLACES))):
        (tmp_path / name).write_bytes(content)
    zip_file = tmp_path / "envoi.zip"
    cdas = ["--cda", str(tmp_path / "n3.xml"), "--cda", str(tmp_path / "n1.xml")]
    run("build", *cdas, "--output", str(zip_file), "--action", "replace")
    told = run("read", str(zip_file))
    assert "279035121518989" in told
    assert "formatCode" in told
    report = json.loads(run("read", str(zip_file), "--json"))
    assert [(d["metadata"]["action"], d["header"]["parent"]["root"]) for d in report["documents"]] == [("C", "2.25.41")] * 2
    assert {file["name"]: file["role"] for file in report["files"]}[METADATA] == "metadata"


@pytest.mark.django_db
def test_the_command_writes_a_document_of_the_platform(alice: User, frcp_id: UUID, tmp_path: Path) -> None:
    fill_document(alice, frcp_id)
    output = tmp_path / "envoi.zip"
    run("build", str(frcp_id), "--output", str(output))
    read = xdm.read(output.read_bytes())
    assert [xds.missing(document.described) for document in read.documents] == [(), ()]
    traced = Entry.objects.filter(action="document.exported", subject=f"document:{frcp_id}")
    assert {event.facts["format"] for event in traced} == {"cda-n3", "cda-n1"}
    with pytest.raises(CommandError, match="inconnu"):
        run("build", str(UUID(int=1)), "--output", str(output))


@pytest.mark.parametrize("name", ["FRCP_2025.01_Appareil", "remplacement_V2_action_C", "CR-GM_2022.01"])
def test_the_command_reads_unfolded_official_envelopes(name: str) -> None:
    folder = reference_dir() / "mss" / "xdm" / name
    whole = (folder / SUBSET / "DOC0001.XML").exists()
    for path in (folder, folder / METADATA):
        report = json.loads(run("read", str(path), "--json"))
        assert report["patient"]["extension"] == "279035121518989"
        assert [finding["code"] for finding in report["findings"]] == ([] if whole else ["xdm-absent"])


def test_an_unfolded_document_that_was_altered_is_told(tmp_path: Path) -> None:
    for name, content in envelope().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content.replace(b"FRCP Sein", b"FRCP Foie") if name == DOC else content)
    assert "modifié" in run("read", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["build", "--output", "x.zip"], "UUID"),
        (["build", "--cda", "nulle-part.xml", "--output", "x.zip"], "nulle-part"),
        (["read", "nulle-part.zip"], "nulle-part"),
        (["read", "."], "METADATA"),
    ],
)
def test_the_command_says_why_not(arguments: list[str], word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=word):
        run(*arguments)
