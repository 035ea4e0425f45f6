"""Memory of a web worker as it serves: gunicorn on the demonstration, after a physician opened and previewed every document."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from tests.benchmarks.protocol import Bench
from tests.faults.host import ROOT, Host, parent_of

USER, PASSWORD = "alice", "Demonstration-2025"
_open = contextlib.ExitStack()
_workers: list[int] = []
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_DOCUMENT = re.compile(r'href="(/documents/[0-9a-f-]{36}/)')


def serve() -> None:
    """Prepare the demonstration, start gunicorn, and use it as a physician does."""
    folder = Path(_open.enter_context(tempfile.TemporaryDirectory()))
    host = Host(f"sqlite:///{folder / 'db.sqlite3'}", folder, {"DCC_CONFORMANCE_IN_PROCESS": "non"})
    host.manage("demo", "--prepare-only")
    port = _free_port()
    command = ["-m", "gunicorn", "dcc.wsgi", "--pythonpath", f"{ROOT / 'site'},{ROOT}", "--bind", f"127.0.0.1:{port}"]
    server = host.spawn(*command, "--workers", "1", "--no-control-socket", "--log-level", "error")
    _open.callback(server.wait, 30)
    _open.callback(server.send_signal, signal.SIGTERM)
    browser, address = requests.Session(), f"http://127.0.0.1:{port}"
    _answering(browser, address)
    _sign_in(browser, address, host)
    worklist = browser.get(f"{address}/", headers={"Accept": "text/html"}).text
    documents = sorted(set(_DOCUMENT.findall(worklist)))
    if len(documents) < 2:
        raise AssertionError("the worklist shows no document")
    for path in documents:
        for page in ("", "historique/", "apercus/pdf-a1/", "apercus/cda-n3/"):
            browser.get(f"{address}{path}{page}", headers={"Accept": "text/html"}).raise_for_status()
    _workers[:] = [pid for pid in host.family() if parent_of(pid) == server.pid]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answering(browser: requests.Session, address: str) -> None:
    for _ in range(300):
        with contextlib.suppress(requests.ConnectionError):
            browser.get(f"{address}/compte/connexion/", timeout=30)
            return
        time.sleep(0.1)
    raise AssertionError("gunicorn does not answer")


def _sign_in(browser: requests.Session, address: str, host: Host) -> None:
    page = browser.get(f"{address}/compte/connexion/")
    page = _send(browser, page, {"username": USER, "password": PASSWORD})
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "otp", USER], env=host.environ, capture_output=True, text=True, check=True
    )
    page = _send(browser, page, {"code": done.stdout.split()[0]})
    if "connexion" in page.url:
        raise AssertionError("the demonstration account cannot sign in")


def _send(browser: requests.Session, page: requests.Response, fields: dict[str, str]) -> requests.Response:
    found = _TOKEN.search(page.text)
    return browser.post(
        page.url, data={**fields, "csrfmiddlewaretoken": found[1] if found else ""}, headers={"Referer": page.url}
    )


def memory() -> float:
    """Resident memory of the web worker, at rest again."""
    status = [Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in _workers]
    found = [re.search(r"^VmRSS:\s+(\d+) kB", text, re.MULTILINE) for text in status]
    return max(int(match[1]) for match in found if match) / 1024


def stop() -> None:
    """Stop the server."""
    _open.close()


BENCHES = [
    Bench(
        "Processus web au repos, après fiches, historiques et aperçus de la démonstration (RSS)",
        memory,
        target="moins de 250 Mo",
        unit="Mo",
        at_most=250,
        runs=5,
        prepare=serve,
        clean_up=stop,
    ),
]
