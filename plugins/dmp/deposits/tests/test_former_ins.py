"""The INS of a patient is corrected after a deposit: each DMP counts for itself; an author empties the one that is not hers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.audit.models import Entry
from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.events import Context, IdentityChanged, RenewalDue
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from dcc.patients.models import Patient
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.removing import WORDS, Removing, remove_misplaced
from plugins.dmp.deposits.status import lines_of
from plugins.dmp.deposits.tests.conftest import ALICE, BOB, CARLA, INS, WritePps, amend
from plugins.dmp.deposits.tests.stage import LOST, DmpStage
from plugins.dmp.deposits.tests.test_sequences import again, connect, said
from plugins.dmp.deposits.transport import DmpTransport
from plugins.dmp.models import Deposit
from plugins.dmp.sessions.waiting import waiting_documents

OTHER = InstanceId("1.2.250.1.213.1.4.8", "277076322082910")
"""NESSI Nathalie, a test identity of the reference."""
Views = tuple[dict[str, int], dict[str, int]]
AT_HOME = str(WORDS)


def correct_ins(patient_id: uuid.UUID, ins: InstanceId = OTHER) -> None:
    """The identity cell finds that it was another person's."""
    Patient.objects.filter(pk=patient_id).update(ins_oid=ins.root, ins_matricule=ins.extension)
    with transaction.atomic():
        events.publish(IdentityChanged(patient_id=patient_id, at=timezone.now(), status="qualifiee"))
    drain()


def views(stage: DmpStage, ins: InstanceId) -> Views:
    """What the patient, and a professional, see in the DMP of an INS."""
    return stage.memory.seen(ins, by_patient=True), stage.memory.seen(ins, by_patient=False)


def note_of(ins: InstanceId, document_type: str = "frcp") -> str:
    """What is said of a deposit under an INS."""
    left = Deposit.objects.exclude(stage="nouveau")
    row = left.get(ins_extension=ins.extension, document_type=document_type, replaced_by="")
    return Transmission.objects.get(pk=row.pk).note


@dataclass
class Misplaced:
    """An FRCP and its PPS in the DMP of the former INS, seen by the patient there."""

    stage: DmpStage
    frcp: uuid.UUID
    pps: uuid.UUID
    patient_id: uuid.UUID


@pytest.fixture
def misplaced(stage: DmpStage, qualified: uuid.UUID, frcp: uuid.UUID, write_pps: WritePps) -> Misplaced:
    """The INS is corrected once both are seen; nobody is connected."""
    stage.memory.authorisation = "VALIDE"
    connect(stage, BOB, CARLA)
    pps = write_pps()
    assert views(stage, INS) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    stage.leave()
    correct_ins(qualified)
    return Misplaced(stage, frcp, pps, qualified)


def test_each_dmp_counts_for_itself(misplaced: Misplaced) -> None:
    stage = misplaced.stage
    assert (note_of(INS), note_of(INS, "pps")) == (AT_HOME, AT_HOME)
    connect(stage, BOB)
    assert said(misplaced.frcp) == ("envoyee", "", "invisible au patient"), "its PPS is in another DMP"
    assert views(stage, OTHER) == ({}, {"frcp": 1})
    connect(stage, CARLA)
    assert views(stage, OTHER) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert views(stage, INS) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1}), "nothing is deleted without a gesture"
    stages = Deposit.objects.filter(ins_extension=INS.extension, replaced_by="").values_list("stage", flat=True)
    assert set(stages) == {"depose"}, "what was not looked for there is not taken for withdrawn"


def test_further_versions_replace_what_is_in_the_dmp_of_now(misplaced: Misplaced, carla: User, dan: User) -> None:
    connect(misplaced.stage, BOB, CARLA)
    amend(carla, dan, misplaced.pps)
    assert views(misplaced.stage, OTHER) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert note_of(INS, "pps") == AT_HOME


@pytest.mark.django_db(transaction=True)
def test_an_author_deletes_it_in_her_session(misplaced: Misplaced, alice: User) -> None:
    stage = misplaced.stage
    connect(stage, BOB, CARLA)
    stage.leave()
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    assert "TD3.3c" not in stage.memory.calls, "it waits for a session"
    connect(stage, ALICE)
    assert views(stage, INS) == ({"pps": 1}, {"pps": 1})
    assert views(stage, OTHER) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert (note_of(INS), said(misplaced.frcp)[2]) == ("retirée du DMP", "visible par le patient")
    assert Entry.objects.filter(action__in=["dmp.removal_asked", "dmp.removed"]).count() == 2
    assert not ledger.misplaced(misplaced.frcp).exists()


def test_what_its_author_deleted_elsewhere_is_not_deleted_again(misplaced: Misplaced, alice: User) -> None:
    for held in misplaced.stage.memory.held:
        held.status = "Deleted"
    connect(misplaced.stage, ALICE)
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    assert ("TD3.3c" in misplaced.stage.memory.calls, note_of(INS)) == (False, "retirée du DMP")


def test_a_refused_deletion_is_said_and_may_be_asked_again(misplaced: Misplaced, alice: User) -> None:
    connect(misplaced.stage, ALICE)
    misplaced.stage.memory.before.append(Refused("Non", cause="dmp_refused"))
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    assert note_of(INS) == f"{AT_HOME} ; suppression refusée (Le DMP refuse le document)"
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    assert (note_of(INS), views(misplaced.stage, INS)) == ("retirée du DMP", ({"pps": 1}, {"pps": 1}))


