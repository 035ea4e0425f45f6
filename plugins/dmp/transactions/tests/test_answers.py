"""The table of answers, cell by cell; words and codes reach the user, causes are known to the core."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree

from dcc.contracts.errors import DeliveryError, Refused, RetryLater
from dcc.exchange import api as exchange
from plugins.dmp.transactions import answers
from plugins.dmp.transactions.answers import CODES, WORDS, Problem, error_of, fault_of, problems_of
from plugins.dmp.transactions.envelope import SOAP, Malformed
from plugins.dmp.transactions.tests.exchanges import sample

R, L = Refused, RetryLater
EXPECTED: Mapping[str, tuple[type[DeliveryError], str]] = {
    "XDSUnknownPatientId": (R, "dmp_patient"),
    "XDSPatientIdDoesNotMatch": (R, "dmp_patient"),
    "XDSDocumentUniqueIdError": (R, "dmp_removed"),
    "XDSDuplicateUniqueIdInRegistry": (R, "dmp_duplicate"),
    "XDSRegistryDuplicateUniqueIdInMessage": (R, "not_conformant"),
    "XDSRegistryMetadataError": (R, "not_conformant"),
    "XDSRepositoryMetadataError": (R, "not_conformant"),
    "XDSMissingDocument": (R, "not_conformant"),
    "XDSMissingDocumentMetadata": (R, "not_conformant"),
    "XDSNonIdenticalHash": (R, "not_conformant"),
    "XDSNonIdenticalSize": (R, "not_conformant"),
    "XDSReplaceFailed": (R, "dmp_replaced"),
    "XDSRegistryDeprecatedDocumentError": (R, "dmp_replaced"),
    "XDSMetadataVersionError": (R, "dmp_version"),
    "XDSMetadataUpdateError": (R, "dmp_refused"),
    "XDSMetadataUpdateOperationError": (R, "dmp_refused"),
    "XDSRegistryBusy": (L, "dmp_busy"),
    "XDSRepositoryBusy": (L, "dmp_busy"),
    "XDSRegistryOutOfResources": (L, "dmp_busy"),
    "XDSRepositoryOutOfResources": (L, "dmp_busy"),
    "XDSRegistryNotAvailable": (L, "dmp_busy"),
    "XDSRegistryError": (R, "dmp_refused"),
    "XDSRepositoryError": (R, "dmp_refused"),
    "XDSTooManyResults": (R, "dmp_refused"),
    "XDSResultNotSinglePatient": (R, "dmp_refused"),
    "XDSStoredQueryMissingParam": (R, "dmp_refused"),
    "XDSStoredQueryParamNumber": (R, "dmp_refused"),
    "XDSUnknownStoredQuery": (R, "dmp_refused"),
    "XDSUnknownRepositoryId": (R, "dmp_refused"),
    "DMPAccessForbidden": (R, "dmp_forbidden"),
    "DMPAccessDeniedByExcededThreshold": (L, "dmp_busy"),
}
SAID: Mapping[str, str] = {
    "Le champ Resource_id est incorrect": "dmp_patient",
    "Structure introuvable ou Inactive": "dmp_professional",
    "PS et Structure non liés": "dmp_professional",
    "Aucune spécialité dans le vihf": "dmp_professional",
    "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF": "dmp_professional",
    "Le code SA99 ne fait pas partie du domaine d'affinité": "not_conformant",
}


@pytest.mark.parametrize("code", CODES)
def test_each_code(code: str) -> None:
    error = error_of(Problem(code, "des mots"))
    assert (type(error), error.cause) == EXPECTED[code]
    assert CODES[code].words in error.reason
    assert f"({code} : des mots)" in error.reason


def test_nothing_is_left_out_of_the_table() -> None:
    assert EXPECTED.keys() == CODES.keys()
    assert len(SAID) == len(WORDS)
    assert {row.cause for row in (*CODES.values(), *WORDS.values(), answers.OTHERWISE)} <= exchange.CAUSES.keys()


def test_every_cause_that_is_raised_speaks_of_the_dmp() -> None:
    """Words of the table of causes stand on the DMP's line: those of the mail would send whoever reads them elsewhere."""
    sources = "".join(path.read_text() for path in Path(answers.__file__).parents[1].rglob("*.py") if "tests" not in path.parts)
    raised = set(re.findall(r'cause="(\w+)"', sources))
    assert {"unknown_outcome", "dmp_unreadable", "certificate", "dmp_off"} <= raised <= exchange.CAUSES.keys()
    of_mail = {code for code in raised if re.search("messagerie|destinataire|boîte", exchange.CAUSES[code].words)}
    assert of_mail == set()


