"""In which order the DMP is called: existence before each deposit, what is replaced just before it (EX_3.1-1090)."""

from __future__ import annotations

import uuid

from dcc.accounts.api import User
from plugins.dmp.deposits.tests.conftest import ALICE, DAN, WritePps, amend
from plugins.dmp.deposits.tests.stage import DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect


def calls(stage: DmpStage) -> list[str]:
    """Those made since the last time."""
    made, stage.memory.calls = stage.memory.calls, []
    return made


def test_each_step_asks_first_what_it_depends_on(
    stage: DmpStage, carla: User, dan: User, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, ALICE)
    assert calls(stage) == ["TD0.2", "TD2.1"], "a first deposit replaces nothing: no search"
    stage.memory.authorisation = "VALIDE"
    connect(stage, DAN)
    pps = write_pps()
    assert calls(stage) == ["TD0.2", "TD2.1", "TD0.2", "TD3.1a", "TD3.3b"], "the PPS, then what is read before it is changed"
    amend(carla, dan, pps)
    assert calls(stage) == ["TD0.2", "TD3.1b", "TD2.1"]
