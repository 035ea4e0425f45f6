"""The XAdES document that signs a lot (dmp_psc.md §2.7): when it is there, it is of this lot and its digests are right."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.ebrim import Association, Described, Entry
from plugins.sandbox.dmp.names import DS
from plugins.sandbox.dmp.problems import Rejected, rejected

SOURCE = "1.2.840.10065.1.12.1.14"
_DIGESTS = {"http://www.w3.org/2001/04/xmlenc#sha256": hashlib.sha256}


def check(
    package: Described,
    entries: Sequence[Entry],
    contents: Mapping[str, bytes],
    links: Sequence[Association],
    authority: x509.Certificate,
) -> None:
    """Raises :class:`Rejected` for a signature that is not right, or of a certificate that is not of ``authority``."""
    signatures = [entry for entry in entries if is_signature(entry)]
    signs = [(link.source, link.target) for link in links if link.kind == names.SIGNS]
    if signs != [(entry.id, package.id) for entry in signatures] or len(signatures) > 1:
        raise _wrong("un lien « signs » de la signature vers le lot est attendu")
    if not signatures:
        return
    entry = signatures[0]
    if entry.codes() != {"N", names.MASKED, names.INVISIBLE} or entry.first("languageCode") != "art":
        raise _wrong("N, MASQUE_PS, INVISIBLE_PATIENT et la langue « art » sont attendus")
    if [code.code for code in entry.coded(names.EVENTS)] != [SOURCE]:
        raise _wrong(f"l'événement {SOURCE} (Source) est attendu")
    root = etree.fromstring(contents[entry.id])
    if root.tag != f"{{{DS}}}Signature" or root.get("Id") != entry.unique_id:
        raise _wrong("ds:Signature d'identifiant égal à uniqueId est attendu")
    documents = {each.unique_id: contents[each.id] for each in entries if each is not entry}
    _check_manifest(root, package.identifier(names.LOT_UNIQUE), documents)
    _check_value(root, authority)


def is_signature(entry: Entry) -> bool:
    """Whether a document is the signature of its lot."""
    return any(code.code == names.SIGNATURE_TYPE for code in entry.coded(names.SINGLE["typeCode"]))


def _check_manifest(root: etree._Element, lot: str, documents: Mapping[str, bytes]) -> None:
    manifests = root.findall(f"{{{DS}}}Object/{{{DS}}}Manifest")
    if len(manifests) != 1 or manifests[0].get("Id") != "IHEManifest":
        raise _wrong("un manifeste IHEManifest est attendu")
    references = {each.get("URI", ""): each for each in manifests[0].iterfind(f"{{{DS}}}Reference")}
    if set(references) != {f"urn:oid:{lot}", *(f"urn:oid:{unique_id}" for unique_id in documents)}:
        raise _wrong("le manifeste ne désigne pas le lot et chacun de ses documents")
    for unique_id, content in documents.items():
        _check_digest(references[f"urn:oid:{unique_id}"], etree.tostring(etree.fromstring(content).getroottree(), method="c14n"))
    signed = {each.get("URI"): each for each in root.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")}
    if set(signed) != {"#IHEManifest", "#S0-SignedProperties"}:
        raise _wrong("SignedInfo désigne le manifeste et les propriétés signées")
    for name, reference in signed.items():
        target = next((each for each in root.iter() if each.get("Id") == str(name)[1:]), None)
        if target is None:
            raise _wrong(f"{name} est absent")
        _check_digest(reference, etree.tostring(target, method="c14n", with_tail=False))


def _check_value(root: etree._Element, authority: x509.Certificate) -> None:
    """The signature itself, by the first certificate of KeyInfo."""
    info, value = root.find(f"{{{DS}}}SignedInfo"), root.findtext(f"{{{DS}}}SignatureValue") or ""
    held = root.findtext(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate") or ""
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(held.split())))
        certificate.verify_directly_issued_by(authority)
        key = certificate.public_key()
        if info is None or not isinstance(key, rsa.RSAPublicKey):
            raise _wrong("une signature RSA est attendue")
        signed = etree.tostring(info, method="c14n", with_tail=False)
        key.verify(base64.b64decode("".join(value.split())), signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, TypeError) as error:
        raise _wrong(f"elle n'est pas vérifiée ({type(error).__name__})") from None


def _check_digest(reference: etree._Element, content: bytes) -> None:
    method = reference.find(f"{{{DS}}}DigestMethod")
    digest = _DIGESTS.get(method.get("Algorithm", "") if method is not None else "")
    if digest is None:
        raise _wrong("l'empreinte SHA-256 est attendue")
    said = "".join((reference.findtext(f"{{{DS}}}DigestValue") or "").split())
    if base64.b64encode(digest(content).digest()).decode() != said:
        raise _wrong(f"l'empreinte de {reference.get('URI')} n'est pas la bonne")


def _wrong(words: str) -> Rejected:
    return rejected("XDSRepositoryMetadataError", f"Signature du lot : {words}")