def test_a_lost_answer_is_looked_for_before_it_is_deleted_again(misplaced: Misplaced, alice: User) -> None:
    connect(misplaced.stage, ALICE)
    misplaced.stage.memory.before.append(RetryLater("Perdue", cause="unknown_outcome"))
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    again()
    assert (note_of(INS), views(misplaced.stage, INS)) == ("retirée du DMP", ({"pps": 1}, {"pps": 1}))


def test_what_may_have_been_deposited_is_never_sent_there_again(
    stage: DmpStage, alice: User, qualified: uuid.UUID, frcp: uuid.UUID
) -> None:
    stage.memory.after.append(LOST)
    connect(stage, BOB)
    stage.leave()
    correct_ins(qualified)
    again()
    connect(stage, BOB)
    assert (views(stage, INS)[1], views(stage, OTHER)[1]) == ({"frcp": 1}, {"frcp": 1})
    former = Transmission.objects.get(pk=Deposit.objects.get(ins_extension=INS.extension).pk)
    assert (former.state, former.note) == ("remplacee", AT_HOME)
    remove_misplaced(actor=alice, document_id=frcp)
    drain()
    assert (views(stage, INS)[1], views(stage, OTHER)[1]) == ({}, {"frcp": 1})


def test_an_ins_that_comes_back_is_in_its_place_again(misplaced: Misplaced, alice: User) -> None:
    correct_ins(misplaced.patient_id, INS)
    assert not ledger.misplaced(misplaced.frcp).exists()
    assert (note_of(INS), note_of(INS, "pps")) == ("visible par le patient", "visible par le patient")
    with pytest.raises(exchange.SendingRefused, match="sous une autre INS"):
        remove_misplaced(actor=alice, document_id=misplaced.frcp)


def test_the_terminal_says_it(misplaced: Misplaced) -> None:
    told = "\n".join(lines_of(misplaced.frcp))
    assert "sous une autre INS que celle du patient depuis le" in told
    assert told.splitlines()[-1].startswith("FRCP absente, PPS absent"), "in the DMP of now"


WHO = [("alice", ""), ("bob", ""), ("carla", "auteur"), ("dan", "auteur")]


@pytest.mark.parametrize(("who", "refusal"), WHO)
def test_who_may_ask(misplaced: Misplaced, request: pytest.FixtureRequest, who: str, refusal: str) -> None:
    """Authors and the legal authenticator of the FRCP; those of its PPS care for the patient, and may not."""
    actor: User = request.getfixturevalue(who)
    if not refusal:
        remove_misplaced(actor=actor, document_id=misplaced.frcp)
        return
    with pytest.raises(exchange.SendingRefused, match=refusal):
        remove_misplaced(actor=actor, document_id=misplaced.frcp)


def test_a_stranger_learns_nothing(misplaced: Misplaced, charlie: User) -> None:
    with pytest.raises(documents.DocumentNotFound):
        remove_misplaced(actor=charlie, document_id=misplaced.frcp)


@pytest.mark.parametrize("moment", ["avant que sa ligne soit écrite", "pendant le dépôt"])
def test_what_is_deposited_while_the_ins_is_corrected_is_found_misplaced(
    stage: DmpStage, qualified: uuid.UUID, frcp: uuid.UUID, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The correction, and what follows it, fall between the look at the INS and the answer of the DMP."""
    place = "_deposit" if moment == "pendant le dépôt" else "_settled"
    inner = getattr(DmpTransport, place)

    def corrected(transport: DmpTransport, *args: object) -> object:
        monkeypatch.setattr(DmpTransport, place, inner)
        Patient.objects.filter(pk=qualified).update(ins_oid=OTHER.root, ins_matricule=OTHER.extension)
        Removing(stage.services).look(
            RenewalDue(frcp, frcp, "frcp", timezone.now(), None), Context(uuid.uuid4(), 1, timezone.now())
        )
        if moment != "pendant le dépôt":
            Deposit.objects.update(misplaced_at=None)
        return inner(transport, *args)

    monkeypatch.setattr(DmpTransport, place, corrected)
    connect(stage, BOB)
    assert (views(stage, INS)[1], note_of(INS)) == ({"frcp": 1}, AT_HOME)
    assert ledger.misplaced(frcp).count() == 1


def test_one_that_cannot_be_deleted_holds_back_no_other(misplaced: Misplaced, alice: User) -> None:
    """Two former INS: the author of the newer deposit is not there, or the DMP refuses it."""
    third = InstanceId(OTHER.root, "181016322075140")
    connect(misplaced.stage, BOB, CARLA)
    correct_ins(misplaced.patient_id, third)
    assert ledger.misplaced(misplaced.frcp).count() == 2
    misplaced.stage.memory.before.append(Refused("Non", cause="dmp_refused"))
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    assert (note_of(OTHER), note_of(INS)) == (f"{AT_HOME} ; suppression refusée (Le DMP refuse le document)", "retirée du DMP")


def test_a_removal_waits_where_its_author_looks(misplaced: Misplaced, alice: User) -> None:
    connect(misplaced.stage, BOB, CARLA)
    misplaced.stage.leave()
    assert waiting_documents(alice) == []
    remove_misplaced(actor=alice, document_id=misplaced.frcp)
    drain()
    assert waiting_documents(alice) == [misplaced.frcp]


def test_nothing_is_asked_while_the_identity_is_not_qualified(misplaced: Misplaced, alice: User) -> None:
    Patient.objects.filter(pk=misplaced.patient_id).update(status="provisoire", ins_oid="", ins_matricule="")
    with pytest.raises(exchange.SendingRefused, match="pas qualifiée"):
        remove_misplaced(actor=alice, document_id=misplaced.frcp)
