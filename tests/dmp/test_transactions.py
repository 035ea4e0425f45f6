"""The client of the plugin against the stand-in, over mutual TLS: what is deposited is found, read, changed and replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dcc.contracts import xds
from dcc.contracts.errors import DeliveryError, NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.snapshots import InstanceId
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.tests.exchanges import CALLER
from plugins.dmp.transactions.types import Caller
from plugins.sandbox.dmp import running
from tests.dmp.fixtures import RunningDmp
from tests.fixtures import reference_dir

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
FRCP = "CANCER-FRCP_2025.01_Appareil.xml"
HIDDEN = xds.Code("INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13", "Non visible par le patient")
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def client_of(running: RunningDmp, **changes: Any) -> ProxyDmp:
    settings = DmpSettings(**running.settings(**changes))
    return ProxyDmp(lambda: settings)


def lot_of(document: bytes, unique_id: str = "2.25.1", **changes: Any) -> xds.Submission:
    entry = replace(xds.describe(document), **changes)
    return xds.submission([entry], submitted_at=AT, unique_id=unique_id)


def caller_of(running: RunningDmp, national_id: str = "801234567897") -> Caller:
    return replace(CALLER, national_id=national_id, proxy_session=running.connect(national_id))


def test_a_document_lives_in_the_dmp(running_dmp: RunningDmp) -> None:
    document = (reference_dir() / "cda-kit" / "ExemplesCDA" / FRCP).read_bytes()
    dmp, caller = client_of(running_dmp), caller_of(running_dmp)
    lot = lot_of(document, confidentiality=(xds.Code("N", "2.16.840.1.113883.5.25", "Normal"), HIDDEN))
    entry = lot.entries[0]
    ins = entry.patient_id
    assert ins is not None
    assert dmp.existence(caller, ins).exists
    assert dmp.reference_of(caller, ins, entry.unique_id) == ""
    dmp.submit(caller, ins, lot, {entry.unique_id: document})
    assert running_dmp.service.store.content(entry.unique_id) == document
    assert dmp.reference_of(caller, ins, entry.unique_id).startswith("urn:uuid:")
    dmp.authorise(caller, ins)
    assert dmp.existence(caller, ins).authorisation == "VALIDE"
    (found,) = dmp.find_documents(caller, ins, types=["34794-8"])
    assert [code.code for code in found.entry.confidentiality] == ["N", "INVISIBLE_PATIENT"]
    assert dict(dmp.retrieve(caller, ins, [entry.unique_id])) == {entry.unique_id: document}
    dmp.change_visibility(caller, ins, found, replace(found.entry, confidentiality=found.entry.confidentiality[:1]))
    (revealed,) = dmp.describe(caller, ins, [entry.unique_id])
    assert ([code.code for code in revealed.entry.confidentiality], revealed.version) == (["N"], 2)
    assert revealed.logical_id == found.logical_id
    with pytest.raises(Refused) as stale:
        dmp.change_visibility(caller, ins, found, replace(found.entry, confidentiality=found.entry.confidentiality[:1]))
    assert stale.value.cause == "dmp_version"


def another(document: bytes, unique_id: str) -> bytes:
    """The same CDA under another identifier."""
    return document.replace(b"1.2.250.1.213.1.1.1.8.2022.1.1", unique_id.encode())


def replacing(document: bytes, unique_id: str) -> bytes:
    """The same CDA in place of the first."""
    former = b'<relatedDocument typeCode="RPLC"><parentDocument><id root="%s"/></parentDocument></relatedDocument>'
    first = b"1.2.250.1.213.1.1.1.8.2022.1.1"
    return another(document, unique_id).replace(b"<documentationOf", former % first + b"<documentationOf", 1)


@pytest.fixture
def document() -> bytes:
    return (reference_dir() / "cda-kit" / "ExemplesCDA" / FRCP).read_bytes()


INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


def test_what_replaces_a_document_is_told(running_dmp: RunningDmp, document: bytes) -> None:
    dmp, caller = client_of(running_dmp), caller_of(running_dmp)
    dmp.authorise(caller, INS)
    first = lot_of(document)
    dmp.submit(caller, INS, first, {first.entries[0].unique_id: document})
    reference = dmp.reference_of(caller, INS, first.entries[0].unique_id)
    newer = replacing(document, "2.25.77")
    second = lot_of(newer, "2.25.2", replaces=reference)
    dmp.submit(caller, INS, second, {"2.25.77": newer})
    (found,) = dmp.find_documents(caller, INS, types=["34794-8"])
    assert found.entry.unique_id == "2.25.77"
    former, latter = sorted(
        dmp.describe(caller, INS, [first.entries[0].unique_id, "2.25.77"]), key=lambda each: each.replaced_by, reverse=True
    )
    assert (former.status, former.replaced_by, latter.status, latter.replaced_by) == ("Deprecated", "2.25.77", "Approved", "")
    (alone,) = dmp.describe(caller, INS, [first.entries[0].unique_id])
    assert alone.replaced_by == "2.25.77", "asked of the registry when it is not among those described"
    late = replacing(document, "2.25.78")
    again = lot_of(late, "2.25.3", replaces=reference)
    with pytest.raises(Refused) as refusal:
        dmp.submit(caller, INS, again, {"2.25.78": late})
    assert refusal.value.cause == "dmp_replaced"


def test_many_documents_are_asked_by_twenty(running_dmp: RunningDmp, document: bytes) -> None:
    dmp, caller = client_of(running_dmp), caller_of(running_dmp)
    dmp.authorise(caller, INS)
    names = [f"2.25.{number}" for number in range(1000, 1023)]
    for name in names:
        running_dmp.service.put(another(document, name), patient="279035121518989")
    running_dmp.service.received = []
    since = datetime.now(UTC) - timedelta(days=36500)
    found = dmp.changed_documents(caller, INS, since=since)
    assert sorted(each.entry.unique_id for each in found) == names
    assert len(running_dmp.service.received) == 1 + 2 + 2, "lots; what they hold, documents: twenty and three"
    assert len(dmp.describe(caller, INS, names)) == len(names)
    assert dict(dmp.retrieve(caller, INS, names[:7])) == {name: another(document, name) for name in names[:7]}
    assert list(dmp.changed_documents(caller, INS, since=datetime.now(UTC) + timedelta(hours=1))) == []


def test_a_document_is_deleted(running_dmp: RunningDmp, document: bytes) -> None:
    dmp, caller = client_of(running_dmp), caller_of(running_dmp)
    lot = lot_of(document)
    name = lot.entries[0].unique_id
    dmp.submit(caller, INS, lot, {name: document})
    with pytest.raises(Refused) as twice:
        dmp.submit(caller, INS, replace(lot, lot=replace(lot.lot, unique_id="2.25.2")), {name: document})
    assert twice.value.cause == "dmp_duplicate"
    dmp.change_status(caller, INS, dmp.reference_of(caller, INS, name), "Deleted")
    assert dmp.reference_of(caller, INS, name) == ""


OUTAGES: list[tuple[str, str, str]] = [
    # The mood of the stand-in, the cause of a deposit, of a question.
    ("avant", "unknown_outcome", "unreachable"),
    ("apres", "unknown_outcome", "unreachable"),
    ("erreur", "unknown_outcome", "unreachable"),
    ("coupe", "unknown_outcome", "unreachable"),
    ("enorme", "unknown_outcome", "dmp_unreadable"),
    ("entite", "unknown_outcome", "dmp_unreadable"),
    ("page", "unknown_outcome", "unreachable"),
    ("502", "unknown_outcome", "unreachable"),
    ("503", "unknown_outcome", "unreachable"),
    ("504", "unknown_outcome", "unreachable"),
    ("401", "session", "session"),
]


@pytest.mark.parametrize(("mood", "deposit", "question"), OUTAGES)
def test_what_an_outage_means(running_dmp: RunningDmp, document: bytes, mood: str, deposit: str, question: str) -> None:
    dmp, caller = client_of(running_dmp, signed_lot=False, failures_before_pause=9), caller_of(running_dmp)
    lot = lot_of(document)
    running_dmp.feel(kind=mood)
    with pytest.raises(DeliveryError) as raised:
        dmp.submit(caller, INS, lot, {lot.entries[0].unique_id: document})
    assert cause_of(raised.value) == deposit
    with pytest.raises(DeliveryError) as raised:
        dmp.existence(caller, INS)
    assert cause_of(raised.value) == question


def cause_of(error: DeliveryError) -> str:
    return "session" if isinstance(error, NeedsSession) else error.cause


def test_a_proxy_that_fails_is_left_alone(running_dmp: RunningDmp) -> None:
    dmp, caller = client_of(running_dmp, failures_before_pause=2), caller_of(running_dmp)
    running_dmp.feel(kind="502", times=2)
    for words in ("réponse inattendue", "réponse inattendue", "en pause"):
        with pytest.raises(RetryLater, match=words) as raised:
            dmp.existence(caller, INS)
    assert raised.value.after is not None
    assert dmp.reference_of(caller, INS, "2.25.1") == "", "another service answers"


def test_a_slow_answer_is_left(running_dmp: RunningDmp) -> None:
    dmp, caller = client_of(running_dmp, timeout_seconds=3), caller_of(running_dmp)
    running_dmp.feel(seconds=60)
    with pytest.raises(RetryLater, match="délai") as raised:
        dmp.authorise(caller, INS)
    assert raised.value.cause == "unknown_outcome"


def test_nobody_calls_without_what_it_takes(running_dmp: RunningDmp, tmp_path: Path) -> None:
    caller = caller_of(running_dmp)
    with pytest.raises(NotConfigured, match="DCC_DMP_PROXY"):
        ProxyDmp(DmpSettings).existence(caller, INS)
    with pytest.raises(NeedsSession):
        client_of(running_dmp).existence(replace(caller, proxy_session=""), INS)
    with pytest.raises(NotConfigured, match="TLS") as raised:
        client_of(
            running_dmp,
            authorities="",
            signing_certificate=str(running_dmp.certificates.certificate(running.CLIENT)),
            signing_key=str(running_dmp.certificates.key(running.CLIENT)),
        ).existence(caller, INS)
    assert raised.value.cause == "certificate"
    with pytest.raises(NotConfigured, match="illisible"):
        client_of(running_dmp, certificate=str(tmp_path / "absent.pem")).existence(caller, INS)
    with pytest.raises(RetryLater) as unreachable:
        client_of(running_dmp, proxy="https://localhost:9").authorise(caller, INS)
    assert unreachable.value.cause == "unreachable", "nothing was sent"
