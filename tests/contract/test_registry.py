"""The registry of the process is filled at start and then takes nothing more; a fresh one takes each thing once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.conf import settings

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.errors import ContractError
from dcc.contracts.event import Context, Event
from dcc.contracts.registry import Registry, current, use_registry
from dcc.contracts.testing import make_registry


@dataclass(frozen=True, slots=True)
class Told(Event):
    """Some event."""

    name: ClassVar[str] = "test.told"

    @property
    def subject(self) -> str:
        return "it"


def handler(event: Told, context: Context) -> None:
    """Nothing to do."""


JOB = ScheduledJob("job", lambda: None, timedelta(days=1))


def test_contracts_is_the_last_application() -> None:
    assert settings.INSTALLED_APPS[-1] == "dcc.contracts", "applications become ready in this order, and it freezes the registry"


def test_the_registry_of_the_process_refuses_late_registrations() -> None:
    with pytest.raises(ContractError, match="tardif"):
        current().subscribe(Told, handler, key="late")
    with pytest.raises(ContractError, match="tardif"):
        current().add(ScheduledJob, "late", JOB)
    assert current().subscription("late") is None


def test_a_registry_takes_each_key_once() -> None:
    registry = Registry()
    registry.add(ScheduledJob, "job", JOB)
    registry.subscribe(Told, handler, key="one")
    with pytest.raises(ContractError, match="déjà"):
        registry.add(ScheduledJob, "job", JOB)
    with pytest.raises(ContractError, match="existe déjà"):
        registry.subscribe(Told, handler, key="one")


def test_core_and_tests_put_their_own_registry_in_place() -> None:
    def register(registry: Registry) -> None:
        registry.subscribe(Told, handler, key="core.told")

    with use_registry(make_registry(register)) as registry:
        assert current() is registry
        found = current().subscription("core.told")
        assert found is not None
        assert (found.owner, found.event) == ("core", Told)
    assert current().subscription("core.told") is None
