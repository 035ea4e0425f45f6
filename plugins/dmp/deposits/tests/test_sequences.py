"""Sequences of deposits, and after each step what the patient and a professional see."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.events import IdentityChanged
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange.models import Transmission
from dcc.patients.models import Patient
from plugins.dmp.deposits.minors import choose_for_guardians
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.tests.conftest import ALICE, BOB, CARLA, DAN, WritePps, amend
from plugins.dmp.deposits.tests.stage import SETTINGS, DmpStage
from plugins.dmp.models import Deposit, PatientFile
from plugins.dmp.patient import services as patient
from plugins.dmp.transactions.types import Caller


def line(document_id: uuid.UUID) -> Transmission:
    """The line of the DMP that counts."""
    return Transmission.objects.filter(document=document_id, channel="dmp").latest("requested_at")


def said(document_id: uuid.UUID) -> tuple[str, str, str]:
    """State, cause and words of it."""
    row = line(document_id)
    return row.state, row.cause, row.note


def connect(stage: DmpStage, *national_ids: str) -> Caller:
    """Professionals open a session; what waited for them is done. Answers the last of them."""
    callers = [stage.connect(national_id) for national_id in national_ids]
    drain()
    return callers[-1]


def again() -> None:
    """The time of the next try has come."""
    Delivery.objects.filter(settled_at__isnull=True, state="waiting", reason_code="retry_later").update(due_at=timezone.now())
    drain()


def rename(patient_id: uuid.UUID, name: str) -> None:
    """The identity of the patient is corrected."""
    Patient.objects.filter(pk=patient_id).update(birth_name=name)
    with transaction.atomic():
        events.publish(IdentityChanged(patient_id=patient_id, at=timezone.now(), status="qualifiee"))
    drain()


def views(stage: DmpStage) -> tuple[dict[str, int], dict[str, int]]:
    """What the patient sees, what a professional does."""
    return stage.memory.seen(by_patient=True), stage.memory.seen(by_patient=False)


def test_an_frcp_waits_for_one_of_its_authors_then_is_deposited_invisible(stage: DmpStage, frcp: uuid.UUID) -> None:
    assert said(frcp) == ("retenue", "session", "")
    assert (views(stage), stage.memory.calls) == (({}, {}), [])
    connect(stage, CARLA)
    assert said(frcp) == ("retenue", "session", ""), "who is no author deposits nothing"
    connect(stage, BOB)
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert views(stage) == ({}, {"frcp": 1})
    assert stage.memory.calls == ["TD0.2", "TD2.1"]
    assert Deposit.objects.get().depositor == BOB


def test_frcp_first_then_its_pps_reveals_it_where_the_patient_authorised(
    stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, ALICE)
    stage.leave()
    pps = write_pps()
    assert said(pps) == ("retenue", "session", "")
    stage.memory.authorisation = "VALIDE"
    connect(stage, DAN)
    assert said(pps) == ("envoyee", "", "visible par le patient")
    assert said(frcp) == ("envoyee", "", "visible par le patient")
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert [call for call in stage.memory.calls if call == "TD2.1"] == ["TD2.1", "TD2.1"]
    assert "TD3.3b" in stage.memory.calls
    calls = len(stage.memory.calls)
    drain()
    assert len(stage.memory.calls) == calls


def test_without_an_authorisation_an_author_replaces_it(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    connect(stage, ALICE)
    stage.leave()
    pps = write_pps()
    connect(stage, DAN)
    assert said(pps) == ("envoyee", "", "visible par le patient"), "the FRCP undoes nothing of the PPS"
    assert views(stage) == ({"pps": 1}, {"frcp": 1, "pps": 1})
    assert "en attente d'un auteur" in said(frcp)[2]
    first = line(frcp)
    connect(stage, ALICE)
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert (said(frcp), line(frcp).action) == (("envoyee", "", "visible par le patient"), "replace")
    assert line(frcp).rendition.reason == "visibilite"
    assert Transmission.objects.get(pk=first.pk).note == "remplacée depuis", "who saw it is said of what is there"
    assert line(frcp).rendition.snapshot["version_number"] == first.rendition.snapshot["version_number"] + 1
    assert "TD3.3b" not in stage.memory.calls
    assert [held.status for held in stage.memory.held] == ["Deprecated", "Approved", "Approved"]


@pytest.mark.parametrize("form", [DAN, DAN[1:]])
def test_an_authorisation_given_meanwhile_shows_it_in_the_session_that_is_open(
    stage: DmpStage, dan: User, qualified: uuid.UUID, frcp: uuid.UUID, write_pps: WritePps, form: str
) -> None:
    connect(stage, ALICE)
    stage.leave()
    write_pps()
    caller = replace(connect(stage, DAN), national_id=form)
    assert views(stage)[0] == {"pps": 1}
    patient.authorise(actor=dan, patient_id=qualified, through=patient.Through(stage.memory, caller), words="Il m'y autorise")
    drain()
    assert views(stage)[0] == {"frcp": 1, "pps": 1}
    assert stage.memory.calls.count("TD3.3b") == 1


def test_pps_first_then_the_frcp_is_deposited_visible(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    write_pps()
    connect(stage, CARLA)
    assert views(stage) == ({"pps": 1}, {"pps": 1})
    connect(stage, BOB)
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert said(frcp) == ("envoyee", "", "visible par le patient")
    assert "TD3.3b" not in stage.memory.calls


def test_both_at_once(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    write_pps()
    stage.memory.authorisation = "VALIDE"
    connect(stage, ALICE, CARLA)
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})


def test_a_further_pps_replaces_the_former_and_touches_no_frcp(
    stage: DmpStage, carla: User, dan: User, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, ALICE, DAN)
    stage.memory.authorisation = "VALIDE"
    pps = write_pps()
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    revealed = stage.memory.calls.count("TD3.3b")
    amend(carla, dan, pps)
    assert line(pps).action == "replace"
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert stage.memory.calls.count("TD3.3b") == revealed == 1
    assert [held.status for held in stage.memory.held].count("Deprecated") == 1


def test_an_outage_between_the_two(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    connect(stage, ALICE, DAN)
    stage.memory.authorisation = "VALIDE"
    stage.memory.before += [None, RetryLater("Indisponible", cause="unreachable")]
    pps = write_pps()
    assert said(pps) == ("envoyee", "", "visible par le patient")
    assert views(stage) == ({"pps": 1}, {"frcp": 1, "pps": 1})
    again()
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})


def test_an_frcp_replaced_before_its_pps_stays_invisible_and_visible_after(
    stage: DmpStage, frcp: uuid.UUID, qualified: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, BOB, DAN)
    rename(qualified, "PAT-QUATRE")
    assert (line(frcp).action, said(frcp)[2]) == ("replace", "invisible au patient")
    assert views(stage) == ({}, {"frcp": 1})
    write_pps()
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    rename(qualified, "PAT-CINQ")
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert said(frcp) == ("envoyee", "", "visible par le patient")


def test_who_opposes_gets_nothing_new_and_what_is_there_may_be_replaced(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, BOB, DAN)
    patient.oppose(actor=alice, patient_id=qualified, reason="Il ne veut rien au DMP")
    pps = write_pps()
    assert said(pps)[:2] == ("retenue", "dmp_opposition")
    rename(qualified, "PAT-QUATRE")
    assert (line(frcp).action, said(frcp)[0]) == ("replace", "envoyee")
    assert views(stage) == ({}, {"frcp": 1})
    patient.accept(actor=alice, patient_id=qualified, reason="Il a changé d'avis")
    drain()
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})


@pytest.mark.parametrize(("exists", "cause"), [(False, "no_dmp"), (True, "closed_dmp")])
def test_without_an_open_dmp_it_waits_until_there_is_one(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID, cause: str, *, exists: bool
) -> None:
    stage.memory.exists, stage.memory.active = exists, False
    caller = connect(stage, ALICE)
    assert said(frcp) == ("retenue", cause, "")
    assert stage.memory.calls == ["TD0.2"]
    assert PatientFile.objects.get().existence == ("ferme" if exists else "aucun")
    stage.memory.exists = stage.memory.active = True
    patient.check(actor=alice, patient_id=qualified, through=patient.Through(stage.memory, caller))
    drain()
    assert said(frcp) == ("envoyee", "", "invisible au patient")


@pytest.mark.parametrize(("see", "before", "after"), [
    (True, {"INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"}, set()),
    (False, {"INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"}, {"INVISIBLE_REPRESENTANTS_LEGAUX"}),
])  # fmt: skip
def test_of_a_minor_somebody_says_first_what_his_representatives_see(
    stage: DmpStage,
    alice: User,
    frcp: uuid.UUID,
    qualified: uuid.UUID,
    write_pps: WritePps,
    before: set[str],
    after: set[str],
    *,
    see: bool,
) -> None:
    stage.settings = replace(SETTINGS, majority_age=99)
    stage.memory.authorisation = "VALIDE"
    connect(stage, BOB)
    assert said(frcp) == ("retenue", "minor", "")
    choose_for_guardians(actor=alice, patient_id=qualified, see=see, reason="Vu avec l'adolescente")
    drain()
    assert [stage.memory.codes(held) for held in stage.memory.held] == [before]
    connect(stage, DAN)
    write_pps()
    assert [stage.memory.codes(held) for held in stage.memory.held] == [after, after]
    assert said(frcp)[2] == ("visible par le patient" if see else "invisible aux représentants légaux")


def test_who_comes_of_age_waits_for_no_choice_any_more(
    stage: DmpStage, alice: User, frcp: uuid.UUID, qualified: uuid.UUID
) -> None:
    stage.settings = replace(SETTINGS, majority_age=99)
    caller = connect(stage, ALICE)
    assert said(frcp) == ("retenue", "minor", "")
    stage.settings = SETTINGS
    patient.check(actor=alice, patient_id=qualified, through=patient.Through(stage.memory, caller))
    drain()
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert PatientFile.objects.get().guardians == ""


def test_somebody_asks_again_and_only_the_missing_step_is_done(
    stage: DmpStage, alice: User, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    stage.settings = replace(SETTINGS, confirm_reveal=True)
    stage.memory.authorisation = "VALIDE"
    connect(stage, BOB, DAN)
    pps = write_pps()
    assert views(stage) == ({"pps": 1}, {"frcp": 1, "pps": 1})
    assert said(frcp)[2] == "invisible au patient, à rendre visible : confirmer"
    share_again(actor=alice, document_id=pps)
    drain()
    assert views(stage) == ({"frcp": 1, "pps": 1}, {"frcp": 1, "pps": 1})
    assert (stage.memory.calls.count("TD2.1"), stage.memory.calls.count("TD3.3b")) == (2, 1)
    share_again(actor=alice, document_id=pps)
    drain()
    assert (stage.memory.calls.count("TD2.1"), stage.memory.calls.count("TD3.3b")) == (2, 1)


def test_somebody_asks_again_after_a_failure_and_after_a_removal(stage: DmpStage, alice: User, frcp: uuid.UUID) -> None:
    stage.memory.before.append(Refused("Structure inactive", cause="dmp_refused"))
    connect(stage, BOB)
    assert said(frcp)[:2] == ("echec", "dmp_refused")
    share_again(actor=alice, document_id=frcp)
    drain()
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    stage.memory.held[0].status = "Deleted"
    share_again(actor=alice, document_id=frcp)
    drain()
    assert (said(frcp)[2], len(stage.memory.held)) == ("retirée du DMP", 1)


def test_who_may_not_send_asks_nothing(stage: DmpStage, charlie: User, lea: User, frcp: uuid.UUID) -> None:
    with pytest.raises(documents.DocumentNotFound):
        share_again(actor=charlie, document_id=frcp)
    with pytest.raises(documents.ActionForbidden):
        share_again(actor=lea, document_id=frcp)
