"""What the stand-in refuses, one wrong thing at a time, in requests made by hand: if it lets one pass, so would our tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from plugins.sandbox.dmp import names
from tests.dmp.by_hand import AUTHOR, DIRECT, PATIENT, STUB, Hand, codes_of, deposit, sample, words_of
from tests.dmp.fixtures import RunningDmp
from tests.fixtures import reference_dir

pytestmark = pytest.mark.reference
Change = Callable[[str], str]


@pytest.fixture
def dmp(shared_dmp: RunningDmp) -> RunningDmp:
    """One DMP for all of these: what is refused leaves nothing."""
    shared_dmp.service.kit = reference_dir() / "xds"
    return shared_dmp


METADATA, REPOSITORY = "XDSRegistryMetadataError", "XDSRepositoryMetadataError"


def swapped(old: str, new: str, *, count: int = -1) -> Change:
    """Text in place of text that is there."""

    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, count)

    return change


def without(pattern: str) -> Change:
    """A piece less."""

    def change(text: str) -> str:
        assert re.search(pattern, text, re.DOTALL), pattern
        return re.sub(pattern, "", text, flags=re.DOTALL)

    return change


def slot(name: str) -> Change:
    """The document without a slot."""
    return without(rf'<rim:Slot name="{name}">(?:(?!</rim:Slot>).)*</rim:Slot>\s*(?=.*<rim:Association)')


def code(scheme: str) -> Change:
    """The document without the codes of a scheme."""
    return without(
        rf'<rim:Classification [^>]*classificationScheme="{scheme}"(?:(?!</rim:Classification>).)*</rim:Classification>'
    )


def of_document(name: str) -> str:
    """The scheme of an attribute."""
    return names.SINGLE[name]


DOCUMENT: dict[str, tuple[Change, str, str]] = {
    "no creation time": (slot("creationTime"), METADATA, "creationTime"),
    "no language": (slot("languageCode"), METADATA, "languageCode"),
    "no authenticator": (slot("legalAuthenticator"), METADATA, "legalAuthenticator"),
    "no service start": (slot("serviceStartTime"), METADATA, "serviceStartTime"),
    "no local number": (slot("sourcePatientId"), METADATA, "sourcePatientId"),
    "no identity": (slot("sourcePatientInfo"), METADATA, "sourcePatientInfo"),
    "no hash": (slot("hash"), METADATA, "hash"),
    "no size": (slot("size"), METADATA, "size"),
    "time with a zone": (swapped("20190218084914", "20190218084914+0100"), METADATA, "creationTime"),
    "unknown slot": (swapped('name="size"', 'name="taille"'), METADATA, "inconnu"),
    "XDM's URI": (swapped('name="serviceStartTime"', 'name="URI"'), METADATA, "URI"),
    "wrong hash": (lambda text: re.sub(r"<rim:Value>[0-9a-f]{40}<", f"<rim:Value>{'0' * 40}<", text), REPOSITORY, "empreinte"),
    "wrong size": (swapped("<rim:Value>120<", "<rim:Value>121<"), REPOSITORY, "taille"),
    "no class": (code(of_document("classCode")), METADATA, "classCode"),
    "no type": (code(of_document("typeCode")), METADATA, "typeCode"),
    "no format": (code(of_document("formatCode")), METADATA, "formatCode"),
    "no facility": (code(of_document("healthcareFacilityTypeCode")), METADATA, "healthcareFacilityTypeCode"),
    "no setting": (code(of_document("practiceSettingCode")), METADATA, "practiceSettingCode"),
    "no confidentiality": (code(names.CONFIDENTIALITY), METADATA, "confidentialityCode"),
    "no author": (code(names.AUTHOR), METADATA, "author"),
    "type of elsewhere": (swapped('"34794-8"', '"11111-1"'), METADATA, "ne fait pas partie du domaine d'affinité"),
    "class of another type": (swapped('nodeRepresentation="10"', 'nodeRepresentation="44"'), METADATA, "classe"),
    "format of another type": (swapped("urn:asip:ci-sis:frcp:2011", "urn:asip:ci-sis:pps-cancer:2017"), METADATA, "format"),
    "hospital, ambulatory": (swapped('"ETABLISSEMENT"', '"AMBULATOIRE"'), METADATA, "EX_GEN-1377"),
    "title too long": (swapped('value="FRCP ONCO', f'value="{"x" * 128}FRCP ONCO'), METADATA, "titre"),
    "author without number": (swapped(f"{AUTHOR}^MULLER", "^MULLER"), METADATA, "authorPerson"),
    "another signs": (swapped(f"<rim:Value>{AUTHOR}^", "<rim:Value>810000000001^"), METADATA, "auteur du lot"),
    "status said": (swapped("<rim:ExtrinsicObject id=", '<rim:ExtrinsicObject status="x" id='), METADATA, "status"),
    "no member": (without(r"<rim:Association .*?</rim:Association>"), METADATA, "HasMember"),
    "patient of another": (
        lambda text: re.sub(r'(58a6f841[^"]*" value="27903512151898)9', r"\g<1>8", text),
        "XDSPatientIdDoesNotMatch",
        "patient",
    ),
    "lot of another patient": (
        lambda text: text.replace("279035121518989^^^&amp;1.2.250.1.213.1.4.10", "277076322082910^^^&amp;1.2.250.1.213.1.4.8"),
        "XDSPatientIdDoesNotMatch",
        "VIHF",
    ),
    "no content type": (code(names.LOT_CONTENT_TYPE), METADATA, "contentTypeCode"),
    "no source": (swapped(names.LOT_SOURCE, "urn:uuid:0"), METADATA, "sourceId"),
    "no submission time": (swapped("20190219100000", "20190219"), METADATA, "submissionTime"),
    "lot that is none": (swapped(names.LOT, "urn:uuid:0"), METADATA, "lot"),
}
"""A change of a good request, the code and words that it is refused by."""
BOTH = f'<rim:Classification id="m" classificationScheme="{names.CONFIDENTIALITY}" classifiedObject="Document01" nodeRepresentation="MASQUE_PS"><rim:Slot name="codingScheme"><rim:ValueList><rim:Value>1.2.250.1.213.1.1.4.13</rim:Value></rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString value="Masqué"/></rim:Name></rim:Classification>'  # fmt: skip  # noqa: E501


def also_masked(text: str) -> str:
    """One more code of confidentiality, beside the first."""
    return re.sub(r'(?=<rim:Classification [^>]*nodeRepresentation="INVISIBLE_PATIENT")', BOTH, text, count=1)


DOCUMENT["hidden on both sides"] = (also_masked, METADATA, "à la fois masqué")
DOCUMENT["id with an extension"] = (lambda text: re.sub(r'(2e82c1f6[^"]*" value=")[^"]*', r"\g<1>1.2.3^4", text), METADATA, "OID")


@pytest.mark.parametrize("name", DOCUMENT)
def test_a_deposit_is_refused(dmp: RunningDmp, name: str) -> None:
    change, expected, words = DOCUMENT[name]
    # Without the schemas, which would catch some first: these are the checks of the DMP itself.
    dmp.service.kit = None
    answer = Hand(dmp, cookie=DIRECT).deposit(change(deposit()))
    assert expected in codes_of(answer), words_of(answer)
    assert words in words_of(answer)
    assert dmp.service.store.of_patient(PATIENT) == []


VIHF: dict[str, tuple[str, str, str]] = {
    "short matricule": ("279035121518989^^^", "2790351215189^^^", "Le champ Resource_id est incorrect"),
    "no speciality": ('codeSystem="1.2.250.1.71.4.2.5"', 'codeSystem="1.2.3"', "Aucune spécialité dans le vihf"),
    "indirect": ("DIRECTE", "INDIRECTE", "mode d'authentification"),
    "another professional": (f"{AUTHOR}</saml2:NameID>", "810000000001</saml2:NameID>", "professionnel de la session"),
    "no sector": ("SA01^1.2.250.1.71.4.2.4", "SA01", "Secteur_Activite"),
    "break of glass": ('code="normal"', 'code="bris_de_glace"', "mode d'accès"),
    "not of the DMP": (">urn:dmp<", ">urn:autre<", "Ressource_URN"),
    "no number of approval": (">NUMERO-CNDA<", "><", "LPS_ID_HOMOLOGATION_DMP"),
    "closed structure": (">1120456789<", ">1999999999<", "Structure introuvable ou Inactive"),
    "old": (f'IssueInstant="{datetime.now(UTC):%Y}', 'IssueInstant="2020', "périmé"),
    "another issuer": ("CN=oncodcc-demonstration", "CN=autre", "Issuer"),
}


@pytest.mark.parametrize("name", VIHF)
def test_a_vihf_is_refused(dmp: RunningDmp, name: str) -> None:
    old, new, words = VIHF[name]
    assert words in words_of(Hand(dmp, cookie=DIRECT, changes=[(old, new)]).existence())


def test_a_message_and_a_vihf_serve_once(running_dmp: RunningDmp) -> None:
    hand = Hand(running_dmp)
    payload = re.search(r"<PRPA_IN201307UV02.*</PRPA_IN201307UV02>", sample("td02_prpa_in201307_envelope"), re.DOTALL)
    assert payload is not None
    envelope = hand.envelope("patients", names.EXISTENCE, payload[0])
    kind = f'application/soap+xml; action="{names.EXISTENCE}"'
    headers = {"Content-Type": kind, "Cookie": f"proxy_session_id={hand.cookie}"}
    path = "/send/dmp-patients/patients"
    assert running_dmp.call("POST", path, data=envelope, headers=headers).status_code == 200
    again = running_dmp.call("POST", path, data=envelope, headers=headers)
    assert again.status_code == 500
    assert "déjà reçu" in again.text
    other = envelope.replace(b"<a:MessageID>urn:uuid:", f"<a:MessageID>urn:uuid:{uuid4()}</a:MessageID><!--".encode(), 1)
    other = other.replace(b"</a:MessageID><a:To>", b"--><a:To>", 1)
    assert "déjà reçu" in running_dmp.call("POST", path, data=other, headers=headers).text


SHAPES: dict[str, tuple[Change, str]] = {
    "doctype": (lambda text: "<!DOCTYPE x>" + text, "DOCTYPE"),
    "no XML": (lambda text: text[:-20], "illisible"),
    "soap 1.1": (swapped(names.SOAP, "http://schemas.xmlsoap.org/soap/envelope/"), "SOAP 1.2"),
    "another action": (swapped(f"<a:Action>{names.EXISTENCE}", f"<a:Action>{names.SEARCH}"), "ne connaît pas l'action"),
    "to another service": (swapped("services/patients", "services/registry"), "wsa:To"),
    "message id that is none": (swapped("<a:MessageID>urn:uuid:", "<a:MessageID>x"), "MessageID"),
    "no VIHF": (without(r"<w:Security.*</w:Security>"), "VIHF absent"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_message_is_refused(dmp: RunningDmp, name: str) -> None:
    hand = Hand(dmp, cookie=DIRECT)
    change, words = SHAPES[name]
    payload = re.search(r"<PRPA_IN201307UV02.*</PRPA_IN201307UV02>", sample("td02_prpa_in201307_envelope"), re.DOTALL)
    assert payload is not None
    content = change(hand.envelope("patients", names.EXISTENCE, payload[0]).decode()).encode()
    answer = hand.exchange("patients", f'application/soap+xml; action="{names.EXISTENCE}"', content)
    assert answer.status_code == 500
    assert words in answer.text


def test_a_deposit_comes_in_parts_and_by_the_schema(dmp: RunningDmp) -> None:
    hand = Hand(dmp, cookie=DIRECT)
    assert "MTOM" in words_of(hand.answer("repository", names.DEPOSIT, deposit()))
    assert "schéma" in words_of(
        hand.deposit(deposit().replace("<rim:ValueList>", "<rim:Valeurs>").replace("</rim:ValueList>", "</rim:Valeurs>"))
    )
    entity = b'<!DOCTYPE x [<!ENTITY a "a">]><ClinicalDocument xmlns="urn:hl7-org:v3"/>'
    assert "DOCTYPE" in words_of(hand.deposit(deposit(entity), entity))
    other = STUB.replace(b"<realmCode", b'<id root="1.2.3"/><realmCode')
    assert "ClinicalDocument/id" in words_of(hand.deposit(deposit(other, unique_id="1.2.4"), other))


def test_an_author_deposits_and_nobody_else(dmp: RunningDmp) -> None:
    alice = Hand(dmp, cookie=DIRECT, professional="810000000001")
    text = deposit()
    lot, document = text.split("<rim:ExtrinsicObject", 1)
    answer = alice.deposit(lot.replace(AUTHOR, "810000000001") + "<rim:ExtrinsicObject" + document)
    assert "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF" in words_of(answer)
