"""INSi: what is ours in a call (the request written, the answer read strictly), beside the exchange itself on loopback."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from plugins.ins.insi.envelope import ByTraits, Caller, Stamp, request
from plugins.ins.insi.reading import Answer, read
from plugins.ins.insi.transport import Endpoint, Reply, post
from plugins.sandbox.insi.authority import UNIT, make_certificates
from plugins.sandbox.insi.server import PATH, serve
from plugins.sandbox.insi.service import Service
from tests.benchmarks.protocol import Bench

CALLS = 100
QUESTION = ByTraits("ADRUN", ("ZOE",), "F", "1975-12-31")
CALLER = Caller(UNIT, "BENCH", "ONCODCC", "1", "00000000-0000-4000-8000-000000000000")
_open = ExitStack()
_endpoint: list[Endpoint] = []
_replies: list[Reply] = []


def prepare() -> None:
    """The stand-in, and one answer to read."""
    held = make_certificates(Path(_open.enter_context(tempfile.TemporaryDirectory())))
    server = serve(Service("BENCH"), held, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _open.callback(server.server_close)
    _open.callback(server.shutdown)
    certificate, key = (str(path("INSI-MANU")) for path in (held.certificate, held.key))
    _endpoint.append(Endpoint(f"https://localhost:{server.server_port}{PATH}", certificate, key, str(held.authority)))
    _replies.append(_exchange())


def _exchange() -> Reply:
    return post(_endpoint[0], QUESTION.operation, request(QUESTION, CALLER, Stamp()))


def write_and_read() -> float:
    """Milliseconds of one request written and one answer read (100 in a row)."""
    begun = time.perf_counter()
    for _ in range(CALLS):
        request(QUESTION, CALLER, Stamp())
        if not isinstance(read(_replies[0].content), Answer):
            raise AssertionError
    return (time.perf_counter() - begun) * 1000 / CALLS


def exchange() -> None:
    """One call, handshake included."""
    if _exchange().status != 200:
        raise AssertionError


BENCHES = [
    Bench(
        "INSi : écrire une requête et lire sa réponse",
        write_and_read,
        target="au moins 10 fois moins que l'échange",
        times_faster=10,
        reference=exchange,
        reference_name="l'échange TLS mutuel avec le simulateur, sur la machine",
        prepare=prepare,
        clean_up=_open.close,
    ),
]
