"""wapiti, in an environment of its own (its dependencies are not ours): installed when absent, run within bounds, read back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
VERSION = "3.2.3"
MODULES = (
    "cookieflags", "csp", "http_headers", "methods", "htaccess", "crlf", "csrf", "redirect", "exec", "file", "sql", "ldap", "xss",
    "permanentxss",
)  # fmt: skip
"""What can be tried on loopback alone: ssrf, xxe and log4shell wait for a call at a public address, ssl for TLS."""
CLOSED = (
    "compte/deconnexion/*", "compte/securite/*", "compte/psc/*", "admin/logout/*", "admin/users/*", "admin/groups/*",
    "plugins/sandbox/*", "engagements/cgu/*",
)  # fmt: skip
"""Where a form that is sent ends the session, opens another, or takes away the rights of who scans."""
OPEN_TO_NOBODY = frozenset({"compte/psc/*", "engagements/cgu/*"})
"""What nobody's scan tries all the same: it has no session to lose."""
LEVELS = ("info", "bas", "moyen", "haut", "critique")


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: severity (0 to 4), category, module, where, and what is said."""

    level: int
    category: str
    module: str
    method: str
    path: str
    parameter: str
    info: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds of crawl and of each module, links followed of a page, depth, roles scanned at the same time.

    ``SCAN_CRAWL``, ``SCAN_ATTACK`` and ``SCAN_PARALLEL`` change them.
    """

    crawl: int = int(os.environ.get("SCAN_CRAWL", "120"))
    attack: int = int(os.environ.get("SCAN_ATTACK", "45"))
    parallel: int = int(os.environ.get("SCAN_PARALLEL", "1"))
    links: int = 60
    depth: int = 6


def program() -> Path:
    """The program; installed in ``var/scan`` when it is not there (a network with a package index is needed then)."""
    folder = ROOT / "var" / "scan" / f"wapiti-{VERSION}"
    if not (folder / "bin/wapiti").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "-q", f"wapiti3=={VERSION}"], check=True)
    return folder / "bin/wapiti"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a scan found, how many pages and forms it saw, and the modules that their time stopped."""

    findings: list[Finding]
    pages: int
    stopped: tuple[str, ...]


def scan(url: str, folder: Path, bounds: Bounds, *, signed_in: bool) -> Campaign:
    """Scan a server of this machine."""
    host = urlsplit(url).hostname or ""
    if host != "127.0.0.1":
        raise ValueError(f"Seul un serveur de cette machine est analysé, pas {host}")
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.json"
    command = [
        str(program()), "-u", url, "--scope", "domain", "-m", ",".join(MODULES), "-f", "json", "-o", str(report), "-S", "normal",
        "-d", str(bounds.depth), "--max-links-per-page", str(bounds.links), "--max-files-per-dir", "12", "--max-parameters", "40",
        "--max-scan-time", str(bounds.crawl), "--max-attack-time", str(bounds.attack), "--tasks", "1", "-t", "20", "-v", "1",
        "--flush-session", "--store-session", str(folder / "session"), "--store-config", str(folder / "config"), "--no-bugreport",
        "--external-endpoint", url, "--dns-endpoint", host,
        *(part for path in CLOSED if signed_in or path not in OPEN_TO_NOBODY for part in ("-x", url + path)),
    ]  # fmt: skip
    with (folder / "wapiti.log").open("wb") as out:
        subprocess.run(
            command, stdout=out, stderr=subprocess.STDOUT, check=True, timeout=bounds.crawl + bounds.attack * len(MODULES) + 300
        )
    read: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    stopped = stopped_in((folder / "wapiti.log").read_text(encoding="utf-8", errors="replace"))
    return Campaign(findings_of(read), int(read["infos"].get("crawled_pages_nbr") or 0), stopped)


def stopped_in(log: str) -> tuple[str, ...]:
    """The modules that had no time to try everything, as the program tells."""
    return tuple(sorted(set(re.findall(r"Max attack time was reached for module (\w+)", log))))


def findings_of(report: Mapping[str, Any]) -> list[Finding]:
    """The findings of a JSON report."""
    found = []
    for part in ("vulnerabilities", "anomalies"):
        for category, entries in report.get(part, {}).items():
            for entry in entries:
                values = (entry.get(name) or "" for name in ("module", "method", "path", "parameter", "info"))
                found.append(Finding(int(entry["level"]), category, *values))
    return found
