"""What people note of a patient while a deposit of his is being looked at, or the DMP asked: none of it comes too late."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.documents.models import Document
from dcc.patients import api as patients
from dcc.patients.models import Merge, Patient
from plugins.dmp.deposits import transport
from plugins.dmp.deposits.minors import choose_for_guardians
from plugins.dmp.deposits.removing import remove_misplaced
from plugins.dmp.deposits.standing import Standing, standing_of
from plugins.dmp.deposits.tests.conftest import BOB, INS
from plugins.dmp.deposits.tests.stage import SETTINGS, DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect, rename, said
from plugins.dmp.models import Deposit, PatientFile
from plugins.dmp.patient import services as patient

OTHER_INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518900")


@pytest.fixture
def once_looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something done by somebody else once the transport has read what is known of a patient."""

    def after(work: Callable[[], object]) -> None:
        works = [work]

        def looked(patient_id: uuid.UUID | None) -> Standing:
            standing = standing_of(patient_id)
            if works:
                works.pop()()
            return standing

        monkeypatch.setattr(transport, "standing_of", looked)

    return after


@pytest.fixture
def while_asked(stage: DmpStage, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Has something done by somebody else while the DMP answers a call."""

    def during(call: str, work: Callable[[], object]) -> None:
        asked, works = getattr(stage.memory, call), [work]

        def answers(*of: Any, **said: Any) -> Any:
            if works:
                works.pop()()
            return asked(*of, **said)

        monkeypatch.setattr(stage.memory, call, answers)

    return during


OnceLooked = Callable[[Callable[[], object]], None]
WhileAsked = Callable[[str, Callable[[], object]], None]


def test_a_choice_for_a_minor_noted_once_the_run_looked_is_not_waited_for(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, once_looked: OnceLooked
) -> None:
    stage.settings = replace(SETTINGS, majority_age=99)
    once_looked(lambda: choose_for_guardians(actor=alice, patient_id=qualified, see=True, reason="Vu avec l'adolescente"))
    connect(stage, BOB)
    assert said(frcp)[0] == "envoyee", "nobody could note that choice once more"


@pytest.mark.django_db(transaction=True)
def test_a_choice_that_is_being_noted_while_the_run_holds_its_line_is_waited_for_then_seen(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, once_looked: OnceLooked
) -> None:
    told = threading.Event()

    def choosing() -> None:
        try:
            with use_registry(stage.registry), transaction.atomic():
                choose_for_guardians(actor=alice, patient_id=qualified, see=True, reason="Vu avec l'adolescente")
                told.set()
                time.sleep(0.5)  # what was held is released; not committed yet
        finally:
            connection.close()

    other = threading.Thread(target=choosing)

    def begun() -> None:
        other.start()
        told.wait(20)

    stage.settings = replace(SETTINGS, majority_age=99)
    once_looked(begun)
    connect(stage, BOB)
    other.join()
    assert said(frcp)[0] == "envoyee"


def test_an_opposition_lifted_once_the_run_looked_holds_nothing(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, once_looked: OnceLooked
) -> None:
    patient.oppose(actor=alice, patient_id=qualified, reason="Il ne veut rien au DMP")
    once_looked(lambda: patient.accept(actor=alice, patient_id=qualified, reason="Il a changé d'avis"))
    connect(stage, BOB)
    assert said(frcp)[0] == "envoyee"


def test_what_is_still_so_is_held_and_asked_of_nobody_twice(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID
) -> None:
    patient.oppose(actor=alice, patient_id=qualified, reason="Il ne veut rien au DMP")
    connect(stage, BOB)
    assert said(frcp) == ("retenue", "dmp_opposition", "")
    assert stage.memory.calls == []


def test_an_opposition_noted_while_the_dmp_is_asked_counts(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, while_asked: WhileAsked
) -> None:
    while_asked("existence", lambda: patient.oppose(actor=alice, patient_id=qualified, reason="Il ne veut rien au DMP"))
    connect(stage, BOB)
    assert said(frcp) == ("retenue", "dmp_opposition", "")
    assert stage.memory.held == []


def test_a_secret_of_a_minor_noted_while_the_dmp_is_asked_is_kept(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, while_asked: WhileAsked
) -> None:
    def chosen(*, see: bool) -> None:
        choose_for_guardians(actor=alice, patient_id=qualified, see=see, reason="Vu avec l'adolescente")

    stage.settings = replace(SETTINGS, majority_age=99)
    chosen(see=True)
    Deposit.objects.update(document_type="pps")  # visible at once, of whose the representatives see what is chosen
    while_asked("existence", lambda: chosen(see=False))
    connect(stage, BOB)
    assert [stage.memory.codes(held) for held in stage.memory.held] == [{"INVISIBLE_REPRESENTANTS_LEGAUX"}]


def test_what_counts_is_what_was_noted_of_whose_the_document_is_now(
    stage: DmpStage, alice: User, facility: Facility, frcp: uuid.UUID, qualified: uuid.UUID
) -> None:
    """An identity was parted from the one that had absorbed it, whose picture was taken: each has its own opposition."""
    patient.oppose(actor=alice, patient_id=qualified, reason="Il ne veut rien au DMP")
    traits = IdentityTraits("PAT-AUTRE", "PAUL", "PAUL", "M", "1960-01-02", "51215", "DOMPREMY")
    parted = patients.create_patient(actor=alice, facility_id=facility.pk, traits=traits)
    Patient.objects.filter(pk=qualified).update(ins_matricule=OTHER_INS.extension)
    Patient.objects.filter(pk=parted).update(status="qualifiee", ins_oid=INS.root, ins_matricule=INS.extension)
    now, both = timezone.now(), {"kept_id": qualified, "absorbed_id": parted}
    Merge.objects.create(**both, at=now, source="main", reason="Doublon", reference="absorbee", before={}, undone_at=now)
    Document.objects.filter(pk=frcp).update(patient=parted)
    connect(stage, BOB)
    assert said(frcp)[0] == "envoyee"
    assert set(PatientFile.objects.values_list("patient", "existence")) == {(qualified, ""), (parted, "actif")}


def test_nothing_is_deleted_where_it_has_to_be_again(
    stage: DmpStage, bob: User, frcp: uuid.UUID, qualified: uuid.UUID, while_asked: WhileAsked
) -> None:
    connect(stage, BOB)
    stage.leave()
    Patient.objects.filter(pk=qualified).update(ins_matricule=OTHER_INS.extension)
    rename(qualified, "PAT-AUTRE")
    remove_misplaced(actor=bob, document_id=frcp)
    while_asked("reference_of", lambda: Patient.objects.filter(pk=qualified).update(ins_matricule=INS.extension))
    connect(stage, BOB)
    assert "TD3.3c" not in stage.memory.calls
    assert [held.status for held in stage.memory.held if held.ins == INS] == ["Approved"]
