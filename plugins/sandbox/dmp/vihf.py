"""The VIHF of a request: what it says, its signature, and whether it is that of the session (dmp_psc.md §3.2-3.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.exceptions import InvalidInput, SignXMLException
from signxml.verifier import XMLVerifier

from plugins.sandbox.dmp.names import DS, INS, SAML
from plugins.sandbox.dmp.problems import Fault

FRESH = timedelta(minutes=5)
DOCTOR, PROFESSIONS, SKILLS = "10", "1.2.250.1.71.1.2.7", "1.2.250.1.71.4.2.5"
_XSPA, _XACML = "urn:oasis:names:tc:xspa:1.0", "urn:oasis:names:tc:xacml:2.0"
RESOURCE, ROLE, PURPOSE = f"{_XACML}:resource:resource-id", f"{_XACML}:subject:role", f"{_XSPA}:subject:purposeofuse"
CX = re.compile(rf"\d[0-9AB]{{14}}\^\^\^&({'|'.join(map(re.escape, INS))})&ISO\^NH")
_NAMES = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}


@dataclass(frozen=True, slots=True)
class Vihf:
    """Who asks, for which patient (the CX of its INS), in which structure, with which roles."""

    identifier: str
    professional: str
    patient: str
    structure: str
    roles: Sequence[str]


def check(security: etree._Element, *, professional: str, authority: x509.Certificate, now: datetime | None = None) -> Vihf:
    """The assertion of a request, in a session of ``professional``. Raises :class:`Fault`."""
    assertions = security.findall(f"{{{SAML}}}Assertion")
    if len(assertions) != 1:
        raise Fault("VIHF absent de l'en-tête de sécurité")
    assertion = _signed(assertions[0], authority)
    _check_fresh(assertion.get("IssueInstant", ""), now or datetime.now(UTC))
    attributes = _attributes(assertion)
    for name, is_right, words in _RULES:
        if not is_right(_one(attributes, name)):
            raise Fault(words)
    found = Vihf(
        assertion.get("ID", ""),
        (assertion.findtext(f"{{{SAML}}}Subject/{{{SAML}}}NameID") or "").strip(),
        _one(attributes, RESOURCE),
        _one(attributes, "Identifiant_Structure"),
        _roles(assertion),
    )
    if found.professional != professional:
        raise Fault("Le NameID du VIHF n'est pas le professionnel de la session")
    if assertion.find(f"{{{SAML}}}AuthnStatement/{{{SAML}}}AuthnContext/{{{SAML}}}AuthnContextClassRef") is None:
        raise Fault("VIHF : AuthnContextClassRef est absent")
    return found


def _signed(assertion: etree._Element, authority: x509.Certificate) -> etree._Element:
    """What the signature covers, once it is known to be good and of a certificate of our authority."""
    held = assertion.findtext(f"{{{DS}}}Signature/{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if not held:
        raise Fault("VIHF non signé, ou sans le certificat de sa signature")
    try:
        pem = f"-----BEGIN CERTIFICATE-----\n{''.join(held.split())}\n-----END CERTIFICATE-----\n"
        certificate = x509.load_pem_x509_certificate(pem.encode())
        certificate.verify_directly_issued_by(authority)
        # The assertion stands alone when it is verified: a namespace of the envelope is none of its own.
        alone = etree.fromstring(etree.tostring(assertion, with_tail=False))
        verified = XMLVerifier().verify(
            alone, x509_cert=certificate.public_bytes(Encoding.PEM).decode(), id_attribute="ID", expect_references=1
        )
    except (SignXMLException, InvalidInput, InvalidSignature, ValueError, TypeError) as error:
        raise Fault(f"Signature du VIHF invalide ({type(error).__name__})") from None
    signed = verified[0].signed_xml if isinstance(verified, list) else verified.signed_xml
    if signed is None or signed.tag != f"{{{SAML}}}Assertion":
        raise Fault("La signature du VIHF ne porte pas sur l'assertion")
    _check_issuer(signed, certificate)
    return signed


def _check_issuer(assertion: etree._Element, certificate: x509.Certificate) -> None:
    issuer = assertion.findtext(f"{{{SAML}}}Issuer") or ""
    said = {tuple(word.strip() for word in row.split("=", 1)) for row in re.split(r"(?<!\\),", issuer)}
    expected = {(name, str(row.value)) for name, oid in _NAMES.items() for row in certificate.subject.get_attributes_for_oid(oid)}
    if said != expected:
        raise Fault("VIHF : Issuer n'est pas le nom du certificat qui signe")


def _check_fresh(instant: str, now: datetime) -> None:
    try:
        issued = datetime.fromisoformat(instant)
        is_fresh = abs(now - issued) <= FRESH
    except (ValueError, TypeError):
        is_fresh = False
    if not is_fresh:
        raise Fault("VIHF périmé : IssueInstant n'est pas de maintenant")


def _attributes(assertion: etree._Element) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for attribute in assertion.iterfind(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute"):
        values = attribute.findall(f"{{{SAML}}}AttributeValue")
        found.setdefault(attribute.get("Name", ""), []).extend(_value(value) for value in values)
    return found


def _value(value: etree._Element) -> str:
    return value[0].get("code", "") + "^" + value[0].get("codeSystem", "") if len(value) else (value.text or "").strip()


def _one(attributes: Mapping[str, Sequence[str]], name: str) -> str:
    if name == "Authentification_mode" and name not in attributes:
        name = "Authentification_Mode"
    values = attributes.get(name, ())
    return "\n".join(values) if name == ROLE else values[0] if len(values) == 1 else ""


def _roles(assertion: etree._Element) -> Sequence[str]:
    return tuple(_one(_attributes(assertion), ROLE).split("\n"))


def _is_role(text: str) -> bool:
    return text.split("\n")[0].partition("^")[2] in (PROFESSIONS, "1.2.250.1.213.1.1.4.6")


def _has_skill(text: str) -> bool:
    roles = text.split("\n")
    return roles[0] != f"{DOCTOR}^{PROFESSIONS}" or any(role.endswith(f"^{SKILLS}") for role in roles[1:])


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: bool(re.fullmatch(pattern, text))


_RULES: Sequence[tuple[str, Callable[[str], bool], str]] = (
    ("VIHF_Version", _matches(r"[34]\.0"), "VIHF : VIHF_Version n'est ni 3.0 ni 4.0"),
    ("Authentification_mode", _matches("DIRECTE"), "VIHF : mode d'authentification inattendu, DIRECTE pour Pro Santé Connect"),
    ("Identifiant_Structure", _matches(r"[0-5][0-9A-Z]{8,15}"), "Structure introuvable ou Inactive"),
    ("Secteur_Activite", _matches(r"SA\d\d\^1\.2\.250\.1\.71\.4\.2\.4"), "VIHF : Secteur_Activite inattendu"),
    (f"{_XSPA}:subject:subject-id", bool, "VIHF : subject-id est absent"),
    (ROLE, _is_role, "VIHF : la profession (role) est absente"),
    (ROLE, _has_skill, "Aucune spécialité dans le vihf"),
    (RESOURCE, _matches(CX.pattern), "Le champ Resource_id est incorrect"),
    ("Ressource_URN", _matches("urn:dmp"), "VIHF : Ressource_URN n'est pas urn:dmp"),
    (PURPOSE, _matches(r"normal\^1\.2\.250\.1\.213\.1\.1\.4\.248"), "VIHF : le mode d'accès n'est pas « normal »"),
    ("LPS_ID", bool, "VIHF : LPS_ID est absent"),
    ("LPS_Nom", bool, "VIHF : LPS_Nom est absent"),
    ("LPS_Version", bool, "VIHF : LPS_Version est absent"),
    ("LPS_ID_HOMOLOGATION_DMP", bool, "VIHF : LPS_ID_HOMOLOGATION_DMP est absent"),
)
"""Attribute, what is right, the words of the fault."""
