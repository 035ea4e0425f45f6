"""Every document reaches each of its recipients exactly once, whatever fails (issue 7, « Shown by » 3)."""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.host import MANAGE, Host, host_on, living_host, wait_for
from tests.faults.mss.apps import STEPS
from tests.faults.mss.cluster import Cluster, own_cluster
from tests.faults.mss.front import Front
from tests.faults.mss.queueing import address_of
from tests.faults.mss.work import Sendings, variables
from tests.faults.test_worker import base
from tests.faults.traps import set_trap
from tests.mailservers import MailServers
from tests.proofs.recorder import Proof

pytestmark = [
    pytest.mark.database,
    # Lines are cut on purpose, within TLS too: asyncio tells what it could not close when it is collected.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PASSING = [
    "slow",
    "mail_421",
    "rcpt_451",
    "rcpt_452",
    "data_451",
    "cut_at_mail",
    "cut_at_data",
    "cut_in_data",
    "end_451",
    "lost_dot",
]
"""Faults after which the platform goes on by itself."""
FINAL = ["rcpt_550", "end_554"]
"""Those that a person answers by « relancer »."""


@pytest.fixture(scope="module")
def stage(_mail_servers: MailServers, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Sendings]:
    """A host that sends over the front. On PostgreSQL the database server is its own too: it can be restarted."""
    front = Front(_mail_servers)
    front.start()
    with _host(tmp_path_factory.mktemp("host"), variables(_mail_servers, front.port)) as host:
        work = Sendings(host, front, _mail_servers)
        try:
            work.validate(0)
            yield work
        finally:
            work.close()
            front.stop()


@pytest.fixture(autouse=True)
def _collect_cut_lines() -> Iterator[None]:
    """What was cut is collected here, not in a test of something else."""
    yield
    gc.collect()


@pytest.fixture
def sendings(stage: Sendings, mail_servers: MailServers) -> Iterator[Sendings]:
    """The host, its worker running."""
    stage.host.start()
    yield stage
    if stage.host.worker is not None and stage.host.worker.poll() is None:
        stage.host.stop()


def test_each_recipient_gets_each_document_once(sendings: Sendings) -> None:
    front = sendings.front
    chance = random.Random(7)  # noqa: S311  (repeatable, not secret)
    front.faults.extend(chance.sample([*PASSING, *FINAL, "unanswered_dot"], 13))
    told = [set_trap(sendings.host.folder, step) for step in ("after_claim", "in_data", "after_250")]
    sendings.validate(12)
    sendings.settle(seconds=300)
    sendings.servers.wait_until_idle()
    assert [path.name for path in told if path.exists()] == []
    assert sendings.faults() == []
    assert sendings.doubles() == sendings.excused().total() == 2, (
        "one final dot was not answered, one answer died with who read it"
    )
    assert not front.faults


