"""The XAdES document that signs a lot (IHE DSG): its digests, and the entry that describes it.

Source: dmp_psc.md §2.7 and its skeleton. XAdES 1.1.1, canonicalization with comments, SHA-256. ``signxml`` digests and signs;
what an annotator adds to its work is the shape that the profile wants.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256 as SHA256_HASH
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from dcc.contracts.xds import Author, Code, DocumentEntry, Submission
from plugins.dmp.transactions.hiding import INVISIBLE, MASKED
from plugins.dmp.transactions.signing import RSA_SHA256, SHA256, Signer

DS = "http://www.w3.org/2000/09/xmldsig#"
XAD = "http://uri.etsi.org/01903/v1.1.1#"
WITH_COMMENTS = CanonicalizationMethod.CANONICAL_XML_1_0_WITH_COMMENTS
SOURCE = "1.2.840.10065.1.12.1.14"
MANIFEST, PROPERTIES = "IHEManifest", "S0-SignedProperties"
TYPES: Mapping[str, str] = {f"#{MANIFEST}": f"{DS}Manifest", f"#{PROPERTIES}": f"{XAD}SignedProperties"}
_HIDDEN = "1.2.250.1.213.1.1.4.13"
_CONFIDENTIALITY = (
    Code("N", "2.16.840.1.113883.5.25", "Normal"),
    Code(MASKED, _HIDDEN, "Masqué aux professionnels de santé"),
    Code(INVISIBLE, _HIDDEN, "Non visible par le patient"),
)


@dataclass(frozen=True, slots=True)
class LotSignature:
    """The document that signs, and how the lot describes it."""

    content: bytes
    entry: DocumentEntry


def sign(
    submission: Submission, documents: Mapping[str, bytes], signer: Signer, *, unique_id: str, author: Author, at: datetime
) -> LotSignature:
    """The signature of a lot; ``documents`` by uniqueId, ``unique_id`` is that of the signature."""
    holder = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    objects = [_object(holder) for _ in range(3)]
    _write_properties(objects[0], unique_id, signer, at)
    purpose = _add(_add(objects[1], DS, "SignatureProperties"), DS, "SignatureProperty", SOURCE)
    purpose.attrib.update({"Id": "purposeOfSignature", "Target": f"#{unique_id}"})
    _write_manifest(objects[2], submission.lot.unique_id, documents)
    content = etree.tostring(_signed(holder, objects, signer, unique_id), encoding="UTF-8", xml_declaration=True)
    return LotSignature(content, _entry(submission, content, unique_id, author))


def _signed(holder: etree._Element, objects: list[etree._Element], signer: Signer, unique_id: str) -> etree._Element:
    writer = XMLSigner(
        method=SignatureConstructionMethod.detached,
        signature_algorithm=RSA_SHA256,
        digest_algorithm=SHA256,
        c14n_algorithm=WITH_COMMENTS,
    )
    writer.namespaces = {"ds": DS}

    def shape(signature: etree._Element, **_settings: Any) -> None:
        """What the profile wants of a signature that is about to be computed."""
        signature.set("Id", unique_id)
        for reference in signature.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"):
            reference.set("Type", TYPES[reference.get("URI", "")])
            for transforms in reference.findall(f"{{{DS}}}Transforms"):
                reference.remove(transforms)
        signature.extend(objects)

    writer.signature_annotators.append(shape)
    return writer.sign(
        holder, key=signer.key, cert=list(signer.chain), reference_uri=list(TYPES), exclude_c14n_transform_element=True
    )


def _write_properties(parent: etree._Element, unique_id: str, signer: Signer, at: datetime) -> None:
    qualifying = etree.SubElement(parent, f"{{{XAD}}}QualifyingProperties", Target=f"#{unique_id}", nsmap={"xad": XAD})
    properties = _add(qualifying, XAD, "SignedProperties")
    properties.set("Id", PROPERTIES)
    held = _add(properties, XAD, "SignedSignatureProperties")
    _add(held, XAD, "SigningTime", at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    certificates = _add(held, XAD, "SigningCertificate")
    for certificate in signer.chain:
        _write_certificate(_add(certificates, XAD, "Cert"), certificate)
    _add(_add(held, XAD, "SignaturePolicyIdentifier"), XAD, "SignaturePolicyImplied")


def _write_certificate(parent: etree._Element, certificate: x509.Certificate) -> None:
    digest = _add(parent, XAD, "CertDigest")
    _add(digest, XAD, "DigestMethod").set("Algorithm", SHA256.value)
    _add(digest, XAD, "DigestValue", base64.b64encode(certificate.fingerprint(SHA256_HASH())).decode())
    serial = _add(parent, XAD, "IssuerSerial")
    _add(serial, DS, "X509IssuerName", certificate.issuer.rfc4514_string())
    _add(serial, DS, "X509SerialNumber", str(certificate.serial_number))


def _write_manifest(parent: etree._Element, lot: str, documents: Mapping[str, bytes]) -> None:
    """One reference to the lot, which has no bytes to digest, and one to each document."""
    manifest = _add(parent, DS, "Manifest")
    manifest.set("Id", MANIFEST)
    _refer(manifest, lot, "AA==")
    for unique_id, content in documents.items():
        canonical = etree.tostring(_tree(content), method="c14n", with_comments=True)
        _refer(manifest, unique_id, base64.b64encode(hashlib.sha256(canonical).digest()).decode(), WITH_COMMENTS.value)


def _refer(manifest: etree._Element, unique_id: str, digest: str, transform: str = "") -> None:
    reference = _add(manifest, DS, "Reference")
    reference.set("URI", f"urn:oid:{unique_id}")
    if transform:
        _add(_add(reference, DS, "Transforms"), DS, "Transform").set("Algorithm", transform)
    _add(reference, DS, "DigestMethod").set("Algorithm", SHA256.value)
    _add(reference, DS, "DigestValue", digest)


def _tree(content: bytes) -> etree._ElementTree:
    """A document of ours, whole: comments and instructions before the root are part of it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return etree.fromstring(content, parser).getroottree()


def _entry(submission: Submission, content: bytes, unique_id: str, author: Author) -> DocumentEntry:
    """The entry of the signature: of the patient and place of the lot, by the caller; nobody but its author is shown it."""
    lot, first = submission.lot, submission.entries[0]
    return DocumentEntry(
        unique_id=unique_id,
        hash=hashlib.sha1(content, usedforsecurity=False).hexdigest(),  # IHE ITI TF-3 §4.2.3.2.10 wants SHA-1
        size=len(content),
        creation_time=lot.submission_time,
        language="art",
        title="Source",
        legal_authenticator=author.person,
        service_start=lot.submission_time,
        patient_id=lot.patient_id,
        source_patient_id=first.source_patient_id,
        source_patient_info=first.source_patient_info,
        events=(Code(SOURCE, "1.2.840.10065.1.12", "Source"),),
        authors=(author,),
        class_code=Code("urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN", "Digital Signature"),
        confidentiality=_CONFIDENTIALITY,
        format_code=Code(DS, "URN", "Default Signature Style"),
        facility_type=first.facility_type,
        practice_setting=first.practice_setting,
        type_code=Code("E1762", "ASTM", "Full Document"),
    )


def _object(parent: etree._Element) -> etree._Element:
    return _add(parent, DS, "Object")


def _add(parent: etree._Element, namespace: str, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text or None
    return element
