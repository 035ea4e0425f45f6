"""The stage of deposits whose DMP is the stand-in, reached by a way on which things happen."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest

from dcc.accounts.api import User
from dcc.contracts.registry import use_registry
from forms_config.api import PublishedForm
from plugins.dmp.deposits.tests.conftest import dan, qualified
from tests.dmp.deposits.stage import SandboxStage
from tests.dmp.fixtures import RunningDmp
from tests.faults.dmp.campaign import Campaign
from tests.faults.dmp.faulty import TIMEOUT, FaultyDmp, FaultyWay

__all__ = ["dan", "qualified"]
SEED = 20261128


@pytest.fixture
def stage(running_dmp: RunningDmp) -> Iterator[SandboxStage]:
    """Nobody is connected."""
    made = SandboxStage(running_dmp, lambda settings: FaultyDmp(settings, running_dmp))
    made.settings = replace(made.settings, timeout_seconds=TIMEOUT)
    with use_registry(made.registry):
        yield made


@pytest.fixture
def people(alice: User, bob: User, dan: User) -> dict[str, User]:
    """Who write and validate, by their names."""
    return {user.username: user for user in (alice, bob, dan)}


@pytest.fixture
def campaign(
    stage: SandboxStage, people: dict[str, User], qualified: uuid.UUID, pps_form: PublishedForm, configuration: None
) -> Campaign:
    """Everybody is connected; the worker works in this process."""
    for national_id in ("810000000001", "810000000002", "810000000012"):
        stage.connect(national_id)
    way = FaultyWay(cast("FaultyDmp", stage.reached))
    return Campaign(stage, way, people, qualified, random.Random(SEED))  # noqa: S311  (repeatable, not secret)
