"""The client against answers of all kinds: what it asks, what it makes of what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from requests.exceptions import InvalidURL, SSLError

from dcc.contracts.errors import DeliveryError, NeedsSession, NotConfigured, Refused, RetryLater
from dcc.events import api as events
from plugins.dmp.transactions import client, messages, mtom, transport
from plugins.dmp.transactions.mtom import Package
from plugins.dmp.transactions.tests.exchanges import CALLER, INS, SETTINGS, SUCCESS, Line, answer, cda, fault, lot_of, sample
from plugins.dmp.transactions.transport import Endpoint, Reply, lost
from plugins.dmp.transactions.types import Existence

pytestmark = [pytest.mark.django_db, pytest.mark.reference]
FRCP = "CANCER-FRCP_2025.01_Appareil.xml"
DMP = client.ProxyDmp(lambda: SETTINGS)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``line(*replies)`` puts answers where the network would bring them."""
    monkeypatch.setattr(messages, "signer_of", lambda settings: None)

    def lay(*replies: Reply | Exception) -> Line:
        laid = Line(*replies)
        monkeypatch.setattr(client, "post", laid)
        return laid

    return lay


def test_the_existence_of_a_dmp_is_read(line: Any) -> None:
    laid = line(answer(sample("td02_reponse_prpa_in201308.xml")))
    assert DMP.existence(CALLER, INS) == Existence(exists=True, active=True, authorisation="VALIDE")
    endpoint, package = laid.asked[0]
    assert endpoint.url == "https://proxy.example:8443/send/dmp-patients/patients"
    assert (endpoint.session, endpoint.changes) == ("s3cret", False)
    assert b"s3cret" not in package.content
    assert 'action="urn:hl7-org:v3:PRPA_IN201307UV02"' in package.content_type


def test_a_deposit_carries_the_very_bytes(line: Any) -> None:
    laid, document = line(answer(SUCCESS)), cda(FRCP)
    lot = lot_of(document)
    DMP.submit(CALLER, INS, lot, {lot.entries[0].unique_id: document})
    endpoint, package = laid.asked[0]
    assert endpoint.changes
    held = mtom.unpacked(package.content, package.content_type)
    assert list(held.parts.values()) == [document]
    element = etree.fromstring(held.root).find(".//{urn:ihe:iti:xds-b:2007}Document")
    assert element is not None
    assert mtom.content_of(element, held.parts) == document


def test_a_lot_about_somebody_else_is_not_sent(line: Any) -> None:
    laid, document = line(), cda(FRCP)
    lot = lot_of(document)
    with pytest.raises(Refused) as refusal:
        DMP.submit(CALLER, type(INS)(INS.root, "1" * 15), lot, {lot.entries[0].unique_id: document})
    assert refusal.value.cause == "dmp_patient"
    with pytest.raises(Refused, match="taille"):
        DMP.submit(CALLER, INS, lot, {lot.entries[0].unique_id: document + b" "})
    assert not laid.asked


HTML = Reply(502, "text/html", b"<html/>")
FAULTS: list[tuple[str, Reply | Exception, type[DeliveryError], str, type[DeliveryError], str]] = [
    # What happens, then what a deposit and a question make of it.
    ("401", Reply(401, "application/json", b"{}"), NeedsSession, "", NeedsSession, ""),
    ("403", Reply(403, "application/json", b"{}"), NotConfigured, "certificate", NotConfigured, "certificate"),
    ("404", Reply(404, "text/plain", b""), RetryLater, "unreachable", RetryLater, "unreachable"),
    ("429", Reply(429, "text/plain", b""), RetryLater, "unreachable", RetryLater, "unreachable"),
    ("400", Reply(400, "text/plain", b""), Refused, "dmp_refused", Refused, "dmp_refused"),
    ("302", Reply(302, "text/plain", b""), Refused, "dmp_refused", Refused, "dmp_refused"),
    ("502", HTML, RetryLater, "unknown_outcome", RetryLater, "unreachable"),
    ("cut", Reply(200, "application/soap+xml", b"<a"), RetryLater, "unknown_outcome", RetryLater, "unreachable"),
    ("page", Reply(200, "text/html", b"<a/>"), RetryLater, "unknown_outcome", RetryLater, "unreachable"),
    ("other", answer("<a/>"), RetryLater, "unknown_outcome", Refused, "dmp_unreadable"),
    ("late", lost("tard", changes=True), RetryLater, "unknown_outcome", RetryLater, "unknown_outcome"),
    ("structure", fault("Structure introuvable ou Inactive"), Refused, "dmp_professional", Refused, "dmp_professional"),
    ("202", Reply(202, "text/plain", b""), RetryLater, "unknown_outcome", RetryLater, "unreachable"),
    ("gateway", replace(fault("Autre chose"), status=504), RetryLater, "unknown_outcome", RetryLater, "unreachable"),
    ("unknown", fault("Autre chose"), Refused, "dmp_refused", Refused, "dmp_refused"),
]


