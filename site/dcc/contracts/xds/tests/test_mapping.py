"""The mapping and its two ways of ebRIM, on values that no official sample shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from lxml import etree

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.testing.hostile import LEAK, hostile_files
from dcc.contracts.xds.header import HEADER_LIMIT
from dcc.contracts.xds.hl7 import utc, xcn, xon

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
INS = InstanceId("1.2.250.1.213.1.4.8", "109076322083489")
RPPS = "1.2.250.1.71.4.2.1"
ENTRY = xds.DocumentEntry(
    unique_id="2.25.42",
    hash="A" * 40,
    size=12,
    uri="DOC0001.XML",
    title="FRCP « Sein » <1> & 2",
    patient_id=INS,
    source_patient_id=InstanceId("1.2.250.1.999.1", "77"),
    source_patient_info=("PID-8|F",),
    authors=(xds.Author(person=xcn(InstanceId(RPPS, "810000000001"), "MARTIN", "Alice")),),
    type_code=xds.Code("34794-8", "2.16.840.1.113883.6.1", "CR de RCP"),
    confidentiality=(xds.Code("N", "2.16.840.1.113883.5.25", "Normal"),),
)


def cda(header: str, body: str = "<component/>") -> bytes:
    return f'<ClinicalDocument xmlns="urn:hl7-org:v3">{header}{body}</ClinicalDocument>'.encode()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20190218094914+0100", "20190218084914"),
        ("20190718094914+0200", "20190718074914"),
        ("20190101003000+0100", "20181231233000"),
        ("202101040735+0100", "20210104063500"),
        ("2021010407-0330", "20210104103000"),
        ("20200701134745", "20200701114745"),  # no offset: the time of Paris, in summer
        ("20200101134745", "20200101124745"),
        ("20200101134745.123+0000", "20200101134745"),
        ("20200101134745Z", "20200101134745"),
        ("20190218", "20190218"),
        ("1979", "1979"),
        ("", ""),
        ("hier", ""),
        ("20191318094914+0100", ""),
        ("00010101000000+0100", ""),
        ("20190218094914+9999", ""),
    ],
)
def test_times_are_told_in_utc(written: str, expected: str) -> None:
    assert utc(written) == expected


@pytest.mark.parametrize(
    ("identifier", "family", "given", "expected"),
    [
        (InstanceId(RPPS, "810000000001"), "MARTIN", "Alice", f"810000000001^MARTIN^Alice^^^^^^&{RPPS}&ISO^D^^^IDNPS"),
        (InstanceId(RPPS, "3490000031/7"), "MARTIN", "Alice", f"3490000031/7^MARTIN^Alice^^^^^^&{RPPS}&ISO^D^^^EI"),
        (InstanceId("2.25.9", "7"), "MARTIN", "Alice", "7^MARTIN^Alice^^^^^^&2.25.9&ISO^D^^^EI"),
        (None, "O^B&C", "A~|\\", "^O\\S\\B\\T\\C^A\\R\\\\F\\\\E\\"),
    ],
)
def test_people_are_written_as_hl7_does(identifier: InstanceId | None, family: str, given: str, expected: str) -> None:
    assert xcn(identifier, family, given) == expected
    assert xds.name_of(expected) == f"{family} {given}"
    assert xds.identifier_of(expected) == (identifier.extension if identifier else "")


def test_structures_and_patients_are_read_as_they_are_written() -> None:
    structure = xon(InstanceId("1.2.250.1.71.4.2.2", "1490000031"), "CHU & Cie")
    assert (xds.name_of(structure), xds.identifier_of(structure)) == ("CHU & Cie", "1490000031")
    assert xds.cx(INS).endswith("&ISO^NH")
    assert xds.cx(InstanceId("1.2.250.1.999.1", "7^7")).endswith("&ISO^PI")
    for identifier in (INS, InstanceId("1.2.250.1.999.1", "7^7")):
        assert xds.instance_of(xds.cx(identifier)) == identifier
    assert [xds.instance_of(text) for text in ("", "7", "7^^^&&ISO^NH")] == [None, None, None]


def test_what_a_header_does_not_say_stays_empty() -> None:
    bare = xds.describe(cda('<id root="2.25.1" extension="7"/><code code="99999-9"/>'))
    assert (bare.unique_id, bare.class_code, bare.patient_id, bare.authors) == ("2.25.1^7", None, None, ())
    assert set(xds.missing(bare, only_essential=True)) < set(xds.missing(bare))


def test_without_ins_the_patient_is_the_local_identifier() -> None:
    local = '<recordTarget><patientRole><id root="1.2.250.1.999.1" extension="77"/>{}</patientRole></recordTarget>'
    ins = f'<id root="{INS.root}" extension="{INS.extension}"/>'
    assert xds.describe(cda(local.format(""))).patient_id == InstanceId("1.2.250.1.999.1", "77")
    both = xds.describe(cda(local.format(ins)))
    assert (both.patient_id, both.source_patient_id) == (INS, InstanceId("1.2.250.1.999.1", "77"))


@pytest.mark.parametrize(("name", "content"), [pytest.param(n, c, id=n) for n, c in hostile_files()])
def test_what_is_no_cda_is_refused_in_both_readers(name: str, content: bytes) -> None:
    for reader in (xds.describe, xds.parse):
        with pytest.raises(Refused) as refusal:
            reader(content)
        assert refusal.value.reason.isprintable(), name
        assert LEAK.decode() not in refusal.value.reason


def test_a_header_without_end_and_a_body_that_is_broken() -> None:
    with pytest.raises(Refused, match="démesuré"):
        xds.describe(cda("<title>x</title>" * (HEADER_LIMIT // 8)))
    with pytest.raises(Refused, match="démesuré"):
        xds.describe(cda("<title>" + "x" * HEADER_LIMIT + "</title>"))
    assert xds.describe(cda("<title>x</title>", "<component/>" + " " * 20_000 + "<")).title == "x", (
        "who reads the document checks its body"
    )


def test_a_submission_is_read_as_it_was_written() -> None:
    lot = xds.submission(
        [ENTRY, replace(ENTRY, unique_id="2.25.43")], submitted_at=AT, unique_id=xds.oid_of(UUID(int=5)), action="C"
    )
    written = xds.write(replace(lot, entries=[replace(lot.entries[0], replaces="urn:uuid:x"), lot.entries[1]]))
    assert written == xds.write(replace(lot, entries=[replace(lot.entries[0], replaces="urn:uuid:x"), lot.entries[1]]))
    read = xds.parse(written)
    assert read.lot == lot.lot
    assert (read.lot.unique_id, read.lot.submission_time) == ("2.25.5", "20261102150000")
    assert [(e.unique_id, e.action, e.replaces) for e in read.entries] == [("2.25.42", "C", "urn:uuid:x"), ("2.25.43", "C", "")]
    first = next(etree.fromstring(written).iter("{*}ExtrinsicObject"))
    assert first[0].get("name") == "urn:action:extraMetadataSlot"


def test_others_are_read_whatever_their_prefixes_and_order() -> None:
    written = xds.write(xds.submission([ENTRY], submitted_at=AT, unique_id="2.25.5"))
    renamed = written.replace(b"<rim:", b"<zz:").replace(b"</rim:", b"</zz:").replace(b"xmlns:rim", b"xmlns:zz")
    root = etree.fromstring(renamed.replace(b"urn:uuid:", b"URN:UUID:"))
    for element in root.iter("{*}ExtrinsicObject", "{*}RegistryPackage"):
        element[:] = list(reversed(element))
    assert xds.parse(etree.tostring(root)) == xds.parse(written)


def test_a_lot_is_of_one_patient() -> None:
    with pytest.raises(Refused, match="un seul patient"):
        xds.submission([ENTRY, replace(ENTRY, patient_id=None)], submitted_at=AT, unique_id="2.25.5")
    with pytest.raises(Refused, match="au moins un document"):
        xds.submission([], submitted_at=AT, unique_id="2.25.5")


def test_a_size_that_is_no_number_is_no_size() -> None:
    written = xds.write(xds.submission([ENTRY], submitted_at=AT, unique_id="2.25.5"))
    for size in ("-1", "douze", "٣", "9" * 30):
        assert xds.parse(written.replace(b">12<", f">{size}<".encode())).entries[0].size is None
