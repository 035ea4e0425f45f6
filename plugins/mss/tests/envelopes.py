"""A small CDA of the official test identity, envelopes of it, and what may be wrong with one."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from dcc.contracts.testing.hostile import hostile_files
from plugins.mss import xdm

AT = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
SENDER = xdm.Sender("Centre hospitalier de Démonstration", "1490000031", "4 rue Larrey 49100 ANGERS")
SUBSET = "IHE_XDM/SUBSET01/"
METADATA = SUBSET + "METADATA.XML"
DOC = SUBSET + "DOC0001.XML"
INS = '<id extension="279035121518989" root="1.2.250.1.213.1.4.10"/>'

_CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="{template}"/>
<id root="{id}"/><code code="34794-8" codeSystem="2.16.840.1.113883.6.1" displayName="CR de RCP"/>
<title>{title}</title><effectiveTime value="20261102150000+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/><setId root="2.25.7"/>
<recordTarget><patientRole>{patient}<id extension="77" root="1.2.250.1.999.1"/><patient><name>
<family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE MARIE-LOUISE</given><given qualifier="BR">DOMINIQUE</given></name>
<administrativeGenderCode code="F"/><birthTime value="19790328"/></patient></patientRole></recordTarget>
<author><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810000000001"/><assignedPerson><name>
<family>MARTIN</family><given>Alice</given></name></assignedPerson><representedOrganization>
<id root="1.2.250.1.71.4.2.2" extension="1490000031"/><name>Centre hospitalier de Démonstration</name>
<standardIndustryClassCode code="ETABLISSEMENT" codeSystem="1.2.250.1.213.1.1.4.9" displayName="Etablissement de santé"/>
</representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="1490000031"/>
</representedCustodianOrganization></assignedCustodian></custodian>{related}
<component><structuredBody/></component></ClinicalDocument>
"""
N3 = "1.2.250.1.213.1.1.1.8"
N1 = "1.3.6.1.4.1.19376.1.2.20"
REPLACES = '<relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.41"/></parentDocument></relatedDocument>'


def cda(*, number: str = "2.25.42", template: str = N3, patient: str = INS, title: str = "FRCP Sein", related: str = "") -> bytes:
    """A CDA with what metadata are made from, and next to no body."""
    return _CDA.format(id=number, template=template, patient=patient, title=title, related=related).encode()