@pytest.mark.parametrize(("reply", "error", "cause"), [pytest.param(*row[1:4], id=row[0]) for row in FAULTS])
def test_what_a_deposit_makes_of_faults(line: Any, reply: Reply | Exception, error: type[DeliveryError], cause: str) -> None:
    line(reply)
    document = cda(FRCP)
    lot = lot_of(document)
    with pytest.raises(error) as raised:
        DMP.submit(CALLER, INS, lot, {lot.entries[0].unique_id: document})
    assert (type(raised.value), raised.value.cause) == (error, cause)


@pytest.mark.parametrize(("reply", "error", "cause"), [pytest.param(row[1], *row[4:6], id=row[0]) for row in FAULTS])
def test_what_a_question_makes_of_faults(line: Any, reply: Reply | Exception, error: type[DeliveryError], cause: str) -> None:
    line(reply)
    with pytest.raises(error) as raised:
        DMP.existence(CALLER, INS)
    assert (type(raised.value), raised.value.cause) == (error, cause)
    if isinstance(raised.value, NeedsSession):
        assert raised.value.practitioners == (CALLER.national_id,)


def test_what_is_missing_here_says_nothing_of_the_other_side(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(events, "note_success", lambda url: told.append("answered"))
    monkeypatch.setattr(events, "note_fault", lambda url, **_: told.append("fault"))
    for reply in (NotConfigured("clé illisible", cause="certificate"), lost("coupé", changes=True), fault("Autre chose")):
        line(reply)
        with pytest.raises(DeliveryError):
            DMP.existence(CALLER, INS)
    assert told == ["fault", "answered"]


BROKEN: list[tuple[Exception, bool, type[DeliveryError], str]] = [
    (SSLError("[SSL: CERTIFICATE_VERIFY_FAILED]"), True, NotConfigured, "certificate"),
    (SSLError("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]"), True, NotConfigured, "certificate"),
    (SSLError("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]"), True, RetryLater, "unknown_outcome"),
    (SSLError("EOF occurred in violation of protocol"), True, RetryLater, "unknown_outcome"),
    (SSLError("EOF occurred in violation of protocol"), False, RetryLater, "unreachable"),
    (InvalidURL("https://localhost:port"), True, NotConfigured, "dmp_off"),
    (ValueError("en-tête"), True, NotConfigured, "dmp_off"),
    (OSError("clé"), True, NotConfigured, "certificate"),
]


@pytest.mark.parametrize(("broken", "changes", "error", "cause"), BROKEN, ids=lambda value: str(value)[:40])
def test_what_a_broken_line_means(
    monkeypatch: pytest.MonkeyPatch, broken: Exception, changes: bool, error: type[DeliveryError], cause: str
) -> None:
    def fail(*_: object) -> None:
        raise broken

    monkeypatch.setattr(transport, "_posted", fail)
    with pytest.raises(error) as raised:
        transport.post(Endpoint("https://proxy.invalid", "c.pem", changes=changes), Package(b"", "text/xml"))
    assert raised.value.cause == cause


PARTIAL = SUCCESS.replace(
    "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success", "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
)


def test_a_part_of_a_deposit_is_looked_for(line: Any) -> None:
    line(answer(PARTIAL))
    document = cda(FRCP)
    lot = lot_of(document)
    with pytest.raises(RetryLater, match="une partie") as raised:
        DMP.submit(CALLER, INS, lot, {lot.entries[0].unique_id: document})
    assert raised.value.cause == "unknown_outcome"


def test_of_documents_those_that_came_are_given(line: Any) -> None:
    held = "<x:DocumentUniqueId>2.25.1</x:DocumentUniqueId><x:Document>YWJj</x:Document>"
    said = f'<x:RetrieveDocumentSetResponse xmlns:x="urn:ihe:iti:xds-b:2007">{PARTIAL}'
    line(answer(f"{said}<x:DocumentResponse>{held}</x:DocumentResponse></x:RetrieveDocumentSetResponse>"))
    assert DMP.retrieve(CALLER, INS, ["2.25.1", "2.25.2"]) == {"2.25.1": b"abc"}
    line(answer(f"{said}<x:DocumentResponse>{held}</x:DocumentResponse></x:RetrieveDocumentSetResponse>"))
    with pytest.raises(Refused, match="pas demandé"):
        DMP.retrieve(CALLER, INS, ["2.25.2"])


def test_the_existence_of_somebody_else_is_refused(line: Any) -> None:
    line(answer(sample("td02_reponse_prpa_in201308.xml")))
    with pytest.raises(Refused, match="autre patient"):
        DMP.existence(CALLER, type(INS)(INS.root, "1" * 15))
