"""The registry and the repository of the stand-in: they answer truthfully from what was deposited, and hold to the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.store import Held
from tests.dmp import by_hand
from tests.dmp.by_hand import DIRECT, PATIENT, STUB, Hand, codes_of, deposit, query, restated, retrieval, revealed, words_of
from tests.dmp.fixtures import RunningDmp

pytestmark = pytest.mark.reference
FIRST, SECOND = "1.2.250.1.213.1.4.999.7.1", "1.2.250.1.213.1.4.999.7.2"
INS, APPROVED = f"'{PATIENT}'", f"('{names.APPROVED}')"
FIND, LOTS = "14d4debf-8f97-4251-9a74-a90016b0af0d", "f26abbcb-ac74-4422-8a30-edb644bbc1a9"
GET, LINKS = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "a7ae438b-4bc2-4642-93e9-be891f7bb155"
BOTH, WHOLE_LOT = "bab9529a-4a10-40b3-a01f-f68a615d247a", "e8e3cb2c-e39c-46b9-99e4-c12f57260b83"
OTHER, DURAND = "810000000001", "810000000009"
Slots = dict[str, str]


def hand(dmp: RunningDmp, **who: Any) -> Hand:
    """Somebody, without the proxy."""
    return Hand(dmp, cookie=DIRECT, **who)


def held(dmp: RunningDmp, unique_id: str = FIRST) -> Held:
    """A document of the registry."""
    found = dmp.service.store.current(unique_id)
    assert found is not None
    return found


def done(answer: Any) -> None:
    """What was asked was done."""
    assert answer.get("status") == names.SUCCESS, words_of(answer)


RECORDS = [
    ("279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH", "OK", "VALIDE", "active"),
    ("277076322082910^^^&1.2.250.1.213.1.4.8&ISO^NH", "OK", "NON_EXISTE", "active"),
    ("181016322075140^^^&1.2.250.1.213.1.4.8&ISO^NH", "OK", "INTERDIT", "active"),
    ("297022A02077878^^^&1.2.250.1.213.1.4.8&ISO^NH", "OK", "EXPIRE", "active"),
    ("180032B02040123^^^&1.2.250.1.213.1.4.8&ISO^NH", "OK", "NON_EXISTE", "closed"),
    ("160012B02077713^^^&1.2.250.1.213.1.4.8&ISO^NH", "NF", None, None),
    ("199016322075199^^^&1.2.250.1.213.1.4.8&ISO^NH", "NF", None, None),
]


@pytest.mark.parametrize(("patient", "found", "authorisation", "state"), RECORDS)
def test_what_is_said_of_a_record(shared_dmp: RunningDmp, patient: str, found: str, authorisation: str, state: str) -> None:
    answer = hand(shared_dmp, patient=patient).existence()
    say = {tag: answer.find(f".//{{{names.HL7}}}{tag}") for tag in ("queryResponseCode", "attentionLine", "patient")}
    assert say["queryResponseCode"] is not None
    assert say["queryResponseCode"].get("code") == found
    line, patient_element = say["attentionLine"], say["patient"]
    assert (line[1].get("code") if line is not None else None) == authorisation
    assert (patient_element[1].get("code") if patient_element is not None else None) == state


def test_a_treating_physician_is_told_and_sees_what_is_masked(running_dmp: RunningDmp) -> None:
    catarina = "236066322083656^^^&1.2.250.1.213.1.4.8&ISO^NH"
    text = deposit(unique_id=FIRST).replace("INVISIBLE_PATIENT", "MASQUE_PS")
    text = text.replace(PATIENT.replace("&", "&amp;"), catarina.replace("&", "&amp;"))
    done(hand(running_dmp, patient=catarina).deposit(text))
    asked = query(GET, XDSDocumentEntryUniqueId=f"('{FIRST}')")
    for professional, is_treating in ((DURAND, True), (OTHER, False)):
        who = hand(running_dmp, professional=professional, patient=catarina)
        lines = who.existence().findall(f"{{{names.HL7}}}attentionLine")
        assert lines[1][1].get("value") == str(is_treating).lower()
        assert (who.ask(asked).find(f".//{{{names.RIM}}}ExtrinsicObject") is not None) is is_treating


def test_the_family_of_a_minor_is_not_shown_what_is_kept_from_it(running_dmp: RunningDmp) -> None:
    leonardo = "114026322083356^^^&1.2.250.1.213.1.4.8&ISO^NH"
    text = deposit(unique_id=FIRST).replace("INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")
    done(hand(running_dmp, patient=leonardo).deposit(text.replace(PATIENT.replace("&", "&amp;"), leonardo.replace("&", "&amp;"))))
    assert [seen.unique_id for seen in running_dmp.service.patient_sees(leonardo)] == [FIRST]
    assert running_dmp.service.representatives_see(leonardo) == []


def test_an_authorisation_is_added_and_withdrawn(running_dmp: RunningDmp) -> None:
    nathalie = hand(running_dmp, patient="277076322082910^^^&1.2.250.1.213.1.4.8&ISO^NH")
    patient = running_dmp.service.patient(nathalie.patient)
    for action, state in (("AJOUT", "VALIDE"), ("SUPPRESSION", "NON_EXISTE")):
        assert nathalie.authorise(action)[0].get("code") == "DMPOk"
        assert running_dmp.service.authorisation(patient, nathalie.professional) == state
    laurent = hand(running_dmp, patient="181016322075140^^^&1.2.250.1.213.1.4.8&ISO^NH")
    assert laurent.authorise("AJOUT")[0].get("code") == "DMPAccessForbidden"
    assert "Action inconnue" in words_of(laurent.authorise("CHANGEMENT"))


ASKED: list[tuple[str, Slots, dict[str, int]]] = [
    (FIND, {"XDSDocumentEntryPatientId": INS, "XDSDocumentEntryStatus": APPROVED}, {"ExtrinsicObject": 2}),
    (
        FIND,
        {
            "XDSDocumentEntryPatientId": INS,
            "XDSDocumentEntryStatus": APPROVED,
            "XDSDocumentEntryTypeCode": "('18776-5^^2.16.840.1.113883.6.1')",
        },
        {"ExtrinsicObject": 0},
    ),
    (
        FIND,
        {
            "XDSDocumentEntryPatientId": INS,
            "XDSDocumentEntryStatus": APPROVED,
            "XDSDocumentEntryServiceStartTimeFrom": "20190218144500",
        },
        {"ExtrinsicObject": 2},
    ),
    (
        FIND,
        {
            "XDSDocumentEntryPatientId": INS,
            "XDSDocumentEntryStatus": APPROVED,
            "XDSDocumentEntryServiceStartTimeFrom": "20190218144501",
        },
        {"ExtrinsicObject": 0},
    ),
    (FIND, {"XDSDocumentEntryPatientId": INS, "XDSDocumentEntryStatus": f"('{names.DEPRECATED}')"}, {"ExtrinsicObject": 0}),
    (LOTS, {"XDSSubmissionSetPatientId": INS, "XDSSubmissionSetStatus": APPROVED}, {"RegistryPackage": 2}),
    (
        LOTS,
        {"XDSSubmissionSetPatientId": INS, "XDSSubmissionSetStatus": APPROVED, "XDSSubmissionSetSubmissionTimeFrom": "20190220"},
        {"RegistryPackage": 0},
    ),
    (GET, {"XDSDocumentEntryUniqueId": f"('{FIRST}','1.2.3')"}, {"ExtrinsicObject": 1}),
    (GET, {"XDSDocumentEntryEntryUUID": "('uuid')"}, {"ExtrinsicObject": 1}),
    (LINKS, {"uuid": "('uuid')"}, {"Association": 1, "ExtrinsicObject": 0}),
    (BOTH, {"XDSDocumentEntryUniqueId": f"('{FIRST}')"}, {"Association": 1, "ExtrinsicObject": 1}),
    (WHOLE_LOT, {"XDSSubmissionSetEntryUUID": "'lot'"}, {"RegistryPackage": 1, "Association": 1, "ExtrinsicObject": 1}),
]


@pytest.fixture(scope="module")
def two_documents(shared_dmp: RunningDmp) -> RunningDmp:
    """Two documents of two lots, which the queries leave as they are."""
    for unique_id in (FIRST, SECOND):
        done(hand(shared_dmp).deposit(unique_id=unique_id))
    return shared_dmp


@pytest.mark.parametrize(("identifier", "slots", "found"), ASKED)
def test_stored_queries(two_documents: RunningDmp, identifier: str, slots: Slots, found: dict[str, int]) -> None:
    known = {"'uuid'": f"'{held(two_documents).uuid}'", "'lot'": f"'{held(two_documents).lot}'"}
    for word, text in known.items():
        slots = {name: value.replace(word, text) for name, value in slots.items()}
    answer = hand(two_documents).ask(query(identifier, **slots))
    done(answer)
    assert {tag: len(list(answer.iter(f"{{{names.RIM}}}{tag}"))) for tag in found} == found
    references = hand(two_documents).ask(query(identifier, "ObjectRef", **slots))
    assert len(list(references.iter(f"{{{names.RIM}}}ObjectRef"))) == sum(found.values())


NATHALIE = "277076322082910^^^&1.2.250.1.213.1.4.8&ISO^NH"
REFUSED: list[tuple[str, str, str]] = [
    (query(FIND, XDSDocumentEntryPatientId=INS), PATIENT, "XDSStoredQueryMissingParam"),
    (query(FIND, XDSDocumentEntryStatus=APPROVED), PATIENT, "XDSStoredQueryMissingParam"),
    (query(FIND, XDSDocumentEntryPatientId=PATIENT, XDSDocumentEntryStatus=APPROVED), PATIENT, "XDSRegistryError"),
    (query(FIND, XDSDocumentEntryPatientId=INS, XDSDocumentEntryStatus=names.APPROVED), PATIENT, "XDSRegistryError"),
    (
        query(FIND, XDSDocumentEntryPatientId=f"'{NATHALIE}'", XDSDocumentEntryStatus=APPROVED),
        PATIENT,
        "XDSPatientIdDoesNotMatch",
    ),
    (query(FIND, XDSDocumentEntryPatientId=f"'{NATHALIE}'", XDSDocumentEntryStatus=APPROVED), NATHALIE, "DMPAccessForbidden"),
    (query(GET, XDSDocumentEntryUniqueId="('1.2')"), NATHALIE, "DMPAccessForbidden"),
    (query(GET), PATIENT, "XDSStoredQueryParamNumber"),
    (query(GET, XDSDocumentEntryUniqueId="(" + ",".join(["'1.2'"] * 21) + ")"), PATIENT, "XDSTooManyResults"),
    (query("00000000-0000-4000-8000-000000000000"), PATIENT, "XDSUnknownStoredQuery"),
    (query(GET, "RegistryObject", XDSDocumentEntryUniqueId="('1.2')"), PATIENT, "XDSRegistryError"),
]


@pytest.mark.parametrize(("asked", "patient", "code"), REFUSED)
def test_a_query_is_refused(shared_dmp: RunningDmp, asked: str, patient: str, code: str) -> None:
    assert codes_of(hand(shared_dmp, patient=patient).ask(asked)) == [code]


def test_too_many_searches_stop_searches_only(running_dmp: RunningDmp) -> None:
    running_dmp.service.most_searches = 2
    charles = hand(running_dmp)
    asked = query(FIND, XDSDocumentEntryPatientId=INS, XDSDocumentEntryStatus=APPROVED)
    assert [codes_of(charles.ask(asked)) for _ in range(3)] == [[], [], ["DMPAccessDeniedByExcededThreshold"]]
    done(charles.deposit(unique_id=FIRST))
    done(charles.ask(query(GET, "ObjectRef", XDSDocumentEntryUniqueId=f"('{FIRST}')")))


def test_a_document_becomes_visible_and_never_hidden_again(running_dmp: RunningDmp) -> None:
    charles, service = hand(running_dmp), running_dmp.service
    done(charles.deposit(unique_id=FIRST))
    assert service.patient_sees(PATIENT) == []
    assert [seen.unique_id for seen in service.professional_sees(PATIENT, OTHER)] == [FIRST]
    before = held(running_dmp)
    assert codes_of(charles.update(revealed(FIRST, before.lid, version=2))) == ["XDSMetadataVersionError"]
    assert codes_of(charles.update(revealed(FIRST, "urn:uuid:0"))) == ["XDSMetadataUpdateError"]
    other_title = revealed(FIRST, before.lid).replace('value="FRCP ONCO', 'value="Autre FRCP ONCO')
    assert "title" in words_of(charles.update(other_title))
    done(charles.update(revealed(FIRST, before.lid)))
    after = held(running_dmp)
    assert (after.lid, after.version) == (before.lid, 2)
    assert after.uuid != before.uuid
    assert [seen.unique_id for seen in service.patient_sees(PATIENT)] == [FIRST]
    assert codes_of(charles.update(revealed(FIRST, before.lid))) == ["XDSMetadataVersionError"]
    assert "Rien ne change" in words_of(charles.update(revealed(FIRST, before.lid, version=2)))
    hidden = by_hand.also_invisible(revealed(FIRST, before.lid, version=2))
    assert "ne peut plus lui être caché" in words_of(charles.update(hidden))
    assert held(running_dmp) == after


def test_who_may_change_what(running_dmp: RunningDmp) -> None:
    charles, alice = hand(running_dmp), hand(running_dmp, professional=OTHER)
    for unique_id in (FIRST, SECOND):
        done(charles.deposit(unique_id=unique_id))
    done(alice.update(revealed(FIRST, held(running_dmp).lid).replace(by_hand.AUTHOR, OTHER, 1)))
    uuid = held(running_dmp).uuid
    by_alice = restated(uuid).replace(by_hand.AUTHOR, OTHER)
    assert "l'un de ses auteurs" in words_of(alice.update(by_alice))
    assert "Le statut du document est" in words_of(
        charles.update(restated(uuid).replace("StatusType:Approved", "StatusType:Deprecated"))
    )
    done(charles.update(restated(uuid)))
    assert list(charles.ask(query(GET, "ObjectRef", XDSDocumentEntryUniqueId=f"('{FIRST}')"))[0]) == []
    assert codes_of(charles.answer("repository", names.RETRIEVE, retrieval(FIRST))) == ["XDSDocumentUniqueIdError"]
    assert codes_of(charles.deposit(unique_id=FIRST)) == ["XDSDuplicateUniqueIdInRegistry"]
    done(charles.update(restated(held(running_dmp, SECOND).uuid, "iti57_archiver")))
    assert running_dmp.service.professional_sees(PATIENT, by_hand.AUTHOR) == []
    assert codes_of(hand(running_dmp, patient=NATHALIE).update(restated(uuid))) == ["XDSPatientIdDoesNotMatch"]


def test_a_replaced_document_is_deprecated_and_not_replaced_again(running_dmp: RunningDmp) -> None:
    charles, alice = hand(running_dmp), hand(running_dmp, professional=OTHER)
    done(charles.deposit(unique_id=FIRST, visible=True))
    uuid = held(running_dmp).uuid
    assert "ne peut plus lui être caché" in words_of(charles.deposit(by_hand.replaced(deposit(unique_id=SECOND), uuid)))
    own = deposit(unique_id=SECOND, visible=True).replace(by_hand.AUTHOR, OTHER)
    assert codes_of(alice.deposit(by_hand.replaced(own, uuid))) == ["XDSReplaceFailed"]
    assert codes_of(charles.deposit(by_hand.replaced(deposit(), "urn:uuid:0"))) == ["XDSReplaceFailed"]
    assert running_dmp.service.store.current(SECOND) is None
    done(charles.deposit(by_hand.replaced(deposit(unique_id=SECOND, visible=True), uuid)))
    assert held(running_dmp).status == names.DEPRECATED
    assert [seen.unique_id for seen in running_dmp.service.patient_sees(PATIENT)] == [SECOND]
    again = by_hand.replaced(deposit(visible=True), uuid)
    assert codes_of(charles.deposit(again)) == ["XDSRegistryDeprecatedDocumentError"]
    links = charles.ask(query(LINKS, uuid=f"('{uuid}')")).iter(f"{{{names.RIM}}}Association")
    assert names.REPLACES in [link.get("associationType") for link in links]


def test_the_bytes_come_back(running_dmp: RunningDmp) -> None:
    charles, alice = hand(running_dmp), hand(running_dmp, professional=OTHER)
    odd = STUB.replace(b"?><", b"?>\r\n--x\r\n<", 1).replace(
        b"\r\n--x\r\n", b"\r\n<!-- --x\r\n -->\n\r\n".replace(b" --x", b" x")
    )
    done(charles.deposit(deposit(odd, unique_id=FIRST), odd))
    masked = deposit(unique_id=SECOND).replace("INVISIBLE_PATIENT", "MASQUE_PS")
    done(charles.deposit(masked))
    answer = charles.send("repository", names.RETRIEVE, retrieval(FIRST))
    assert odd in answer.content
    both = alice.answer("repository", names.RETRIEVE, retrieval(FIRST, SECOND))
    assert codes_of(both) == ["XDSDocumentUniqueIdError"]
    assert both[0].get("status") == names.PARTIAL
    assert codes_of(charles.answer("repository", names.RETRIEVE, retrieval(FIRST, repository="1.2"))) == [
        "XDSUnknownRepositoryId"
    ]
    assert codes_of(hand(running_dmp, patient=NATHALIE).answer("repository", names.RETRIEVE, retrieval(FIRST))) == [
        "DMPAccessForbidden"
    ]


@pytest.mark.parametrize(("state", "code"), [("closed", "DMPAccessForbidden"), ("none", "XDSUnknownPatientId")])
def test_nothing_enters_a_record_that_is_not_open(running_dmp: RunningDmp, state: str, code: str) -> None:
    service = running_dmp.service
    service.admit(replace(service.patient(PATIENT), state=state))
    assert codes_of(hand(running_dmp).deposit(unique_id=FIRST)) == [code]
    assert service.store.current(FIRST) is None