def drained(work: Sendings, number: int) -> tuple[list[int], float]:
    """Queue one document for many boxes, let two workers drain the queue; what each did, and seconds."""
    work.queue(number)
    begun = time.monotonic()
    command = (MANAGE, "worker", "--once", "--no-services")
    drains = [work.host.spawn(*command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [drain.communicate(timeout=7200)[0] for drain in drains]
    assert [drain.returncode for drain in drains] == [0, 0], outputs
    seconds = time.monotonic() - begun
    work.servers.wait_until_idle(seconds=300)
    came = Counter(len(work.servers.raw(address_of(turn))) for turn in range(number))
    assert came == {1: number}
    states = work.host.rows("SELECT state, attempts FROM exchange_transmission WHERE recipient_key LIKE 'essai:%'")
    assert Counter(states) == {("envoyee", 1): number}
    return [int(word) for out in outputs for word in out.split() if word.isdigit()], seconds


def test_two_workers_send_each_once(stage: Sendings, mail_servers: MailServers) -> None:
    stage.validate(1)
    done, _seconds = drained(stage, 24)
    assert sum(done) >= 24


QUEUED = 10_000


@pytest.mark.prove
def test_ten_thousand_queued(mail_servers: MailServers, tmp_path: Path, proof: Proof) -> None:
    with own_cluster() as cluster, host_on(cluster.url, tmp_path, variables(mail_servers, mail_servers.places.smtp)) as host:
        work = Sendings(host, Front(mail_servers), mail_servers)
        try:
            work.validate(1)
            done, seconds = drained(work, QUEUED)
        finally:
            work.close()
    figures = {
        "transmissions en file": QUEUED,
        "envoyées, chacune une fois dans sa boîte": QUEUED,
        "livraisons faites par chaque processus": ", ".join(map(str, done)),
        "durée": f"{seconds:.0f} s, soit {QUEUED / seconds:.0f} par seconde",
    }
    proof.record(issue=7, title="File de 10 000 transmissions vidée par deux workers (PostgreSQL)", figures=figures)


ROUNDS, DOCUMENTS, SEED = 50, 10, 20261128
FAULTS_OF_A_ROUND = 5


@pytest.mark.prove
def test_five_hundred_documents(sendings: Sendings, proof: Proof) -> None:
    front = sendings.front
    chance = random.Random(SEED)  # noqa: S311  (repeatable, not secret)
    happenings = [*(f"kill -9 {step}" for step in STEPS), "serveur arrêté", "Postfix arrêté", "processus principal tué"]
    if connection.vendor == "postgresql":
        happenings.append("base redémarrée")
    drawn: Counter[str] = Counter()
    begun = time.monotonic()
    for number in range(ROUNDS):
        faults = chance.sample([*PASSING, *FINAL, "unanswered_dot"], FAULTS_OF_A_ROUND)
        front.faults.extend(faults)
        happening = happenings[number % len(happenings)]
        drawn.update([*faults, happening])
        with happens(happening, sendings):
            sendings.validate(DOCUMENTS)
        sendings.settle(seconds=900)  # a delivery that loses its database waits for the end of its lease, five minutes
    sendings.servers.wait_until_idle()
    assert sendings.faults() == []
    assert sendings.doubles() <= sendings.excused().total()
    assert not list(sendings.host.folder.glob("kill-*"))
    figures = {
        "graine": SEED,
        "documents validés": sendings.validated,
        "transmissions, chacune dans la boîte de son destinataire": len(sendings.lines()),
        "perdues": 0,
        "points finals dont la réponse a été perdue (journal du serveur, processus tués)": sendings.excused().total(),
        "remises deux fois pour cette cause, sous le même Message-ID": sendings.doubles(),
        "remises deux fois pour une autre cause": 0,
        "durée": f"{time.monotonic() - begun:.0f} s",
        **{f"panne : {name}": f"{times} fois" for name, times in sorted(drawn.items())},
    }
    proof.record(issue=7, title=f"500 documents pendant que tout tombe en panne ({base()})", figures=figures)


@contextmanager
def happens(what: str, sendings: Sendings) -> Iterator[None]:
    """Something that happens while documents are validated, and is over afterwards."""
    host, front, postfix = sendings.host, sendings.front, sendings.servers.postfix
    if what.startswith("kill -9 "):
        told = set_trap(host.folder, what.removeprefix("kill -9 "))
        yield
        wait_for("the kill", lambda: not told.exists())
        return
    stops = {"serveur arrêté": (front.stop, front.start), "Postfix arrêté": (postfix.stop, postfix.start)}
    stop, start = stops.get(what, (lambda: None, lambda: None))
    stop()
    try:
        if what == "processus principal tué":
            os.kill(host.cluster()[0], signal.SIGKILL)
        yield
    finally:
        start()
    if what == "base redémarrée":
        restart(host)


def restart(host: Host) -> None:
    """The database server stops at once, as if its machine did, and comes back."""
    wait_for("something to send", lambda: host.unsettled() > 0)
    CLUSTERS[host.url].restart()


CLUSTERS: dict[str, Cluster] = {}


@contextmanager
def _host(folder: Path, environment: dict[str, str]) -> Iterator[Host]:
    if connection.vendor != "postgresql":
        with living_host(folder, environment) as host:
            yield host
        return
    with own_cluster() as cluster, host_on(cluster.url, folder, environment) as host:
        CLUSTERS[host.url] = cluster
        yield host
