"""Requests of the DMP made by hand from the samples of the reference, without the plugin: what the stand-in is tested by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.signer import XMLSigner

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.envelope import package
from plugins.sandbox.dmp.moods import Mood
from plugins.sandbox.dmp.proxy import Session
from plugins.sandbox.dmp.running import CLIENT
from tests.dmp.fixtures import SOURCE_ID, RunningDmp
from tests.fixtures import reference_dir

PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
AUTHOR, STRUCTURE = "801234567897", "1120456789"
STUB = b'<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="FR"/></ClinicalDocument>'
DIRECT = "direct"
"""In place of the secret of a session: the service is asked without the proxy."""
BASE = "https://dmp.example/si-dmp-server/v2/services"


@lru_cache(maxsize=32)
def sample(name: str) -> str:
    """A sample of the reference, without its prolog."""
    text = (reference_dir() / "xds" / "samples-dcc" / f"{name}.xml").read_text(encoding="utf-8")
    return re.sub(r"^<\?xml.*?\?>|<!--.*?-->", "", text, flags=re.DOTALL).strip()


@lru_cache(maxsize=2)
def _key(path: Path) -> rsa.RSAPrivateKey:
    """A key of RSA is checked when it is read, which takes a tenth of a second."""
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache(maxsize=1)
def _assertion() -> str:
    path = reference_dir() / "xds" / "samples-vihf" / "vihf_direct_psc_construit.xml"
    return re.sub(r"^<\?xml.*?\?>|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).strip()


@dataclass
class Hand:
    """Somebody who writes requests; ``changes`` replace text in the VIHF before it is signed, ``spoil`` after."""

    dmp: RunningDmp
    professional: str = AUTHOR
    patient: str = PATIENT
    structure: str = STRUCTURE
    cookie: str = ""
    changes: Sequence[tuple[str, str]] = field(default_factory=tuple)
    spoil: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self.cookie = self.cookie or self.dmp.connect(self.professional)

    # Requests -----------------------------------------------------------------------------------------------------------------
    def existence(self) -> etree._Element:
        """TD0.2."""
        text = re.search(r"<PRPA_IN201307UV02.*</PRPA_IN201307UV02>", sample("td02_prpa_in201307_envelope"), re.DOTALL)
        assert text is not None
        ins, oid = self.patient.split("^^^&")[0], self.patient.split("&")[1]
        return self.answer(
            "patients", names.EXISTENCE, text[0].replace("279035121518989", ins).replace("1.2.250.1.213.1.4.10", oid)
        )

    def authorise(self, action: str) -> etree._Element:
        """TD0.3."""
        payload = f'<h:setAuthorization xmlns:h="{names.HABILITATIONS}"><h:action>{action}</h:action></h:setAuthorization>'
        return self.answer("habilitations", names.AUTHORISE, payload)

    def deposit(self, payload: str | None = None, content: bytes = STUB, **said: Any) -> etree._Element:
        """TD2.1: a deposit made by :func:`deposit` unless given."""
        return self.answer("repository", names.DEPOSIT, payload or deposit(content, **said), {"Document01": content})

    def ask(self, payload: str) -> etree._Element:
        """TD3.1."""
        return self.answer("registry", names.SEARCH, payload)

    def update(self, payload: str) -> etree._Element:
        """TD3.3."""
        return self.answer("registry", names.UPDATE, payload)

    def answer(self, service: str, action: str, payload: str, contents: Mapping[str, bytes] | None = None) -> etree._Element:
        """The element in the body of the answer."""
        answer = self.send(service, action, payload, contents)
        return body_of(answer)

    def send(self, service: str, action: str, payload: str, contents: Mapping[str, bytes] | None = None) -> requests.Response:
        """The whole way; ``contents`` are put beside, in place of what the payload holds."""
        parts = []
        for name, content in (contents or {}).items():
            identifier = f"{uuid4()}@essai"
            include = f'<xop:Include xmlns:xop="{names.XOP}" href="cid:{identifier}"/>'
            payload = re.sub(rf'(<xdsb:Document id="{name}">)[^<]*', rf"\g<1>{include}", payload)
            parts.append((identifier, content))
        envelope = self.envelope(service, action, payload)
        kind, body = f'application/soap+xml; charset=utf-8; action="{action}"', envelope
        if contents is not None:
            kind, body = package(envelope, parts, action)
        return self.exchange(service, kind, body)

    def exchange(self, service: str, kind: str, body: bytes) -> requests.Response:
        """Through the proxy, or straight to the service for those of whom the way does not matter."""
        if self.cookie != DIRECT:
            headers = {"Content-Type": kind, "Cookie": f"proxy_session_id={self.cookie}"}
            return self.dmp.call("POST", f"/send/dmp-{service}/{service}", data=body, headers=headers)
        said = self.dmp.service.answer(service, kind, body, Session("", self.professional, CLIENT, "", 0), Mood())
        answer = requests.Response()
        answer.status_code, answer._content, answer.encoding = said.status, said.body, "utf-8"
        answer.headers["Content-Type"] = said.kind
        return answer

    def envelope(self, service: str, action: str, payload: str) -> bytes:
        """The envelope, with its VIHF."""
        return (
            f'<s:Envelope xmlns:s="{names.SOAP}" xmlns:a="{names.WSA}"><s:Header><a:Action>{action}</a:Action>'
            f"<a:MessageID>urn:uuid:{uuid4()}</a:MessageID><a:To>{BASE}/{service}</a:To>"
            f"<a:ReplyTo><a:Address>{names.WSA}/anonymous</a:Address></a:ReplyTo>"
            f'<w:Security xmlns:w="{names.WSSE}">{self.vihf()}</w:Security></s:Header><s:Body>{payload}</s:Body></s:Envelope>'
        ).encode()

    def vihf(self) -> str:
        """A signed assertion, from the sample."""
        known = self.dmp.certificates
        pem = known.certificate(CLIENT).read_bytes()
        subject = x509.load_pem_x509_certificate(pem).subject
        names_of = {"countryName": "C", "organizationName": "O", "organizationalUnitName": "OU", "commonName": "CN"}
        issuer = ", ".join(f"{names_of[row.oid._name]}={row.value!s}" for row in subject)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
        rows = [
            ("CN=client-exemple, OU=STRUCTURE, O=EDITEUR, ST=Paris (75), C=FR", issuer),
            ("_00000000-0000-4000-8000-000000000001", f"_{uuid4()}"),
            ("2026-03-01T08:00:00.000Z", now),
            ("899700427885", self.professional),
            ("10B0193488", self.structure),
            (PATIENT.replace("&", "&amp;"), self.patient.replace("&", "&amp;")),
            *self.changes,
        ]
        text = _assertion()
        for old, new in rows:
            assert old in text, old
            text = text.replace(old, new)
        signer = XMLSigner(
            signature_algorithm=SignatureMethod.RSA_SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        root = etree.fromstring(text)
        signed = signer.sign(
            root, key=_key(known.key(CLIENT)), cert=pem.decode(), reference_uri=root.get("ID"), id_attribute="ID"
        )
        return etree.tostring(signed, encoding="unicode").replace(*self.spoil)


def deposit(
    content: bytes = STUB, *, name: str = "iti41_frcp_invisible_patient", unique_id: str = "", visible: bool = False, **said: str
) -> str:
    """A request of deposit from a sample, with the hash and the size of ``content``; ``said`` replaces text."""
    text = sample(name)
    text = re.sub(r"<rim:Association [^>]*RPLC.*?</rim:Association>|<rim:Association [^>]*RPLC[^>]*/>", "", text, flags=re.DOTALL)
    text = text.replace("8bf3e1e8bda34e8f0aa75bf7e3d8c28afdff0bb3", hashlib.sha1(content, usedforsecurity=False).hexdigest())
    text = text.replace("<rim:Value>120</rim:Value>", f"<rim:Value>{len(content)}</rim:Value>")
    text = text.replace("2.25.100000000000000000000000000000000001", f"2.25.{uuid4().int}").replace(
        "1.2.250.1.999.1.1.9.9", SOURCE_ID
    )
    text = text.replace("1.2.250.1.213.1.1.1.8.2022.1.1", unique_id or f"2.25.{uuid4().int}")
    if visible:
        text = re.sub(
            r"<rim:Classification [^>]*nodeRepresentation=\"INVISIBLE_PATIENT\".*?</rim:Classification>",
            "",
            text,
            flags=re.DOTALL,
        )
    for old, new in said.items():
        text = text.replace(old, new)
    return text


def body_of(answer: requests.Response) -> etree._Element:
    """The element in the body of an answer, packaged or not."""
    content = answer.content
    if answer.headers["Content-Type"].startswith("multipart/related"):
        content = content.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0]
    body = etree.fromstring(content).find(f"{{{names.SOAP}}}Body")
    assert body is not None
    return body[0]


def codes_of(payload: etree._Element) -> list[str]:
    """The codes of the errors of the registry."""
    return [each.get("errorCode", "") for each in payload.iter(f"{{{names.RS}}}RegistryError")]


def words_of(payload: etree._Element) -> str:
    """What an answer says went wrong: the contexts of its errors, or the words of its fault."""
    contexts = [each.get("codeContext", "") for each in payload.iter(f"{{{names.RS}}}RegistryError")]
    return " ; ".join(contexts) or (payload.findtext(f"{{{names.SOAP}}}Reason/{{{names.SOAP}}}Text") or "")


def replaced(new: str, old_uuid: str) -> str:
    """A request of deposit that replaces a document."""
    link = f'<rim:Association id="rplc" associationType="{names.REPLACES}" sourceObject="Document01" targetObject="{old_uuid}"/>'
    return new.replace("</rim:RegistryObjectList>", f"{link}</rim:RegistryObjectList>")


def revealed(unique_id: str, lid: str, version: int = 1, content: bytes = STUB) -> str:
    """A request that makes a document of :func:`deposit` visible to the patient."""
    text = sample("iti57_rendre_visible_patient").replace("urn:uuid:5d3c2b1a-0000-4000-8000-000000000001", lid)
    text = re.sub(r"2\.25\.1\d{30,}", f"2.25.{uuid4().int}", text).replace("1.2.250.1.999.1.1.9.9", SOURCE_ID)
    text = text.replace("8bf3e1e8bda34e8f0aa75bf7e3d8c28afdff0bb3", hashlib.sha1(content, usedforsecurity=False).hexdigest())
    text = text.replace("<rim:Value>120<", f"<rim:Value>{len(content)}<").replace("1.2.250.1.213.1.1.1.8.2022.1.1", unique_id)
    text = text.replace('versionName="1"', f'versionName="{version}"')
    return re.sub(r'(name="PreviousVersion">\s*<rim:ValueList>\s*<rim:Value>)1', rf"\g<1>{version}", text)


def restated(uuid: str, name: str = "iti57_supprimer") -> str:
    """A request that deletes a document, or archives it."""
    text = re.sub(r'targetObject="urn:uuid:[^"]*"', f'targetObject="{uuid}"', sample(name))
    return re.sub(r"2\.25\.1\d{30,}", f"2.25.{uuid4().int}", text).replace("1.2.250.1.999.1.1.9.9", SOURCE_ID)


def query(identifier: str, returns: str = "LeafClass", **slots: str) -> str:
    """A stored query; ``slots`` by their names without « $ »."""
    rows = "".join(
        f'<rim:Slot name="${name}"><rim:ValueList><rim:Value>{value.replace("&", "&amp;")}</rim:Value></rim:ValueList></rim:Slot>'
        for name, value in slots.items()
    )
    return (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}" xmlns:rim="{names.RIM}">'
        f'<q:ResponseOption returnComposedObjects="true" returnType="{returns}"/>'
        f'<rim:AdhocQuery id="urn:uuid:{identifier}">{rows}</rim:AdhocQuery></q:AdhocQueryRequest>'
    )


def retrieval(*unique_ids: str, repository: str = names.REPOSITORY) -> str:
    """A request of documents."""
    rows = "".join(
        f"<x:DocumentRequest><x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId>"
        f"<x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId></x:DocumentRequest>"
        for unique_id in unique_ids
    )
    return f'<x:RetrieveDocumentSetRequest xmlns:x="{names.XDSB}">{rows}</x:RetrieveDocumentSetRequest>'


def also_invisible(text: str) -> str:
    """A request with one more code of confidentiality, beside the first: not visible by the patient."""
    return re.sub(rf'(?=<rim:Classification [^>]*classificationScheme="{names.CONFIDENTIALITY}")', _INVISIBLE, text, count=1)


_INVISIBLE = (
    f'<rim:Classification id="i" classificationScheme="{names.CONFIDENTIALITY}" classifiedObject="Document01" '
    'nodeRepresentation="INVISIBLE_PATIENT"><rim:Slot name="codingScheme"><rim:ValueList>'
    "<rim:Value>1.2.250.1.213.1.1.4.13</rim:Value></rim:ValueList></rim:Slot><rim:Name>"
    '<rim:LocalizedString value="Non visible par le patient"/></rim:Name></rim:Classification>'
)
