"""Minors while the DMP has no functions for them (EX_GEN-1540): nothing is asked, nothing is hidden from who represents them."""

from __future__ import annotations

import uuid
from dataclasses import replace

from plugins.dmp.apps import DmpSettings
from plugins.dmp.deposits.tests.conftest import BOB, DAN, WritePps
from plugins.dmp.deposits.tests.stage import SETTINGS, DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect, said


def test_they_are_as_adults(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    stage.settings = replace(SETTINGS, majority_age=99, minors=False)
    stage.memory.authorisation = "VALIDE"
    connect(stage, BOB, DAN)
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert [stage.memory.codes(held) for held in stage.memory.held] == [{"INVISIBLE_PATIENT"}]
    write_pps()
    assert [stage.memory.codes(held) for held in stage.memory.held] == [set(), set()]


def test_the_age_is_that_of_the_settings() -> None:
    assert [DmpSettings(majority_age=age, minors=on).minority for age, on in ((18, True), (21, True), (18, False))] == [18, 21, 0]
