"""What messages do: creation, recognition, contradiction, merge, link, number; once, in order."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dcc.accounts.api import User
from dcc.accounts.models import Facility
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api as patients
from dcc.patients.models import Following, Link, LocalIdentifier, Patient
from dcc.patients.tests.covered import cover
from plugins.ins.hl7 import effects, er7, receiving
from plugins.ins.hl7.receiving import settle, settle_open
from plugins.ins.hl7.tests.flows import INS, ack_of, make_sender, message, pid, read_ack, take
from plugins.ins.models import FlowMessage, FlowSender


@pytest.fixture
def gam(facility: Facility) -> FlowSender:
    return make_sender(facility)


pytestmark = pytest.mark.usefixtures("gam")


def outcome_of(content: bytes) -> tuple[str, str]:
    """State and outcome of a message, received."""
    row = FlowMessage.objects.get(pk=take(content).message_id)
    return row.state, row.outcome


def holders(*numbers: str) -> list[Patient]:
    """The patients who have these numbers."""
    return [LocalIdentifier.objects.get(extension=number).patient for number in numbers]


def test_an_identity_is_created_then_recognised() -> None:
    assert outcome_of(message(pid())) == ("fait", "created")
    assert outcome_of(message(pid(), trigger="A31", control="2")) == ("fait", "recognised")
    (patient,) = Patient.objects.all()
    assert (patient.birth_name, patient.birth_date, patient.birth_place_code) == ("PAT-TROIS", "1979-03-28", "63220")
    assert [(i.extension) for i in patient.identifiers.all()] == ["000003"]
    assert patient.address == {
        "use": "H",
        "street": "28 Av de Breteuil",
        "city": "PARIS",
        "postal_code": "75007",
        "country": "FRA",
    }


def test_an_update_fills_what_is_empty_and_replaces_nothing(alice: User, gam: FlowSender) -> None:
    traits = IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE", "F", "1979-03-28", "63220")
    typed = patients.create_patient(actor=alice, facility_id=gam.facility_id, traits=traits, used_name="DURAND")
    said = message(pid(name="PAT-TROIS^DOMINIQUE^DOMINIQUE^^^^L~AUTRE^DOMI^^^^"), trigger="A31")
    said = said.replace(b"~AUTRE^DOMI^^^^^^^^L", b"~AUTRE^DOMI^^^^^D")
    assert outcome_of(said) == ("fait", "recognised")
    patient = Patient.objects.get(pk=typed)
    assert (patient.used_name, patient.used_given_name) == ("DURAND", "DOMI")
    assert (patient.address or {})["city"] == "PARIS"
    assert patient.revisions.latest("number").picture["address"] == patient.address
    elsewhere = said.replace(b"PARIS", b"LYON").replace(b"|1|P|", b"|2|P|")
    assert outcome_of(elsewhere)[0] == "fait"
    patient.refresh_from_db()
    assert ((patient.address or {})["city"], patient.revisions.count()) == ("PARIS", patient.revision)


def test_the_same_message_has_one_effect_and_one_answer() -> None:
    first, again = take(message(pid())), take(message(pid()))
    assert first == again
    assert (Patient.objects.count(), FlowMessage.objects.get().attempts) == (1, 1)


def test_other_content_under_the_same_control_id_is_another_message() -> None:
    take(message(pid()))
    assert outcome_of(message(pid("000004", name="AUTRE^ANNE^ANNE"))) == ("fait", "created")
    assert Patient.objects.count() == 2


def test_a_contradiction_is_acknowledged_and_waits_and_holds_what_follows() -> None:
    take(message(pid()))
    reply = take(message(pid(born="19800101"), control="2"))
    assert read_ack(reply.answers[0])[0] == "AA"
    assert outcome_of(message(pid(), trigger="A08", control="3")) == ("attente", "held")
    assert outcome_of(message(pid("000009", name="AUTRE^ANNE^ANNE"), control="4")) == ("fait", "created")
    assert Patient.objects.filter(birth_date="1980-01-01").count() == 0
    FlowMessage.objects.filter(pk=reply.message_id).update(state="classe")
    settle_open()
    assert FlowMessage.objects.get(control_id="3").state == "fait"


def test_a_message_goes_on_once_a_person_has_answered(alice: User, gam: FlowSender) -> None:
    take(message(pid()))
    message_id = take(message(pid(born="19800101"), control="2")).message_id
    take(message(pid(), trigger="A08", control="3"))
    waiting = FlowMessage.objects.get(pk=message_id)
    settle_open()
    assert FlowMessage.objects.get(pk=message_id).attempts == waiting.attempts, "nobody has answered yet"
    (question,) = patients.reconciliations(alice)
    assert (question.id, question.source) == (waiting.reconciliation_id, "hl7")
    patients.answer_reconciliation(
        actor=alice, reconciliation_id=question.id, expected_revision=question.revision, answer="conserver", reason="Même carte"
    )
    settle_open()
    assert [row.state for row in FlowMessage.objects.order_by("pk")] == ["fait", "fait", "fait"]
    assert Patient.objects.get().birth_date == "1979-03-28"


@pytest.mark.parametrize(
    ("ins", "codes", "zfd", "status", "attributes"),
    [
        ("", "PROV", "", "provisoire", (False, False)),
        (INS, "PROV", "CN", "provisoire", (False, False)),
        ("", "VALI", "CN", "validee", (False, False)),
        (INS, "VALI", "CN", "validee", (False, False)),
        (INS, "QUAL", "", "validee", (False, False)),
        (INS, "VALI~PROV", "CN", "provisoire", (False, False)),
        (INS, "VALI~DOUT", "CN", "provisoire", (True, False)),
        (INS, "VALI~FICT", "CN", "provisoire", (False, True)),
        (INS, "", "CN", "provisoire", (False, False)),
    ],
)
def test_the_status_received_under_a_clause(
    gam: FlowSender, ins: str, codes: str, zfd: str, status: str, attributes: tuple[bool, bool]
) -> None:
    """*Qualifiée* is received as such, and is *validée* here until INSi has answered (decision of the qualification)."""
    cover(gam.facility)
    take(message(pid(ins=ins, status=codes), f"ZFD|||N|N|INSI|20260520|{zfd}|"))
    patient = Patient.objects.get()
    assert (patient.status, patient.ins_matricule, (patient.doubtful, patient.fictitious)) == (status, "", attributes)


def test_who_does_not_create_is_told_nothing_went_wrong(gam: FlowSender) -> None:
    FlowSender.objects.update(creates=False)
    assert outcome_of(message(pid())) == ("fait", "unknown")
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (message(pid("")), "AE", "PID^1^3"),
        (message(), "AE", "PID^1^"),
        (message(pid(), pid()), "AE", "PID^2^"),
        (message(pid(born="")), "AE", "PID^1^7"),
        (message(pid(born="17000101")), "AE", "PID^1^"),
        (message(pid(name="PAT&TROIS^DOMINIQUE^DOMINIQUE")), "AE", "PID^1^5"),
        (message(pid(name="PAT~TROIS^DOMINIQUE^DOMINIQUE")), "AE", "PID^1^5"),
        (message(pid("0000~03")), "AE", "PID^1^3"),
        (message(pid("0000&03")), "AE", "PID^1^3"),
        (message(pid(born="1979&0328")), "AE", "PID^1^7"),
        (message(pid(born="1979^0328")), "AE", "PID^1^7"),
        (message(pid(born="1979~0328")), "AE", "PID^1^7"),
        (message(pid(name="^DOMINIQUE^DOMINIQUE")), "AE", "PID^1^5"),
        (message(pid(name="PAT3^DOMINIQUE^DOMINIQUE")), "AE", "PID^1^"),
        (message(pid(status="ANOM")), "AE", "PID^1^32"),
        (message(pid(ins=f"{INS}~{INS.replace('279', '179')}")), "AE", "PID^1^3"),
        (message(pid(ins=INS.replace("989", "988"))), "AE", "PID^1^"),
        (message(pid(), trigger="A29"), "AR", "MSH^1^9"),
        (message(pid()).replace(b"ADT", b"SIU"), "AR", "MSH^1^9"),
        (message(pid()).replace(b"GAM", b"XXX"), "AR", "MSH^1^3"),
        (message(pid()).replace(b"2.5^FRA", b"3.0^FRA"), "AR", "MSH^1^12"),
        (message(pid(), control=""), "AR", "MSH^1^10"),
        (message(pid(), trigger="A40"), "AE", "MRG^1^"),
        (message(pid(), trigger="A24"), "AE", "PID^2^"),
    ],
)
def test_refused_kept_and_located(content: bytes, code: str, where: str) -> None:
    reply = take(content)
    answered, _control, places = read_ack(reply.answers[0])
    assert (answered, places[0]) == (code, where)
    row = FlowMessage.objects.get(pk=reply.message_id)
    assert (row.state, bytes(row.content or b""), Patient.objects.count()) == ("refuse", content, 0)


def test_what_was_refused_is_tried_again(gam: FlowSender) -> None:
    FlowSender.objects.update(active=False)
    assert ack_of(message(pid())) == "AR"
    FlowSender.objects.update(active=True)
    assert ack_of(message(pid())) == "AA"
    assert (FlowMessage.objects.count(), Patient.objects.count()) == (1, 1)


def test_a_bug_leaves_the_message_and_no_half_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: object, sender: object) -> effects.Done:
        Patient.objects.create(birth_name="X", first_given_name="Y", sex="F", birth_date="2000-01-01")
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "carry_out", broken)
        reply = take(message(pid()))
    assert read_ack(reply.answers[0])[0] == "AE"
    assert (FlowMessage.objects.get().state, Patient.objects.count()) == ("panne", 0)
    assert settle(reply.message_id).state == "fait"


def test_a_merge(gam: FlowSender) -> None:
    take(message(pid("000003")))
    (kept,) = holders("000003")
    absorbed = Patient.objects.create(
        birth_name="PAT-TROIS",
        first_given_name="DOMINIQUE",
        given_names="DOMINIQUE",
        sex="F",
        birth_date="1979-03-28",
        birth_place_code="63220",
    )
    LocalIdentifier.objects.create(patient=absorbed, root=gam.facility.identifier_oid, extension="000007")
    Following.objects.create(patient=absorbed, facility=gam.facility)
    merge = message(pid("000003"), "MRG|000007^^^CHU-X&000897406&N^PI", trigger="A40", control="3")
    assert outcome_of(merge) == ("fait", "merged")
    assert holders("000003", "000007") == [kept, kept]
    again = message(pid("000003"), "MRG|000007^^^CHU-X&000897406&N^PI", trigger="A40", control="4")
    assert outcome_of(again) == ("fait", "same")


def test_a_merge_of_contradictory_identities_is_for_people() -> None:
    take(message(pid("000003")))
    take(message(pid("000007", name="AUTRE^ANNE^ANNE", born="19500101"), control="2"))
    merge = message(pid("000003"), "MRG|000007^^^CHU-X&000897406&N^PI", trigger="A40", control="3")
    assert outcome_of(merge) == ("fait", "signalled")
    assert len(set(holders("000003", "000007"))) == 2


def test_links_are_made_and_ended() -> None:
    take(message(pid("000003")))
    take(message(pid("000007", name="AUTRE^ANNE^ANNE", born="19500101"), control="2"))
    pair = pid("000003"), pid("000007", name="AUTRE^ANNE^ANNE", born="19500101")
    assert outcome_of(message(*pair, trigger="A24", control="3")) == ("fait", "linked")
    assert Link.objects.filter(until=None).count() == 1
    assert outcome_of(message(*pair, trigger="A37", control="4")) == ("fait", "unlinked")
    assert outcome_of(message(*pair, trigger="A37", control="5")) == ("fait", "same")
    assert Link.objects.filter(until=None).count() == 0


def test_a_number_that_changes_into_itself_stays() -> None:
    take(message(pid("000003")))
    same = message(pid("000003"), "MRG|000003^^^CHU-X&000897406&N^PI", trigger="A47", control="2")
    assert outcome_of(same)[0] == "fait"
    assert len(holders("000003")) == 1


def test_a_message_too_heavy_is_refused_and_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = message(pid(), "NTE|1||" + "x" * 20)
    monkeypatch.setattr(er7, "LIMIT", len(heavy) - 10)
    assert ack_of(heavy) == "AR"
    assert (FlowMessage.objects.get().state, Patient.objects.count()) == ("refuse", 0)


def test_a_message_whose_segment_ends_were_mended_is_another_one() -> None:
    sound = message(pid())
    assert outcome_of(sound.replace(b"\r", b"\n", 1)) == ("refuse", "refused")
    assert outcome_of(sound) == ("fait", "created")
    assert outcome_of(sound.replace(b"\r", b"\n")) == ("fait", "created"), "all ends alike: the same message"
    assert FlowMessage.objects.count() == 2


def test_a_certificate_is_asked_of_connections_only(gam: FlowSender) -> None:
    FlowSender.objects.filter(pk=gam.pk).update(certificate="ab" * 32)
    assert outcome_of(message(pid())) == ("fait", "created")
    for rank, (peer, code) in enumerate([("", "AR"), ("cd" * 32, "AR"), ("ab" * 32, "AA")]):
        (answer,) = receiving.receive(message(pid(), control=f"C{rank}"), channel="mllp", peer=peer).answers
        assert read_ack(answer)[0] == code


def test_a_second_question_of_a_message_is_the_one_that_waits() -> None:
    take(message(pid()))
    take(message(pid(born="19790329"), trigger="A31", control="2"))
    row = FlowMessage.objects.get(control_id="2")
    question = row.reconciliation_id
    FlowMessage.objects.filter(pk=row.pk).update(reconciliation_id=uuid4())
    settle(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reconciliation_id) == ("attente", question)


def test_a_number_changes_for_the_person_it_names_only() -> None:
    take(message(pid("000003")))
    (patient,) = holders("000003")
    other = message(pid("000008", born="19500101"), "MRG|000003^^^CHU-X&000897406&N^PI", trigger="A47", control="2")
    assert outcome_of(other) == ("attente", "conflict")
    FlowMessage.objects.filter(control_id="2").update(state="classe")
    change = message(pid("000008"), "MRG|000003^^^CHU-X&000897406&N^PI", trigger="A47", control="3")
    assert outcome_of(change) == ("fait", "renumbered")
    assert [i.extension for i in patient.identifiers.all()] == ["000008"]
    again = message(pid("000008"), "MRG|000003^^^CHU-X&000897406&N^PI", trigger="A47", control="4")
    assert outcome_of(again) == ("fait", "same")


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad"),
    [
        ("", "", ["AA"], ["AE"]),
        ("AL", "AL", ["CA", "AA"], ["CA", "AE"]),
        ("AL", "NE", ["CA"], ["CA"]),
        ("NE", "ER", [], ["AE"]),
        ("SU", "SU", ["CA", "AA"], ["CA"]),
    ],
)
def test_enhanced_mode(accept: str, application: str, good: list[str], bad: list[str]) -> None:
    def codes(content: bytes) -> list[str]:
        return [read_ack(answer)[0] for answer in take(content).answers]

    assert codes(message(pid(), accept=accept, application=application)) == good
    assert codes(message(pid(born=""), control="2", accept=accept, application=application)) == bad
    if accept == "AL":
        assert codes(message(pid(), trigger="A29", control="3", accept=accept, application=application)) == ["CR"]
