"""What goes wrong on demand: at the DMP, on the way, on the phone of the professional."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.moods import MOODS
from tests.dmp.by_hand import STUB, Hand, deposit, query, retrieval
from tests.dmp.fixtures import RunningDmp
from tests.faults.host import wait_for

pytestmark = pytest.mark.reference
OWN = "1.2.250.1.213.1.4.999.7.1"
ASKED = {"nationalId": "810000000001", "bindingMessage": "07", "clientId": "oncodcc-demonstration", "channel": "MOBILE"}
DEPOSITS: dict[str, tuple[int | None, bool, str]] = {
    "avant": (None, False, ""),
    "apres": (None, True, ""),
    "erreur": (500, False, "Internal Server Error"),
    "faute": (500, False, "indisponible"),
    "partiel": (200, True, names.PARTIAL),
    "coupe": (None, True, ""),
    "enorme": (200, True, names.SUCCESS),
    "entite": (200, True, "<!DOCTYPE"),
    "page": (200, False, "Maintenance"),
    "401": (401, False, "No session"),
    "502": (502, False, "Bad Gateway"),
    "503": (503, False, "Service Unavailable"),
    "504": (504, False, "Gateway Timeout"),
}
"""Status that comes (none: the call is cut), whether the document is kept, words of the answer."""


@pytest.mark.parametrize("kind", DEPOSITS)
def test_a_deposit_in_a_bad_mood(running_dmp: RunningDmp, kind: str) -> None:
    status, is_kept, words = DEPOSITS[kind]
    hand = Hand(running_dmp)
    running_dmp.feel(kind=kind, times=1, only="repository")
    try:
        answer = hand.send("repository", names.DEPOSIT, deposit(unique_id=OWN), {"Document01": STUB})
    except requests.RequestException:
        assert status is None
    else:
        assert answer.status_code == status
        assert words in answer.text[:5000]
    assert (running_dmp.service.store.current(OWN) is not None) is is_kept
    assert hand.deposit(unique_id="1.2.3").get("status") == names.SUCCESS  # once, then well again


def test_every_mood_is_tried() -> None:
    assert set(MOODS) - set(DEPOSITS) == {"normal", "bombe", "script", "seuil"}


@pytest.mark.parametrize(("kind", "words"), [("bombe", b"<!ENTITY"), ("script", b"javascript:")])
def test_a_document_that_harms(running_dmp: RunningDmp, kind: str, words: bytes) -> None:
    hand = Hand(running_dmp)
    hand.deposit(unique_id=OWN)
    running_dmp.feel(kind=kind)
    assert words in hand.send("repository", names.RETRIEVE, retrieval(OWN)).content
    running_dmp.feel(kind="seuil")
    find = {"XDSDocumentEntryPatientId": f"'{hand.patient}'", "XDSDocumentEntryStatus": f"('{names.APPROVED}')"}
    asked = query("14d4debf-8f97-4251-9a74-a90016b0af0d", **find)
    assert "DMPAccessDeniedByExcededThreshold" in hand.send("registry", names.SEARCH, asked).text


def test_slowness_is_for_one_service(running_dmp: RunningDmp) -> None:
    hand = Hand(running_dmp)
    running_dmp.feel(seconds=0.5, only="registry")
    taken = []
    for ask in (
        hand.existence,
        lambda: hand.ask(query("5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "ObjectRef", XDSDocumentEntryUniqueId="('1.2')")),
    ):
        start = time.monotonic()
        ask()
        taken.append(time.monotonic() - start)
    assert taken[1] >= 0.5
    running_dmp.feel()


@pytest.mark.parametrize(
    ("phone", "status", "trace"),
    [("auto", 200, "CONNECT_SUCCESS"), ("refus", 400, "CONNECT_FAILURE"), ("silence", 400, "CONNECT_FAILURE")],
)
def test_what_is_done_on_the_phone(running_dmp: RunningDmp, phone: str, status: int, trace: str) -> None:
    running_dmp.service.proxy.patience = 0.2
    running_dmp.feel(phone=phone)
    assert running_dmp.call("POST", "/connect", json=ASKED).status_code == status
    traces = running_dmp.call("GET", "/traces?start=2020-01-01T00:00:00Z").json()
    assert [each["type"] for each in traces] == [trace]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_demand_waits_for_the_page(running_dmp: RunningDmp, accepted: bool) -> None:
    running_dmp.feel(phone="page")
    said: list[int] = []
    calling = threading.Thread(target=lambda: said.append(running_dmp.call("POST", "/connect", json=ASKED).status_code))
    calling.start()
    demands = running_dmp.service.proxy.demands
    wait_for("a demand", lambda: bool(demands))
    demand = next(iter(demands.values()))
    assert demand.digits == "07"
    demand.answer(accepted)
    calling.join()
    assert said == [200 if accepted else 400]
    assert not demands


def test_a_session_runs_out(running_dmp: RunningDmp) -> None:
    running_dmp.feel(session_seconds=0.3)
    hand = Hand(running_dmp)
    time.sleep(0.4)
    asked = query("5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "ObjectRef", XDSDocumentEntryUniqueId="('1.2')")
    assert hand.send("registry", names.SEARCH, asked).status_code == 401
    running_dmp.feel()
    hand = Hand(running_dmp)
    running_dmp.call("POST", "/controle", json={"expire": True})
    assert hand.send("registry", names.SEARCH, asked).status_code == 401
    assert running_dmp.call("POST", "/controle", json={"kind": "heureux"}).status_code == 400
