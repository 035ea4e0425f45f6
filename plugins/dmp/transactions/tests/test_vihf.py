"""The VIHF: what it says, and a signature that others can check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from lxml import etree
from signxml.verifier import XMLVerifier

from dcc.contracts.errors import NotConfigured
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import envelope
from plugins.dmp.transactions.messages import Call, message
from plugins.dmp.transactions.services import SERVICES
from plugins.dmp.transactions.signing import signer_of
from plugins.dmp.transactions.tests.exchanges import AT, CALLER, INS, KEY, SETTINGS
from plugins.dmp.transactions.types import Caller
from plugins.dmp.transactions.vihf import SAML, assertion
from tests.fixtures import reference_dir


@pytest.mark.reference
def test_it_says_what_the_sample_says() -> None:
    """All attributes of the sample built for direct mode, in its order; its values are those of another person."""
    theirs = etree.parse(str(reference_dir() / "xds" / "samples-vihf" / "vihf_direct_psc_construit.xml")).getroot()
    ours = assertion(CALLER, INS, SETTINGS, key=KEY, at=AT)
    names = f".//{{{SAML}}}Attribute"
    assert [each.get("Name") for each in ours.iterfind(names)] == [each.get("Name") for each in theirs.iterfind(names)]
    same = ["VIHF_Version", "Authentification_mode", "Secteur_Activite", "Ressource_URN", "LPS_ID", "LPS_ID_HOMOLOGATION_DMP"]
    for name in [*same, "urn:oasis:names:tc:xacml:2.0:resource:resource-id"]:
        path = f".//{{{SAML}}}Attribute[@Name='{name}']/{{{SAML}}}AttributeValue"
        assert ours.findtext(path) == theirs.findtext(path)
    shape = [
        [(role.tag, role.get("codeSystem"), sorted(role.attrib)[-1]) for role in root.iter("{*}Role")] for root in (ours, theirs)
    ]
    assert shape[0] == shape[1]
    assert ours.findtext(f".//{{{SAML}}}NameID") == CALLER.national_id


@pytest.mark.reference
def test_of_the_same_person_it_is_the_sample() -> None:
    """Element by element; but for the issuer, when she signed in, and the words of codes, which say nothing more."""
    theirs = etree.parse(str(reference_dir() / "xds" / "samples-vihf" / "vihf_direct_psc_construit.xml")).getroot()
    who = Caller("899700427885", "DOC0042788", "KIT", "10", "10B0193488", "CH", "SA01", specialty="SM26")
    settings = replace(SETTINGS, software="DCC", software_version="1.0")
    ours = assertion(who, INS, settings, key=KEY, at=AT)
    assert said(ours) == said(theirs)


def said(root: etree._Element) -> list[tuple[str, str, dict[Any, Any]]]:
    """Each element: its name, its text, its attributes."""
    told = []
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        left_out = {"Issuer": set(), "AuthnStatement": {"AuthnInstant"}, "Role": {"displayName"}}.get(name, set())
        attributes = {key: value for key, value in element.attrib.items() if key not in left_out}
        told.append(
            (str(element.tag), "" if name == "Issuer" else (element.text or "").strip(), dict(sorted(attributes.items())))
        )
    return told


@pytest.mark.reference
def test_the_head_of_a_message_is_that_of_the_sample() -> None:
    """Of the same message; ours says beside it where to answer (dmp_psc.md §1.1)."""
    theirs = etree.parse(str(reference_dir() / "xds" / "samples-dcc" / "td02_prpa_in201307_envelope.xml")).getroot()
    call = Call(SERVICES["existence"], CALLER, INS, KEY, AT)
    settings = replace(SETTINGS, proxy="", services="https://HOTE/si-dmp-server/v2/services/", certificate="")
    package = message(settings, call, etree.Element("body"), {})
    ours = etree.fromstring(package.content)
    heads = [root.find(f"{{{envelope.SOAP}}}Header") for root in (ours, theirs)]
    told = [
        {str(each.tag): ((each.text or "").strip(), dict(each.attrib)) for each in head if isinstance(each.tag, str)}
        for head in heads
        if head is not None
    ]
    answered = told[0].pop(f"{{{envelope.WSA}}}ReplyTo")
    assert answered == ("", {})
    assert ours.findtext(f".//{{{envelope.WSA}}}Address") == envelope.ANONYMOUS
    assert told[0] == told[1]
    assert package.content_type.endswith('action="urn:hl7-org:v3:PRPA_IN201307UV02"')


def test_a_role_without_specialty_has_one_value() -> None:
    ours = assertion(replace(CALLER, specialty="", sector=""), INS, SETTINGS, key=KEY, at=AT)
    assert [role.get("code") for role in ours.iter("{*}Role")] == ["10"]
    assert "Secteur_Activite" not in [each.get("Name") for each in ours.iter(f"{{{SAML}}}Attribute")]


def test_the_signature_holds_inside_the_envelope(signed_settings: DmpSettings) -> None:
    signer = signer_of(signed_settings)
    assert signer is not None
    signed = assertion(CALLER, INS, signed_settings, key=KEY, at=AT, signer=signer)
    sent = envelope.serialized(
        envelope.envelope(etree.Element("body"), action="urn:a", to="urn:b", message_id="urn:uuid:c", assertion=signed)
    )
    received = etree.fromstring(sent).find(f".//{{{SAML}}}Assertion")
    assert received is not None
    assert [etree.QName(child).localname for child in received][:2] == ["Issuer", "Signature"], "in the order of SAML"
    alone = etree.fromstring(etree.tostring(received))
    certificate = signer.chain[0].public_bytes(serialization.Encoding.PEM).decode()
    verified = XMLVerifier().verify(alone, x509_cert=certificate, id_attribute="ID")
    assert not isinstance(verified, list)
    assert verified.signed_xml is not None
    assert verified.signed_xml.findtext(f"{{{SAML}}}Issuer") == signer.subject == "CN=client-exemple,O=ÉDITEUR,C=FR"


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "not.pem").write_text("rien")
    for path, words in ((tmp_path / "absent.pem", "il n'existe pas"), (tmp_path / "not.pem", "PEM attendu")):
        with pytest.raises(NotConfigured, match=words):
            signer_of(replace(SETTINGS, signing_certificate=str(path)))
    assert signer_of(replace(SETTINGS, proxy="", certificate="")) is None
