"""Each gesture on a patient's DMP, and what the platform does of itself there, is in the journal: who, on whom, which words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.events.api import drain
from plugins.dmp.deposits.minors import choose_for_guardians
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.tests.conftest import ALICE, DAN, WritePps
from plugins.dmp.deposits.tests.stage import DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect
from plugins.dmp.patient import services

Gesture = Callable[[User, uuid.UUID, services.Through], Any]
WORDS = "Ce que le patient a dit"


def accepted(actor: User, patient: uuid.UUID, _way: services.Through) -> None:
    """An opposition is lifted once there is one."""
    services.oppose(actor=actor, patient_id=patient, reason=WORDS)
    services.accept(actor=actor, patient_id=patient, reason=WORDS)


GESTURES: dict[str, Gesture] = {
    "dmp.checked": lambda actor, patient, way: services.check(actor=actor, patient_id=patient, through=way),
    "dmp.authorised": lambda actor, patient, way: services.authorise(actor=actor, patient_id=patient, through=way, words=WORDS),
    "dmp.withdrawn": lambda actor, patient, way: services.withdraw(actor=actor, patient_id=patient, through=way),
    "dmp.opposed": lambda actor, patient, _way: services.oppose(actor=actor, patient_id=patient, reason=WORDS),
    "dmp.accepted": accepted,
    "dmp.guardians": lambda actor, patient, _way: choose_for_guardians(actor=actor, patient_id=patient, see=False, reason=WORDS),
}


def traced(action: str, patient_id: uuid.UUID) -> list[audit.Trace]:
    """What the journal says of a patient under that name."""
    return [trace for trace in audit.traces(patient_id=patient_id) if trace.action == action]


@pytest.mark.parametrize("action", GESTURES)
def test_each_gesture_is_traced_once_without_its_words(stage: DmpStage, alice: User, qualified: uuid.UUID, action: str) -> None:
    way = services.Through(stage.memory, stage.caller(ALICE))
    GESTURES[action](alice, qualified, way)
    (trace,) = traced(action, qualified)
    assert (trace.actor_id, trace.subject) == (alice.pk, f"patient:{qualified}")
    assert WORDS not in str(trace.facts), "what a patient said stands with his declarations, not in the journal"


def test_sharing_again_and_showing_an_frcp_are_traced(
    stage: DmpStage, alice: User, qualified: uuid.UUID, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, ALICE)
    stage.settings = replace(stage.settings, confirm_reveal=True)
    stage.memory.authorisation = "VALIDE"
    connect(stage, DAN)
    pps = write_pps()
    assert traced("dmp.revealed", qualified) == []
    share_again(actor=alice, document_id=pps)
    drain()
    (asked,), (revealed,) = traced("dmp.share_asked", qualified), traced("dmp.revealed", qualified)
    assert (asked.actor_id, asked.subject) == (alice.pk, f"document:{pps}")
    assert (revealed.actor_id, revealed.subject) == (None, f"document:{frcp}")
    assert revealed.facts.keys() == {"transmission"}
