"""Memory of a background worker that has rendered documents, and how long a published event waits for its delivery."""

from __future__ import annotations

import contextlib
import re
import tempfile
import time
from pathlib import Path

from tests.benchmarks.protocol import Bench
from tests.faults.host import Host, living_host, wait_for
from tests.faults.workloads import DemoWork, Rendering

_open = contextlib.ExitStack()
_work = DemoWork(batch=1, things=1_000_000, milliseconds=0)
_hosts: list[Host] = []


def start_host() -> None:
    """A host on SQLite with the default plugins and the demonstration plugin (for its work), whose worker rendered 16 FRCP."""
    if _hosts:
        return
    folder = Path(_open.enter_context(tempfile.TemporaryDirectory()))
    host = _open.enter_context(living_host(folder, {"DCC_PLUGINS": "plugins.cda,plugins.pdf,tests.demo_plugin"}))
    _work.prepare(host)
    _open.callback(_work.close)
    host.start()
    _open.callback(host.stop)
    _hosts.append(host)
    rendering = Rendering(batch=8)
    rendering.prepare(host)
    _open.callback(rendering.close)
    for _ in range(2):
        rendering.ask(host)
        wait_for("warm workers", lambda: host.unsettled() == 0, seconds=300)


def stop_host() -> None:
    """End of the last bench of this module."""
    _hosts.clear()
    _open.close()


def _megabytes(pid: int, file: str, field: str) -> float:
    found = re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def largest_process() -> float:
    """Resident memory of the largest process of the worker (supervisor, cluster; not the services)."""
    return max(_megabytes(pid, "status", "VmRSS") for pid in _hosts[0].family() if _is_ours(pid))


def whole_worker() -> float:
    """Proportional memory of all its processes together: what the machine really gives."""
    return sum(_megabytes(pid, "smaps_rollup", "Pss") for pid in _hosts[0].family() if _is_ours(pid))


def _is_ours(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text(encoding="ascii").startswith("dcc:")


def latency() -> float:
    """Milliseconds from the commit of an event to its delivery being done (an empty handler)."""
    begun = time.perf_counter()
    _work.ask(_hosts[0])
    wait_for("the delivery", lambda: _hosts[0].unsettled() == 0, every=0.002)
    return (time.perf_counter() - begun) * 1000


BENCHES = [
    Bench(
        "Processus du worker après le rendu de 16 FRCP, le plus gros (RSS)",
        largest_process,
        target="moins de 300 Mo",
        unit="Mo",
        at_most=300,
        runs=5,
        prepare=start_host,
    ),
    Bench(
        "Worker après le rendu de 16 FRCP, tous ses processus (PSS)",
        whole_worker,
        target="pour information",
        unit="Mo",
        runs=5,
        prepare=start_host,
    ),
    Bench(
        "Du commit d'un événement à sa livraison faite",
        latency,
        target="pour information",
        prepare=start_host,
        clean_up=stop_host,
    ),
]
