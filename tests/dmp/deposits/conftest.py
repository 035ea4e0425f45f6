"""The people of the plugin's own tests, on a stage whose DMP is the stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dcc.contracts.registry import use_registry
from plugins.dmp.deposits.tests.conftest import carla, dan, frcp, qualified, write_pps
from tests.dmp.deposits.stage import SandboxStage
from tests.dmp.fixtures import RunningDmp

__all__ = ["carla", "dan", "frcp", "qualified", "stage", "write_pps"]


@pytest.fixture
def stage(running_dmp: RunningDmp) -> Iterator[SandboxStage]:
    """Nobody is authorised at first."""
    made = SandboxStage(running_dmp)
    made.authorise("NON_EXISTE")
    with use_registry(made.registry):
        yield made
