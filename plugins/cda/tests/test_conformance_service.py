"""The conformance process: what travels, who is answered what, and what the rest of the house sees of it."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings
from pytest_django.fixtures import Settings

from dcc.contracts.capabilities import ConformanceCheck, Service
from dcc.contracts.errors import NotConfigured, Refused, RetryLater
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import Artifact, Finding
from dcc.contracts.testing import CheckConformance
from plugins.cda.conformance import checker, client, server
from plugins.cda.conformance.capability import KitCheck, OwnCheck, register_conformance
from plugins.cda.conformance.checker import Report
from plugins.cda.conformance.client import CheckCrashed
from plugins.cda.conformance.protocol import (
    MAX_JSON,
    ProtocolError,
    receive,
    report_from_json,
    report_to_json,
    send,
    socket_path,
)
from plugins.cda.conformance.server import AlreadyRunning, Server
from tests.faults.host import wait_for
from tests.fixtures import kit_dir

DOCUMENT = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.3.6.1.4.1.19376.1.2.20"/></ClinicalDocument>'
BAD_DATE = DOCUMENT.replace(b"</Clin", b'<effectiveTime value="20250230"/></Clin')


def artifact(content: bytes = DOCUMENT) -> Artifact:
    return Artifact("cda-n1", "text/xml", content, "document.xml")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        one.settimeout(60)
        other.settimeout(60)
        yield one, other


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Path:
    """A host of its own, without any kit, that asks its conformance process."""
    settings.DATA_DIR = tmp_path
    settings.KIT_DIR = tmp_path / "no-kit"
    settings.DCC_CONFORMANCE_IN_PROCESS = False
    return socket_path()


@contextlib.contextmanager
def running(path: Path) -> Iterator[Server]:
    one = Server(path)
    thread = threading.Thread(target=one.serve)
    thread.start()
    try:
        assert one.ready.wait(60)
        yield one
    finally:
        one.stop()
        thread.join(60)
        assert not thread.is_alive()


def test_frames_go_and_come_whole(pair: tuple[socket.socket, socket.socket]) -> None:
    one, other = pair
    body = bytes(range(256)) * 4000
    thread = threading.Thread(target=send, args=(one, {"do": "check", "é": 1}, body))
    thread.start()
    assert receive(other) == ({"do": "check", "é": 1}, body)
    thread.join()


@pytest.mark.parametrize(
    "wire",
    [
        b"\x00",
        struct.pack("!II", 5, 0) + b"{}",
        struct.pack("!II", MAX_JSON + 1, 0),
        struct.pack("!II", 2, 2**32 - 1) + b"{}",
        struct.pack("!II", 3, 0) + b"{x}",
        struct.pack("!II", 2, 0) + b"[]",
    ],
)
def test_what_is_not_a_frame_is_refused(pair: tuple[socket.socket, socket.socket], wire: bytes) -> None:
    one, other = pair
    one.sendall(wire)
    one.close()
    with pytest.raises(ProtocolError):
        receive(other)


def test_reports_survive_the_journey() -> None:
    report = Report("VSM", ("XSD",), (Finding("a", "warning", "é", "frcp.x", None, "/a", "IHE"),), 0.5)
    assert report_from_json(report_to_json(report)) == report
    for wrong in ({}, {**report_to_json(report), "findings": [{"nope": 1}]}):
        with pytest.raises(ProtocolError):
            report_from_json(wrong)


def test_nobody_there_means_later(place: Path, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(RetryLater, match="ne répond pas"):
        client.health()
    place.parent.mkdir()
    place.write_text("not a socket", encoding="ascii")
    with pytest.raises(RetryLater):
        client.health()


def test_a_process_that_dies_while_it_answers_means_later(place: Path) -> None:
    place.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(place))
        listener.listen(1)

        def hang_up() -> None:
            connection, _ = listener.accept()
            receive(connection)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(RetryLater):
            client.health()
        thread.join()


def test_without_kit_it_answers_and_says_so(place: Path) -> None:
    with running(place):
        assert client.health() | {"pid": 0, "uptime": 0, "rss_mb": 0} == {
            "pid": 0,
            "ready": True,
            "kit": "",
            "checks": 0,
            "uptime": 0,
            "rss_mb": 0,
        }
        with pytest.raises(NotConfigured, match="install_kit"):
            KitCheck().check(artifact())
        assert place.stat().st_mode & 0o777 == 0o600


def test_own_assertions_need_neither_kit_nor_process(place: Path) -> None:
    assert OwnCheck().check(artifact()) == ()
    (found,) = OwnCheck().check(artifact(BAD_DATE))
    assert (found.code, found.level) == ("own.date", "error")
    with pytest.raises(Refused):
        OwnCheck().check(artifact(b"<html/>"))


class TestOwnCheck(CheckConformance):
    """The suite of the contract."""

    def make(self) -> ConformanceCheck:
        return OwnCheck()

    def conformant(self) -> list[Artifact]:
        return [artifact()]

    def faulty(self) -> list[Artifact]:
        return [artifact(BAD_DATE), artifact(b"\xef\xbb\xbf" + DOCUMENT)]


@pytest.mark.kit
class TestKitCheck(CheckConformance):
    """The suite of the contract, in process."""

    def make(self) -> ConformanceCheck:
        return KitCheck()

    def conformant(self) -> list[Artifact]:
        return [artifact((kit_dir() / "ExemplesCDA" / "DOC_NON_STRUCTURE_CDA-R2-N1.xml").read_bytes())]

    def faulty(self) -> list[Artifact]:
        return [artifact()]


def test_only_one_process_per_host(place: Path) -> None:
    with running(place):
        with pytest.raises(AlreadyRunning):
            Server(place).serve()
        with pytest.raises(CommandError, match="déjà en service"):
            call_command("conformance")
        assert client.health()["ready"]


def test_a_socket_left_behind_locks_nobody_out(place: Path) -> None:
    place.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(place))
    with running(place):
        assert client.health()["ready"]
    assert not place.exists()


def test_nonsense_does_not_stop_it(place: Path) -> None:
    with running(place):
        for wire in (b"GET / HTTP/1.1\r\n\r\n", b"", struct.pack("!II", 2, 0) + b"{}"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
                stranger.connect(str(place))
                stranger.sendall(wire)
        assert client.health()["ready"]


def test_a_bug_is_shown_as_a_bug(place: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def crash(*_: object, **__: object) -> Report:
        raise ZeroDivisionError

    monkeypatch.setattr(server, "check_content", crash)
    monkeypatch.setattr(server, "current_checker", lambda: None)
    monkeypatch.setattr(client, "current_kit", lambda: None)
    with running(place), pytest.raises(CheckCrashed, match="ZeroDivisionError"):
        client.check(DOCUMENT, strict=False)


def test_many_clients_at_once_are_all_answered(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = checker.check_content
    busy = threading.Semaphore(1)

    def alone(content: bytes, _checker: object, *, strict: bool, own: bool) -> Report:
        assert busy.acquire(blocking=False), "two checks at the same time"
        time.sleep(0.01)
        try:
            return real(content, None, strict=strict, own=own)
        finally:
            busy.release()

    monkeypatch.setattr(server, "check_content", alone)
    monkeypatch.setattr(server, "current_checker", lambda: None)
    monkeypatch.setattr(client, "current_kit", lambda: None)
    found: list[int] = []
    with running(place) as one:
        content = [DOCUMENT, BAD_DATE] * 10

        def ask(one_document: bytes) -> None:
            found.append(len(client.check(one_document, strict=True).findings))

        threads = [threading.Thread(target=ask, args=(one_document,)) for one_document in content]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.checks == len(content)
    assert sorted(found) == [0] * 10 + [1] * 10


@pytest.fixture
def kit() -> Path:
    return kit_dir()


@pytest.mark.kit
def test_a_check_through_the_process(kit: Path, place: Path, settings: Settings) -> None:
    settings.KIT_DIR = kit
    sample = (kit / "ExemplesCDA" / "DOC_NON_STRUCTURE_CDA-R2-N1.xml").read_bytes()
    with running(place):
        assert client.health()["kit"] == "cda-kit"
        assert KitCheck().check(artifact(sample)) == ()
        damaged = sample.replace(b'<realmCode code="FR"/>', b"")
        found = KitCheck().check(artifact(damaged))
        assert {one.source for one in found} >= {"ASIP-STRUCT-MIN-StrucMin"}
        assert {one.level for one in found} == {"error"}
        assert all(one.source != "OncoDCC" for one in found)
        report = client.check(sample, strict=False)
        assert (report.volet, report.conformant) == ("CDA R2 N1", True)
        with pytest.raises(Refused, match="html"):
            client.check(b"<html/>", strict=False)


def test_what_the_plugin_offers() -> None:
    registry = Registry()
    register_conformance(registry)
    assert registry.keys(ConformanceCheck) == ("cda-kit", "cda-assertions")
    assert all(tuple(one.formats) == ("cda-n3", "cda-n1") for one in registry.all(ConformanceCheck))
    (service,) = registry.all(Service)
    assert (service.key, list(service.command)) == ("conformance", ["conformance"])


def test_health_from_the_shell(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="ne répond pas"):
        call_command("conformance", "--health")
    with running(place):
        call_command("conformance", "--health")
    assert '"ready": true' in capsys.readouterr().out


def test_a_data_dir_too_deep_for_a_socket_is_said(tmp_path: Path) -> None:
    with override_settings(DATA_DIR=tmp_path / ("x" * 120)):
        with pytest.raises(CommandError, match="too long"):
            call_command("conformance")
        with pytest.raises(RetryLater):
            client.health()


ENDLESS = """
import sys, threading, time
from pathlib import Path
import django
django.setup()
from plugins.cda.conformance import server
server.CHECK_SECONDS = 1.0
server.current_checker = lambda: None
server.check_content = lambda *_, **__: time.sleep(60)
one = server.Server(Path(sys.argv[1]), watchdog=True)
threading.Timer(30, one.stop).start()
one.serve()
"""


def test_a_check_without_end_ends_the_process(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker starts another one; the delivery that waited for this answer is tried again."""

    def answers() -> bool:
        with contextlib.suppress(RetryLater):
            return bool(client.health())
        return False

    monkeypatch.setattr(client, "current_kit", lambda: None)
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dcc.settings.test", "PYTHONPATH": f"{root}:{root / 'site'}"}
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(place)], cwd=root, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for("a process that answers", answers, every=0.1)
        with pytest.raises(RetryLater):
            client.check(DOCUMENT, strict=True)
        assert process.wait(60) == 1
    finally:
        process.kill()
        process.wait()


def test_a_bloated_process_ends_after_its_answer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = [100.0]
    monkeypatch.setattr(server, "resident_mb", lambda: size[0])
    one = Server(place, watchdog=True)
    thread = threading.Thread(target=one.serve)
    thread.start()
    assert one.ready.wait(60)
    # Before anything is asked: after each answer the process looks at its size in its own time.
    size[0] = server.MAX_MB + 1
    assert client.health()["rss_mb"] == size[0]
    thread.join(60)
    assert not thread.is_alive()
    with pytest.raises(RetryLater):
        client.health()
