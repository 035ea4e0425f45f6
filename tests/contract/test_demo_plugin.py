"""The demonstration plugin touches every extension point; in each mood the outbox and the core get what the contract says."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

import tests.demo_plugin
from dcc.accounts.models import User
from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.errors import ContractError, DeliveryError
from dcc.contracts.events import DocumentValidated
from dcc.contracts.plugin import CONTRACT, PluginMeta
from dcc.contracts.registry import KINDS, Registry, use_registry
from dcc.contracts.testing import make_registry, make_snapshot
from dcc.documents import api as documents
from dcc.events.api import Reason, State, drain, publish, run_due_jobs, sweep
from dcc.events.models import Delivery, Job
from dcc.urls import plugin_pages
from tests.demo_plugin import capabilities as demo
from tests.demo_plugin.apps import DemoConfig
from tests.demo_plugin.events import NOTES
from tests.demo_plugin.moods import SECRET, Mood


def demo_plugin() -> DemoConfig:
    """The plugin, not installed."""
    return DemoConfig("tests.demo_plugin", tests.demo_plugin)


@pytest.fixture(autouse=True)
def _no_notes() -> Iterator[None]:
    NOTES.clear()
    yield
    NOTES.clear()


def registry_in(mood: Mood, settings: Settings) -> Registry:
    settings.DCC_PLUGIN_SETTINGS = {"demo": {"mood": mood.value}}
    return make_registry(demo_plugin())


def validate(document: uuid.UUID) -> None:
    with transaction.atomic():
        publish(
            DocumentValidated(document_id=document, version_id=document, document_type="frcp", at=timezone.now(), actor_id=None)
        )


def test_every_extension_point_is_exercised(settings: Settings) -> None:
    registry = registry_in(Mood.WORKS, settings)
    assert [kind.__name__ for kind in KINDS if not registry.keys(kind)] == []
    assert [s.owner for s in registry.subscriptions(DocumentValidated)] == ["demo"]


@pytest.mark.parametrize(
    ("mood", "state", "code"),
    [
        (Mood.WORKS, State.DONE, Reason.NONE),
        (Mood.RETRY_LATER, State.WAITING, Reason.RETRY_LATER),
        (Mood.REFUSED, State.REFUSED, Reason.REFUSED),
        (Mood.NOT_CONFIGURED, State.BLOCKED, Reason.NOT_CONFIGURED),
        (Mood.NEEDS_SESSION, State.WAITING, Reason.NEEDS_SESSION),
        (Mood.CRASHES, State.CRASHED, Reason.BUG),
    ],
)
def test_an_event_in_each_mood(
    db: None, settings: Settings, caplog: pytest.LogCaptureFixture, mood: Mood, state: State, code: Reason
) -> None:
    document = uuid.uuid4()
    with use_registry(registry_in(mood, settings)), caplog.at_level(logging.DEBUG):
        validate(document)
        drain()
    delivery = Delivery.objects.get(key="demo.validated")
    assert (delivery.state, delivery.reason_code) == (state, code)
    assert ([f"document.validated {document}"] if mood is Mood.WORKS else []) == NOTES
    assert SECRET not in caplog.text + delivery.reason


def test_switched_off_and_on_again(db: None, settings: Settings) -> None:
    document = uuid.uuid4()
    with use_registry(registry_in(Mood.WORKS, settings)):
        validate(document)
    with use_registry(make_registry()):
        drain()
    assert Delivery.objects.get().state == State.BLOCKED
    with use_registry(registry_in(Mood.WORKS, settings)):
        sweep()
        drain()
    assert [f"document.validated {document}"] == NOTES


@pytest.mark.parametrize("mood", Mood)
def test_a_capability_in_each_mood(settings: Settings, mood: Mood) -> None:
    check = demo.DemoReadiness(mood)
    match mood:
        case Mood.WORKS:
            assert [f.code for f in check.check(make_snapshot())] == ["demo.empty"]
        case Mood.CRASHES:
            with pytest.raises(ValueError, match="DUPONT"):
                check.check(make_snapshot())
        case _:
            with pytest.raises(DeliveryError):
                check.check(make_snapshot())


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        (Mood.WORKS, ""),
        (Mood.RETRY_LATER, "Service occupé"),
        (Mood.NOT_CONFIGURED, "Certificat absent"),
        (Mood.CRASHES, "erreur interne, signalée à l'exploitation"),
    ],
)
def test_a_prefill_source_in_each_mood(
    settings: Settings, alice: User, pps_id: uuid.UUID, mood: Mood, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with use_registry(registry_in(mood, settings)):
        found = documents.candidates(alice, pps_id)
    assert {f.reason for f in found.failures} == ({reason} if reason else set()), "prefill source and documents elsewhere alike"
    assert bool(found.proposals) == (mood is Mood.WORKS)
    assert not [p for p in found.proposals if p.chosen_beforehand], "rien de clinique n'est choisi d'avance"
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("mood", "failure"), [(Mood.WORKS, ""), (Mood.REFUSED, "Refused, "), (Mood.CRASHES, "ValueError, ")])
def test_a_job_in_each_mood(db: None, settings: Settings, mood: Mood, failure: str) -> None:
    with use_registry(registry_in(mood, settings)) as registry:
        assert registry.keys(ScheduledJob) == ("demo.hourly",)
        assert run_due_jobs() == 1
    job = Job.objects.get(key="demo.hourly")
    assert job.failure.startswith(failure)
    assert bool(job.failure) == bool(failure)
    assert SECRET not in job.failure


def test_pages_of_a_plugin_are_served_under_its_slug(settings: Settings) -> None:
    with use_registry(registry_in(Mood.WORKS, settings)):
        (pages,) = plugin_pages()
    found = pages.resolve("plugins/demo/")
    assert found is not None
    assert (found.namespace, found.url_name) == ("demo", "home")
    with use_registry(make_registry()):
        assert plugin_pages() == []


@pytest.mark.parametrize("values", [{"mood": "angry"}, {"humour": "works"}])
def test_wrong_settings_are_a_problem_at_start(settings: Settings, values: dict[str, str]) -> None:
    settings.DCC_PLUGIN_SETTINGS = {"demo": values}
    assert len(demo_plugin().problems()) == 1
    with pytest.raises(ContractError):
        demo_plugin().settings()


def test_another_contract_is_a_problem_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoConfig, "plugin", PluginMeta("demo", "Démonstration", "1.0", contract=CONTRACT + 1))
    assert demo_plugin().problems() == [f"écrit pour le contrat {CONTRACT + 1}, la plateforme parle le contrat {CONTRACT}"]
