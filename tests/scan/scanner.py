"""wapiti, in an environment of its own (its dependencies are not ours): installed when absent, run within bounds, read back."""

from __future__ import annotations

import json
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
CLOSED = ("compte/deconnexion/*", "compte/securite/*", "admin/logout/*", "admin/users/*", "admin/groups/*")
"""Where a form that is sent ends the session or the rights of who scans."""
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
    """Seconds of crawl and of each module, pages and depth."""

    crawl: int = 120
    attack: int = 45
    links: int = 60
    depth: int = 6


def program() -> Path:
    """The program; installed in ``var/scan`` when it is not there (a network with a package index is needed then)."""
    folder = ROOT / "var" / "scan" / f"wapiti-{VERSION}"
    if not (folder / "bin/wapiti").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "-q", f"wapiti3=={VERSION}"], check=True)
    return folder / "bin/wapiti"


def scan(url: str, folder: Path, bounds: Bounds) -> tuple[list[Finding], dict[str, Any]]:
    """Scan a server of this machine; findings, and what was seen (number of pages)."""
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
        *(part for path in CLOSED for part in ("-x", url + path)),
    ]  # fmt: skip
    with (folder / "wapiti.log").open("wb") as out:
        subprocess.run(
            command, stdout=out, stderr=subprocess.STDOUT, check=True, timeout=bounds.crawl + bounds.attack * len(MODULES) + 300
        )
    read: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return findings_of(read), dict(read["infos"])


def findings_of(report: Mapping[str, Any]) -> list[Finding]:
    """The findings of a JSON report."""
    found = []
    for part in ("vulnerabilities", "anomalies"):
        for category, entries in report.get(part, {}).items():
            for entry in entries:
                values = (entry.get(name) or "" for name in ("module", "method", "path", "parameter", "info"))
                found.append(Finding(int(entry["level"]), category, *values))
    return found
