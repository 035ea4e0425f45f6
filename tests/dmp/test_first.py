"""The way in: a session, the record of a patient, a deposit that is found again."""

from __future__ import annotations

import pytest
import requests

from plugins.sandbox.dmp import names
from tests.dmp.by_hand import PATIENT, STUB, Hand, codes_of, deposit, sample, words_of
from tests.dmp.fixtures import RunningDmp

pytestmark = pytest.mark.reference
REFERENCE = "iti18_getdocuments_entryuuid"
OWN = "1.2.250.1.213.1.4.999.7.1"


def found(hand: Hand, unique_id: str = OWN) -> list[str]:
    """TD3.1b: the entryUUID of a document, in a list."""
    answer = hand.ask(sample(REFERENCE).replace("1.2.250.1.213.1.1.1.8.2022.1.1", unique_id))
    return [each.get("id", "") for each in answer.iter(f"{{{names.RIM}}}ObjectRef")]


def test_what_is_deposited_is_found_and_survives_a_restart(running_dmp: RunningDmp) -> None:
    hand = Hand(running_dmp)
    assert hand.deposit(unique_id=OWN).get("status") == names.SUCCESS
    first = found(hand)
    assert len(first) == 1
    assert running_dmp.service.store.content(OWN) == STUB
    again = type(running_dmp.service)(
        running_dmp.service.folder, running_dmp.service.authority, running_dmp.service.clients, running_dmp.service.kit
    )
    held = again.store.current(OWN)
    again.store.close()
    assert held is not None
    assert [held.uuid] == first
    assert held.patient == PATIENT


def test_a_document_is_deposited_once(running_dmp: RunningDmp) -> None:
    hand = Hand(running_dmp)
    hand.deposit(unique_id=OWN)
    assert codes_of(hand.deposit(unique_id=OWN)) == ["XDSDuplicateUniqueIdInRegistry"]
    other = STUB.replace(b"FR", b"BE")
    assert codes_of(hand.deposit(deposit(other, unique_id=OWN), other)) == ["XDSNonIdenticalHash"]
    assert len(found(hand)) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"nationalId": "899999999999"}, 404),
        ({"clientId": "autre-logiciel"}, 404),
        ({"bindingMessage": "7"}, 400),
        ({"channel": "FAX"}, 400),
    ],
)
def test_a_session_is_opened_for_whom_the_proxy_knows(running_dmp: RunningDmp, changes: dict[str, str], status: int) -> None:
    asked = {"nationalId": "810000000001", "bindingMessage": "07", "clientId": "oncodcc-demonstration", "channel": "MOBILE"}
    answer = running_dmp.call("POST", "/connect", json={**asked, **changes})
    assert answer.status_code == status
    assert ("proxy_session_id" in answer.cookies) is (status == 200)


def test_a_session_ends(running_dmp: RunningDmp) -> None:
    hand = Hand(running_dmp)
    cookie = {"Cookie": f"proxy_session_id={hand.cookie}"}
    asked = {"nationalId": hand.professional, "bindingMessage": "07", "clientId": "oncodcc-demonstration", "channel": "MOBILE"}
    assert running_dmp.call("POST", "/connect", json=asked, headers=cookie).status_code == 304
    assert running_dmp.call("DELETE", "/disconnect", headers=cookie).status_code == 200
    assert running_dmp.call("DELETE", "/disconnect", headers=cookie).status_code == 401
    assert hand.send("registry", names.SEARCH, sample(REFERENCE)).status_code == 401


def test_nobody_comes_without_a_certificate(running_dmp: RunningDmp) -> None:
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(f"{running_dmp.url}/check/alive", verify=str(running_dmp.certificates.authority), timeout=30)
    assert running_dmp.call("GET", "/check/alive").status_code == 200


def test_the_signature_of_the_vihf_is_verified(running_dmp: RunningDmp) -> None:
    hand = Hand(running_dmp, spoil=("DOC0042788", "DOC0042789"))
    assert "Signature du VIHF invalide" in words_of(hand.existence())
