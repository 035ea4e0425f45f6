"""VIHF: the SAML 2 assertion that says who calls, from where, about whom; signed when there is a certificate. Pure.

Source: dmp_psc.md §3.2 and its samples. What is not public for Pro Santé Connect (mode, context, version) is a setting (§9).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner

from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import cx
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.envelope import HL7, default_namespace
from plugins.dmp.transactions.signing import EXCLUSIVE, RSA_SHA256, SHA256, Signer
from plugins.dmp.transactions.types import Caller

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SUBJECT_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
PROFESSIONS, SPECIALTIES, SECTORS, ACCESSES = (
    "1.2.250.1.71.1.2.7",
    "1.2.250.1.71.4.2.5",
    "1.2.250.1.71.4.2.4",
    "1.2.250.1.213.1.1.4.248",
)

Coded = tuple[str, str, str, str]
"""Name of the element of HL7 v3, code, code system, words."""


def assertion(
    caller: Caller, ins: InstanceId, settings: DmpSettings, *, key: str, at: datetime, signer: Signer | None = None
) -> etree._Element:
    """The assertion of one call; ``key`` is its own UUID."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    root = etree.Element(f"{{{SAML}}}Assertion", nsmap={"saml2": SAML, "xsi": XSI})
    root.attrib.update({"ID": f"_{key}", "IssueInstant": moment, "Version": "2.0"})
    issuer = _add(root, "Issuer", signer.subject if signer else f"CN={settings.client_id or settings.software}")
    issuer.set("Format", SUBJECT_NAME)
    if signer:
        etree.SubElement(root, f"{{{DS}}}Signature", Id="placeholder", nsmap={"ds": DS})
    _add(_add(root, "Subject"), "NameID", caller.national_id)
    context = _add(root, "AuthnStatement")
    context.set("AuthnInstant", moment)
    _add(_add(context, "AuthnContext"), "AuthnContextClassRef", settings.authn_context)
    statement = _add(root, "AttributeStatement")
    for name, values in _attributes(caller, ins, settings):
        _attribute(statement, name, values)
    return _signed(root, signer) if signer else root


def _attributes(caller: Caller, ins: InstanceId, settings: DmpSettings) -> Iterator[tuple[str, Sequence[str | Coded]]]:
    yield "VIHF_Version", [settings.vihf_version]
    yield settings.mode_attribute, [settings.mode]
    yield "Identifiant_Structure", [caller.structure]
    yield "Secteur_Activite", [f"{caller.sector}^{SECTORS}" if caller.sector else ""]
    yield "urn:oasis:names:tc:xspa:1.0:subject:subject-id", [f"{caller.family} {caller.given}".strip()]
    roles: list[str | Coded] = [("Role", caller.profession, PROFESSIONS, "")]
    if caller.specialty:
        roles.append(("Role", caller.specialty, SPECIALTIES, ""))
    yield "urn:oasis:names:tc:xacml:2.0:subject:role", roles
    yield "urn:oasis:names:tc:xacml:2.0:resource:resource-id", [cx(ins)]
    yield "Ressource_URN", ["urn:dmp"]
    yield "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse", [("PurposeOfUse", "normal", ACCESSES, "Accès normal")]
    yield "LPS_ID", [settings.software_id or settings.source_id]
    yield "LPS_Nom", [settings.software]
    yield "LPS_Version", [settings.software_version]
    yield "LPS_ID_HOMOLOGATION_DMP", [settings.approval]


def _attribute(statement: etree._Element, name: str, values: Sequence[str | Coded]) -> None:
    """An attribute with its values; none when none says something."""
    said = [value for value in values if value]
    if not said:
        return
    attribute = _add(statement, "Attribute")
    attribute.set("Name", name)
    for value in said:
        held = _add(attribute, "AttributeValue", value if isinstance(value, str) else "")
        if not isinstance(value, str):
            tag, code, system, words = value
            element = etree.SubElement(held, f"{{{HL7}}}{tag}", code=code, codeSystem=system, nsmap=default_namespace(HL7))
            if words:
                element.set("displayName", words)
            element.set(f"{{{XSI}}}type", "CE")


def _signed(root: etree._Element, signer: Signer) -> etree._Element:
    """Enveloped signature in its place (after the issuer), exclusive canonicalization, RSA with SHA-256."""
    writer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=RSA_SHA256,
        digest_algorithm=SHA256,
        c14n_algorithm=EXCLUSIVE,
    )
    writer.namespaces = {"ds": DS}
    certificates = list(signer.chain)
    return writer.sign(root, key=signer.key, cert=certificates, reference_uri=f"#{root.get('ID')}", id_attribute="ID")


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, f"{{{SAML}}}{name}")
    element.text = text or None
    return element
