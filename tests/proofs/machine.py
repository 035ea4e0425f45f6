"""What a figure was measured on: commit, machine, versions, time."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (".", ":!docs/proofs", ":!docs/benchmarks.md")
"""What a run may not change without being noticed: all but the reports themselves."""


def commit() -> str:
    """Short hash of the checked-out commit, with a mark when the tree differs from it."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", *WRITTEN], capture_output=True, text=True, check=False
    ).stdout.strip()
    return (found or "inconnu") + (" (arbre modifié)" if changed else "")


def describe_run() -> list[str]:
    """Lines for the head of a report."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("Django", "wagtail", "django-q2"))
    return [
        f"Commit : {commit()}",
        f"Date : {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"Machine : {os.cpu_count()} cœurs, {memory:.0f} Go, {platform.system()} {platform.release()}, {_processor()}",
        f"Versions : Python {platform.python_version()}, {versions}, SQLite {sqlite3.sqlite_version}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
