"""MSSanté: a queue of transmissions emptied by the worker as it ships, beside a bare smtplib loop with the same bytes."""

from __future__ import annotations

import smtplib
import ssl
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from tests.benchmarks.protocol import Bench
from tests.faults.host import living_host, wait_for
from tests.faults.mss.front import Front
from tests.faults.mss.queueing import address_of
from tests.faults.mss.work import OURS, Sendings, variables
from tests.mailservers import MailServers, possible, running

MAILS = 150
_open = ExitStack()
_servers: list[MailServers] = []
_works: list[Sendings] = []
_content: list[bytes] = []
_queued = 0


def prepare() -> None:
    """Servers, a host with a validated FRCP whose files are made, its worker running; one mail to take the bytes from."""
    servers = _open.enter_context(running())
    plugins = {"DCC_PLUGINS": "plugins.cda,plugins.pdf,plugins.mss"}
    folder = Path(_open.enter_context(tempfile.TemporaryDirectory()))
    host = _open.enter_context(living_host(folder, {**variables(servers, servers.places.smtp), **plugins}))
    work = Sendings(host, Front(servers), servers)
    _open.callback(work.close)
    work.validate(1)
    host.start()
    _open.callback(host.stop)
    work.settle()
    _servers.append(servers)
    _works.append(work)
    queue()
    _content.append(servers.wait_for(address_of(0))[0].as_bytes())


def queue() -> float:
    """Milliseconds of one transmission, from the first answer of the server to the last (150 in a row)."""
    global _queued  # noqa: PLW0603  (each recipient is a new one, over all calls)
    work, first = _works[0], _queued
    work.queue(MAILS, first=first)
    _queued += MAILS
    wait_for("the queue to be empty", lambda: len(_sent_at()) == _queued, seconds=300, every=0.1)
    times = sorted(_sent_at())[first:]
    return (times[-1] - times[0]).total_seconds() * 1000 / (MAILS - 1)


def _sent_at() -> list[datetime]:
    """When the server took each of the queue, on SQLite."""
    asked = "SELECT sent_at FROM exchange_transmission WHERE recipient_key LIKE 'essai:%' AND sent_at IS NOT NULL"
    return [datetime.fromisoformat(str(at)) for (at,) in _works[0].host.rows(asked)]


def bare() -> float:
    """Milliseconds of one mail of the same bytes, by smtplib alone over one connection (150 in a row)."""
    servers = _servers[0]
    certificate, key = servers.certificate(OURS)
    context = ssl.create_default_context(cafile=str(servers.places.certificates.authority))
    context.load_cert_chain(certificate, key)
    begun = time.perf_counter()
    with smtplib.SMTP("localhost", servers.places.smtp, timeout=20) as client:
        client.starttls(context=context)
        for number in range(MAILS):
            client.sendmail(OURS, [address_of(number)], _content[0], rcpt_options=["NOTIFY=SUCCESS,FAILURE,DELAY"])
    elapsed = (time.perf_counter() - begun) * 1000 / MAILS
    servers.wait_until_idle(seconds=120)
    return elapsed


BENCHES = [
    Bench(
        "MSSanté : une transmission, file vidée par le worker tel qu'il est livré (Postfix, TLS, certificat client)",
        queue,
        target="au moins la moitié du débit de smtplib seul, mêmes octets, même serveur",
        at_most_times=2.0,
        reference=bare,
        reference_name="smtplib seul, une connexion",
        runs=5,
        reference_runs=5,
        warm_up=0,
        prepare=prepare,
        clean_up=_open.close,
        needs=possible,
    ),
]