def envelope() -> dict[str, bytes]:
    """The files of a sound envelope, by name."""
    with zipfile.ZipFile(io.BytesIO(xdm.build([cda()], sender=SENDER, submitted_at=AT))) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """These files as an archive."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return output.getvalue()


def with_document(content: bytes) -> dict[str, bytes]:
    """The envelope with another document, whose hash METADATA gives."""
    files = envelope()
    old = hashlib.sha1(files[DOC], usedforsecurity=False).hexdigest().upper()
    new = hashlib.sha1(content, usedforsecurity=False).hexdigest().upper()
    return files | {DOC: content, METADATA: files[METADATA].replace(old.encode(), new.encode())}


def changed(old: str, new: str) -> bytes:
    """The envelope whose METADATA says something else."""
    files = envelope()
    assert old.encode() in files[METADATA]
    return zipped(files | {METADATA: files[METADATA].replace(old.encode(), new.encode())})


def refused_envelopes() -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes, and a word of the reason."""
    sound = zipped(envelope())
    files = envelope()
    yield "cut", sound[: len(sound) // 2], "abîmée"
    yield "a wrong CRC", _corrupt(files), "abîmée"
    yield "encrypted", _flagged(sound, 0x1), "chiffré"
    yield "a way out", zipped(files | {"../../etc/cron.d/x": b"x"}), "interdit"
    yield "absolute", zipped(files | {"/etc/passwd": b"x"}), "interdit"
    yield "backslashes", zipped(files | {"IHE_XDM\\..\\x": b"x"}), "interdit"
    yield "a drive", zipped(files | {"C:x": b"x"}), "interdit"
    yield "a dot", zipped(files | {"IHE_XDM/./x": b"x"}), "interdit"
    yield "twice, by case", zipped(files | {DOC.lower(): b"x"}), "deux fois"
    yield "a link", _link(files), "fichier ordinaire"
    yield "another method", zipped(files, zipfile.ZIP_LZMA), "inattendue"
    yield "a bomb", zipped(files | {SUBSET + "BOMB.XML": bytes(40_000_000)}), "dépasse"
    yield "two halves of a bomb", zipped(files | {f"{n}.bin": bytes(31_000_000) for n in range(3)}), "dépasse"
    yield "many files", zipped(files | {f"{n}.txt": b"" for n in range(150)}), "plus de"
    yield "very many files", zipped({f"{n}": b"" for n in range(5000)}), "plus de"
    yield "too heavy", b"PK\x03\x04" + bytes(33_000_000), "Mo"
    yield "a size that lies", _lying(sound), "taille annoncée"
    yield "no METADATA", zipped({name: content for name, content in files.items() if name != METADATA}), "METADATA.XML"
    yield "METADATA elsewhere", zipped({"METADATA.XML": files[METADATA], "DOC0001.XML": files[DOC]}), "METADATA.XML"
    yield "no document", zipped({name: content for name, content in files.items() if name != DOC}), "n'est pas dans"
    yield "altered", zipped(files | {DOC: files[DOC].replace(b"Sein", b"Foie")}), "modifié"
    yield "a foreign file", changed("DOC0001.XML", "../../DOC0001.XML"), "nom interdit"
    yield "a file of the system", changed("DOC0001.XML", "/etc/passwd"), "nom interdit"
    yield "an unknown action", changed('<rim:Slot name="hash">', _ACTION.format("Z") + '<rim:Slot name="hash">'), "action"
    yield "two lots", changed("</rim:RegistryPackage>", '</rim:RegistryPackage><rim:RegistryPackage id="x"/>'), "2 lots"
    yield "another patient", changed("279035121518989", "109076322083489"), "plusieurs patients"
    yield "only a PDF", changed('mimeType="text/xml"', 'mimeType="application/pdf"'), "aucun document CDA"
    yield "described twice", _described_twice(), "deux fois"
    for name, content in hostile_files():
        yield f"METADATA: {name}", zipped(files | {METADATA: content}), ""
        yield f"document: {name}", zipped(with_document(content)), ""
        yield f"envelope: {name}", content, ""


_ACTION = '<rim:Slot name="urn:action:extraMetadataSlot"><rim:ValueList><rim:Value>{}</rim:Value></rim:ValueList></rim:Slot>'


def _described_twice() -> bytes:
    files = envelope()
    text = files[METADATA].decode()
    start, end = text.index("<rim:ExtrinsicObject"), text.index("<rim:Association")
    return zipped(files | {METADATA: (text[:end] + text[start:end] + text[end:]).encode()})


def _corrupt(files: Mapping[str, bytes]) -> bytes:
    """Stored, with a byte of the document changed: the CRC does not fit."""
    content = zipped(files, zipfile.ZIP_STORED)
    return content.replace(b"PAT-TROIS", b"PAT-QUATR", 1)


def _flagged(content: bytes, flag: int) -> bytes:
    """The general purpose flag of the first entry, in both its headers."""
    at, central = 6, content.index(b"PK\x01\x02") + 8
    return content[:at] + bytes([content[at] | flag]) + content[at + 1 : central] + bytes([flag]) + content[central + 1 :]


def _lying(content: bytes) -> bytes:
    """The first file claims, in the directory, to hold eight bytes more than it does."""
    at = content.index(b"PK\x01\x02") + 24
    size = int.from_bytes(content[at : at + 4], "little") + 8
    return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]


def _link(files: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO(zipped(files))
    with zipfile.ZipFile(output, "a") as archive:
        info = zipfile.ZipInfo("IHE_XDM/link")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return output.getvalue()
