"""The signature of a lot: the shape of the skeleton, digests that others find too, a signature that holds."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from dcc.contracts.errors import NotConfigured
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import lot_signature, submission
from plugins.dmp.transactions.depositing import deposit
from plugins.dmp.transactions.mtom import packed, unpacked
from plugins.dmp.transactions.signing import Signer
from plugins.dmp.transactions.tests.exchanges import AT, CALLER, INS, SETTINGS, lot_of, reference_cda, sample

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
DS = f"{{{lot_signature.DS}}}"
FRCP = "CANCER-FRCP_2022.01_Appareil.xml"
FRCP_ID = "1.2.250.1.213.1.1.1.8.2022.1.1"


@pytest.fixture
def signed(signer: Signer) -> etree._Element:
    lot = submission.prepared(CALLER, INS, SETTINGS, lot_of(reference_cda(FRCP)))
    documents = {FRCP_ID: reference_cda(FRCP)}
    made = lot_signature.sign(lot, documents, signer, unique_id="2.25.13", author=lot.lot.authors[0], at=AT)
    return etree.fromstring(made.content)


def shape(root: etree._Element) -> Sequence[str]:
    """Each element by its path, with the attributes that are not identifiers of this lot."""
    tree = root.getroottree()
    fixed = ("Algorithm", "Type")
    return [
        tree.getelementpath(element) + "".join(f" {name}={element.get(name)}" for name in fixed if element.get(name))
        for element in root.iter(etree.Element)
    ]


def test_it_has_the_shape_of_the_skeleton(signed: etree._Element) -> None:
    assert shape(signed) == shape(sample("xades_lot_squelette.xml"))
    assert signed.get("Id") == "2.25.13"
    assert [each.get("Id") for each in signed.iter(f"{DS}Manifest", f"{DS}SignatureProperty")] == [
        "purposeOfSignature",
        "IHEManifest",
    ]
    assert signed.findtext(f".//{{{lot_signature.XAD}}}SigningTime") == AT.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_its_digests_are_those_of_what_it_names(signed: etree._Element) -> None:
    """By canonicalization of our own call, whole documents, comments and instructions before the root included."""
    manifest = signed.find(f".//{DS}Manifest")
    assert manifest is not None
    said = {each.get("URI"): each.findtext(f"{DS}DigestValue") for each in manifest}
    whole = etree.fromstring(reference_cda(FRCP)).getroottree()
    canonical = etree.tostring(whole, method="c14n", with_comments=True)
    assert said == {"urn:oid:2.25.1": "AA==", f"urn:oid:{FRCP_ID}": base64.b64encode(hashlib.sha256(canonical).digest()).decode()}
    assert b"<?xml-stylesheet" in canonical
    for reference in signed.iterfind(f"{DS}SignedInfo/{DS}Reference"):
        target = next(each for each in signed.iter(etree.Element) if each.get("Id") == reference.get("URI", "")[1:])
        digest = hashlib.sha256(etree.tostring(target, method="c14n", with_comments=True, with_tail=False)).digest()
        assert reference.findtext(f"{DS}DigestValue") == base64.b64encode(digest).decode()


def test_its_signature_holds_and_a_change_breaks_it(signed: etree._Element, signer: Signer) -> None:
    key = signer.chain[0].public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    value = base64.b64decode(signed.findtext(f"{DS}SignatureValue") or "")
    info = signed.find(f"{DS}SignedInfo")
    assert info is not None
    key.verify(value, _canonical(info), padding.PKCS1v15(), hashes.SHA256())
    digest = info.find(f".//{DS}DigestValue")
    assert digest is not None
    digest.text = "AAAA"
    with pytest.raises(InvalidSignature):
        key.verify(value, _canonical(info), padding.PKCS1v15(), hashes.SHA256())


def test_signxml_agrees(signed: etree._Element, signer: Signer) -> None:
    """But for the schema of signatures: the profile wants an OID as ``Id``, which begins with a digit."""
    certificate = signer.chain[0].public_bytes(serialization.Encoding.PEM).decode()
    verified = XMLVerifier().verify(
        signed,
        x509_cert=certificate,
        id_attribute="Id",
        validate_schema=False,
        expect_config=SignatureConfiguration(expect_references=2),
    )
    assert isinstance(verified, list)
    assert [etree.QName(each.signed_xml).localname for each in verified if each.signed_xml is not None] == [
        "Manifest",
        "SignedProperties",
    ]


def test_a_deposit_carries_its_signature(signed_settings: DmpSettings) -> None:
    document = reference_cda(FRCP)
    settings = replace(signed_settings, signed_lot=True)
    request, contents = deposit(CALLER, INS, settings, lot_of(document), {FRCP_ID: document})
    assert list(contents) == ["Document01", "Document02"]
    again, same = deposit(CALLER, INS, settings, lot_of(document), {FRCP_ID: document})
    assert (dict(same), etree.tostring(again)) == (dict(contents), etree.tostring(request)), "a lot is signed alike"
    package = packed(request, contents, action="urn:a", key="k")
    assert list(unpacked(package.content, package.content_type).parts.values()) == list(contents.values())
    with pytest.raises(NotConfigured, match="signe les lots"):
        deposit(
            CALLER,
            INS,
            replace(settings, proxy="", signing_certificate="", certificate=""),
            lot_of(document),
            {FRCP_ID: document},
        )


def _canonical(info: etree._Element) -> bytes:
    return etree.tostring(info, method="c14n", with_comments=True, with_tail=False)