@pytest.mark.parametrize("words", SAID)
def test_each_french_sentence_whatever_the_code(words: str) -> None:
    for code in ("", "XDSRepositoryMetadataError", "XDSRegistryBusy"):
        error = error_of(Problem(code, words))
        assert (type(error), error.cause) == (Refused, SAID[words])
        assert words in error.reason


def test_what_nobody_knows_is_refused() -> None:
    error = error_of(Problem("XDSNeuf", ""))
    assert (type(error), error.cause, error.reason) == (Refused, "dmp_refused", "DMP : la demande est refusée (XDSNeuf)")
    assert error_of(Problem("", "")).reason == "DMP : la demande est refusée"


def test_no_matricule_enters_a_reason() -> None:
    far = "x" * (answers.LONGEST - 10)
    for text in ("patient 279035121518989^^^", "(297022A02077878)", f"{far} 279035121518989"):
        problem = answers.fault_of(etree.fromstring(f'<Fault xmlns="{SOAP}"><Reason><Text>{text}</Text></Reason></Fault>'))
        assert problem is not None
        assert "27903512" not in error_of(problem).reason
        assert "297022A" not in error_of(problem).reason
    assert error_of(Problem("", "OID 2.25.105329402048235112011553148")).reason.endswith("(OID 2.25.105329402048235112011553148)")


def test_of_several_the_refusal_that_is_known_decides() -> None:
    found = [Problem("XDSRegistryBusy", ""), Problem("XDSNeuf", ""), Problem("XDSUnknownPatientId", "")]
    assert answers.worst(found).code == "XDSUnknownPatientId"
    assert answers.worst(found[:2]).code == "XDSNeuf"


@pytest.mark.reference
def test_registry_responses_are_read() -> None:
    assert problems_of(sample("registryresponse_succes.xml")) == ()
    assert problems_of(sample("registryresponse_erreur.xml")) == [Problem("XDSUnknownPatientId", "patientId inconnu")]
    assert problems_of(sample("td02_reponse_prpa_in201308.xml")) == ()


RS = f'xmlns="{answers.RS}"'
STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType"
RESPONSES: list[tuple[str, list[Problem] | None]] = [
    (f'<RegistryResponse {RS} status="{STATUS}:Failure"/>', [Problem("", "")]),
    (f'<RegistryResponse {RS} status="{STATUS}:Perhaps"/>', None),
    (f"<RegistryResponse {RS}/>", None),
    (
        f'<RegistryResponse {RS} status="urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"><RegistryErrorList>'
        '<RegistryError errorCode="urn:x:XDSRegistryBusy" codeContext=" a  b " severity="urn:x:Error"/>'
        '<RegistryError errorCode="W" codeContext="c" severity="urn:x:Warning"/></RegistryErrorList></RegistryResponse>',
        [Problem("XDSRegistryBusy", "a b")],
    ),
    (
        '<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3"><acknowledgement typeCode="AE"><acknowledgementDetail>'
        '<code code="DMPAccessForbidden"/><text>Refus du patient</text></acknowledgementDetail></acknowledgement>'
        "</PRPA_IN201308UV02>",
        [Problem("DMPAccessForbidden", "Refus du patient")],
    ),
    ('<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3"><acknowledgement typeCode="AR"/></PRPA_IN201308UV02>', [Problem("", "")]),
    ('<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3"/>', None),
]


@pytest.mark.parametrize(("text", "problems"), RESPONSES)
def test_other_responses_are_read(text: str, problems: list[Problem] | None) -> None:
    root = etree.fromstring(text)
    if problems is None:
        with pytest.raises(Malformed):
            problems_of(root)
    else:
        assert problems_of(root) == problems


def test_a_fault_is_read() -> None:
    fault = etree.fromstring(
        f'<s:Fault xmlns:s="{SOAP}"><s:Code><s:Value>s:Sender</s:Value><s:Subcode>'
        "<s:Value>d:XDSRegistryBusy</s:Value></s:Subcode></s:Code><s:Reason><s:Text>Trop  tard</s:Text></s:Reason></s:Fault>"
    )
    assert fault_of(fault) == Problem("XDSRegistryBusy", "Trop tard")
    assert fault_of(etree.fromstring("<a/>")) is None
