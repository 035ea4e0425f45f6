"""The conformance suites pass on the demonstration plugin, and fail on what breaks a promise: each promise is broken once."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps

import tests.demo_plugin
from dcc.contracts import testing
from dcc.contracts.capabilities import Absent, Found, Unknowable
from dcc.contracts.events import Context, Event, FormPublished, Handler
from dcc.contracts.notices import Notice, Notices, Place
from dcc.contracts.plugin import PluginConfig, PluginMeta
from dcc.contracts.prefill import Candidate, PrefillRequest
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding, Package, ReadResult, Receipt, Recipient
from dcc.contracts.testing import MOMENT, make_artifact, make_registry, make_snapshot
from dcc.settings.plugins import PLUGINS as INSTALLED
from tests.demo_plugin import capabilities as demo
from tests.demo_plugin.apps import DemoConfig
from tests.demo_plugin.moods import Mood

WORKS = Mood.WORKS


class TestDemoRenderer(testing.RendererConformance):
    def make(self) -> demo.DemoRenderer:
        return demo.DemoRenderer(WORKS)


class TestDemoWrapper(testing.RendererConformance):
    def make(self) -> demo.DemoWrapper:
        return demo.DemoWrapper(WORKS)


class TestDemoReader(testing.ReaderConformance):
    def make(self) -> demo.DemoReader:
        return demo.DemoReader(WORKS)

    def samples(self) -> Sequence[bytes]:
        snapshot = make_snapshot(answers={"frcp.motif": "un", "frcp.liste": [1, 2, {"a": "é"}]})
        return [demo.DemoRenderer(WORKS).render(snapshot, {}, as_of=MOMENT).content]


class TestDemoTransport(testing.TransportConformance):
    def setup_method(self) -> None:
        self.transport = demo.DemoTransport(WORKS)

    def make(self) -> demo.DemoTransport:
        return self.transport

    def arrived(self, key: UUID) -> int:
        return int(key in self.transport.sent)


class TestDemoCheck(testing.CheckConformance):
    def make(self) -> demo.DemoCheck:
        return demo.DemoCheck(WORKS)

    def conformant(self) -> Sequence[Artifact]:
        return [make_artifact("demo-json", b'{"title": "x"}')]

    def faulty(self) -> Sequence[Artifact]:
        return [make_artifact("demo-json", b'{"title": ""}')]


class TestDemoReadiness(testing.ReadinessConformance):
    def make(self) -> demo.DemoReadiness:
        return demo.DemoReadiness(WORKS)


class TestDemoPrefill(testing.PrefillConformance):
    def make(self) -> demo.DemoPrefill:
        return demo.DemoPrefill(WORKS)

    def request(self) -> PrefillRequest:
        return PrefillRequest(UUID(int=1), "frcp", ["frcp.motif"])


class TestDemoDirectory(testing.DirectoryConformance):
    def make(self) -> demo.DemoDirectory:
        return demo.DemoDirectory(WORKS)


class TestDemoNotices(testing.NoticesConformance):
    def make(self) -> demo.DemoNotices:
        return demo.DemoNotices(WORKS)


class TestDemoVerifier(testing.VerifierConformance):
    def make(self) -> demo.DemoVerifier:
        return demo.DemoVerifier(WORKS)


class TestDemoHandler(testing.HandlerConformance):
    def setup_method(self) -> None:
        self.done: set[UUID] = set()

    def make(self) -> Handler:
        def handler(event: FormPublished, context: Context) -> None:
            self.done.add(context.delivery_id)

        return handler

    def event(self) -> Event:
        return FormPublished(form_key="frcp", number=1, sha256="0" * 64, at=MOMENT)

    def effects(self) -> object:
        return sorted(self.done)


class TestDemoPlugin(testing.PluginConformance):
    def plugin(self) -> PluginConfig:
        return DemoConfig("tests.demo_plugin", tests.demo_plugin)


PLUGINS = [config for config in apps.get_app_configs() if isinstance(config, PluginConfig)]
PROMISES = [name for name in dir(testing.PluginConformance) if name.startswith("test_")]


def test_installed_plugins_are_found() -> None:
    assert {config.name for config in PLUGINS} == set(INSTALLED)


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("config", PLUGINS, ids=lambda config: str(config.plugin.slug))
def test_every_installed_plugin_keeps_its_promises(config: PluginConfig, promise: str) -> None:
    class Suite(testing.PluginConformance):
        def plugin(self) -> PluginConfig:
            return config

        def beside(self) -> Sequence[PluginConfig]:
            return [other for other in PLUGINS if other is not config]

    getattr(Suite(), promise)()


# What follows breaks one promise each.


@dataclass(frozen=True)
class Clocked(demo.DemoRenderer):
    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        return make_artifact(self.format, str(time.monotonic_ns()).encode())


@dataclass(frozen=True)
class Renamed(demo.DemoRenderer):
    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        return make_artifact(self.format, b"same", identifier=replace(make_artifact().identifier, extension=str(uuid4())))  # type: ignore[type-var]  # never None here


@dataclass(frozen=True)
class Secretive(demo.DemoRenderer):
    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        return make_artifact(self.format, inputs["pdf-a1"].content)


@dataclass(frozen=True)
class Scribbling(demo.DemoRenderer):
    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        answers: Any = snapshot.answers
        answers["seen"] = True
        return make_artifact(self.format)


@dataclass(frozen=True)
class Boastful(demo.DemoRenderer):
    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return True


@dataclass(frozen=True)
class Wandering(demo.DemoRenderer):
    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        return make_artifact(self.format, filename="../" + "x")


@pytest.mark.parametrize(
    ("renderer", "promise"),
    [
        (Clocked(WORKS), "test_rendering_again_gives_the_same_bytes"),
        (Renamed(WORKS), "test_rendering_again_gives_the_same_bytes"),
        (Secretive(WORKS), "test_the_artifact_is_complete"),
        (Scribbling(WORKS), "test_the_snapshot_is_left_alone"),
        (Boastful(WORKS), "test_it_supports_its_own_and_not_a_stranger"),
        (Wandering(WORKS), "test_the_artifact_is_complete"),
        (demo.DemoRenderer(WORKS, inputs=("demo-json",)), "test_it_says_what_it_makes_and_embeds"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, demo.DemoRenderer) else "",
)
def test_a_renderer_that_breaks_a_promise_is_caught(renderer: demo.DemoRenderer, promise: str) -> None:
    class Suite(testing.RendererConformance):
        pause = 0.0

        def make(self) -> demo.DemoRenderer:
            return renderer

    with pytest.raises(AssertionError):
        getattr(Suite(), promise)()


@dataclass(frozen=True)
class Fragile(demo.DemoReader):
    def supports(self, head: bytes) -> bool:
        return bool(json.loads(head))

    def read(self, content: bytes) -> ReadResult:
        return super().read(json.dumps(json.loads(content)).encode())


@dataclass(frozen=True)
class Credulous(demo.DemoReader):
    def read(self, content: bytes) -> ReadResult:
        return ReadResult(replace(TestDemoReader().make().read(TestDemoReader().samples()[0]).header, title="lu"), None, {})


@dataclass(frozen=True)
class Leaking(demo.DemoReader):
    def read(self, content: bytes) -> ReadResult:
        result = TestDemoReader().make().read(TestDemoReader().samples()[0])
        return replace(result, answers={"leak": "root:x:0:0"})


@dataclass(frozen=True)
class Moody(demo.DemoReader):
    def read(self, content: bytes) -> ReadResult:
        result = super().read(content)
        return replace(result, answers={"now": next(_COUNT)})


_COUNT = itertools.count()


@pytest.mark.parametrize(
    ("reader", "promise"),
    [
        (Fragile(WORKS), "test_it_looks_at_any_head_without_raising"),
        (Fragile(WORKS), "test_hostile_files_are_refused"),
        (Fragile(WORKS), "test_damaged_files_are_read_or_refused"),
        (Credulous(WORKS), "test_hostile_files_are_refused"),
        (Leaking(WORKS), "test_damaged_files_are_read_or_refused"),
        (Moody(WORKS), "test_reading_again_gives_the_same"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, demo.DemoReader) else value,
)
def test_a_reader_that_breaks_a_promise_is_caught(reader: demo.DemoReader, promise: str) -> None:
    class Suite(TestDemoReader):
        def make(self) -> demo.DemoReader:
            return reader

    with pytest.raises((AssertionError, ValueError)):
        getattr(Suite(), promise)()


class Doubling(demo.DemoTransport):
    def send(self, package: Package, recipient: Recipient, *, key: UUID, session: object | None = None) -> Receipt:
        self.sent[uuid4()] = receipt = Receipt(str(uuid4()), MOMENT)
        return receipt

    def find(self, key: UUID) -> Found | Absent | Unknowable:
        return Absent()


@pytest.mark.parametrize(
    "promise", ["test_a_key_is_sent_once", "test_two_keys_are_two_packages", "test_find_settles_an_unknown_outcome"]
)
def test_a_transport_that_breaks_a_promise_is_caught(promise: str) -> None:
    suite = TestDemoTransport()
    suite.transport = Doubling(WORKS)
    with pytest.raises(AssertionError):
        getattr(suite, promise)()


@dataclass(frozen=True)
class Terse(demo.DemoCheck):
    def check(self, artifact: Artifact) -> Sequence[Finding]:
        return [Finding("x", "error", "Erreur")]


def test_a_check_that_breaks_a_promise_is_caught() -> None:
    class Suite(TestDemoCheck):
        def make(self) -> demo.DemoCheck:
            return Terse(WORKS)

    for promise in ("test_what_is_conformant_passes", "test_what_is_faulty_is_found"):
        with pytest.raises(AssertionError):
            getattr(Suite(), promise)()


@dataclass(frozen=True)
class Anonymous(demo.DemoPrefill):
    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        return [replace(c, origin_id="") for c in super().candidates(request)]


@dataclass(frozen=True)
class Insistent(demo.DemoPrefill):
    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        return super().candidates(replace(request, question_keys=["frcp.motif"]))


@dataclass(frozen=True)
class Repeating(demo.DemoPrefill):
    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        return [*super().candidates(request), *super().candidates(request)]


@dataclass(frozen=True)
class Filling(demo.DemoPrefill):
    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        answers: Any = request.answers
        answers["frcp.motif"] = "Repris"
        return super().candidates(request)


@pytest.mark.parametrize(
    ("source", "promise"),
    [
        (demo.DemoPrefill(WORKS, title=" "), "test_it_has_a_title"),
        (Anonymous(WORKS), "test_candidates_answer_the_request_and_name_their_origin"),
        (Insistent(WORKS), "test_nothing_asked_nothing_proposed"),
        (Repeating(WORKS), "test_each_candidate_is_found_again"),
        (Filling(WORKS), "test_the_request_is_left_alone"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, demo.DemoPrefill) else value,
)
def test_a_source_that_breaks_a_promise_is_caught(source: demo.DemoPrefill, promise: str) -> None:
    class Suite(TestDemoPrefill):
        def make(self) -> demo.DemoPrefill:
            return source

    with pytest.raises(AssertionError):
        getattr(Suite(), promise)()


@dataclass(frozen=True)
class Spoken(demo.DemoNotices):
    said: Notice = field(default_factory=lambda: Notice("Démonstration"))

    def notices(self, place: Place) -> Notices:
        return Notices([self.said])


@dataclass(frozen=True)
class Counting(demo.DemoNotices):
    def notices(self, place: Place) -> Notices:
        return Notices([Notice(f"Appel numéro {next(_COUNT)}")])


@pytest.mark.parametrize(
    ("source", "promise"),
    [
        (Spoken(WORKS, Notice("Seul")), "test_notices_are_sentences_with_their_gesture"),
        (Spoken(WORKS, Notice("Deux mots", url="/x/")), "test_notices_are_sentences_with_their_gesture"),
        (
            Spoken(WORKS, Notice("Deux mots", url="https://ailleurs.fr/", action="Y")),
            "test_notices_are_sentences_with_their_gesture",
        ),
        (Spoken(WORKS, Notice("Deux mots", posts=True)), "test_notices_are_sentences_with_their_gesture"),
        (Counting(WORKS), "test_every_page_is_answered_alike_each_time"),
    ],
)
def test_notices_that_break_a_promise_are_caught(source: demo.DemoNotices, promise: str) -> None:
    class Suite(TestDemoNotices):
        def make(self) -> demo.DemoNotices:
            return source

    with pytest.raises(AssertionError):
        getattr(Suite(), promise)()


class Nameless(DemoConfig):
    plugin = PluginMeta(slug="other", title="Autre", version="1", contract=99)


@pytest.mark.parametrize("promise", ["test_it_says_who_it_is", "test_its_keys_are_its_own"])
def test_a_plugin_that_breaks_a_promise_is_caught(promise: str) -> None:
    class Suite(testing.PluginConformance):
        def plugin(self) -> PluginConfig:
            return Nameless("tests.demo_plugin", tests.demo_plugin)

    with pytest.raises(AssertionError):
        getattr(Suite(), promise)()


def test_a_cycle_of_formats_is_found() -> None:
    from dcc.contracts.capabilities import Renderer

    def register(registry: Registry) -> None:
        registry.add(Renderer, "a", demo.DemoRenderer(WORKS, "a", ["b"]))
        registry.add(Renderer, "b", demo.DemoRenderer(WORKS, "b", ["c", "d"]))
        registry.add(Renderer, "c", demo.DemoRenderer(WORKS, "c", ["a"]))

    assert testing.format_cycle(make_registry(register)) == ["a", "b", "c", "a"]
    assert testing.format_cycle(make_registry()) == []


def test_hostile_files_are_the_same_each_time_and_touch_nothing() -> None:
    names = [name for name, _ in testing.hostile_files()]
    assert len(names) == len(set(names)) > 20
    assert [c for _, c in testing.mutations_of(b"x" * 999)] == [c for _, c in testing.mutations_of(b"x" * 999)]
    assert os.path.exists("/etc/passwd"), "the leak that the suites look for exists on this machine"
