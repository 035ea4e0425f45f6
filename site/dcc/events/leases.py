"""Who holds a lease: this process, named so that any other process of the same machine can tell whether it still lives.

An owner is ``place|pid|start``: the place (boot and process namespace) says where the number means something, the start time
tells a process from a later one that got its number. A lease of a dead process is released at once; one held elsewhere runs out.
"""

from __future__ import annotations

import functools
import os
import socket
from datetime import timedelta
from pathlib import Path

LEASE = timedelta(minutes=5)
"""Longer than the queue lets any task run (``Q_CLUSTER["timeout"]``): a living owner never loses its lease."""


@functools.cache
def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return f"{socket.gethostname()}?"


def _started(pid: int) -> str | None:
    """Start time of a living process in clock ticks since boot (field 22 of ``/proc/<pid>/stat``), ``None`` when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else fields[19].decode("ascii")


def owner() -> str:
    """The name under which this process takes leases (never cached: workers are forked)."""
    pid = os.getpid()
    return f"{_place()}|{pid}|{_started(pid) or '?'}"


def is_dead(name: str) -> bool:
    """True only when the owner was on this machine and is certainly gone; of other machines nothing is known."""
    place, _, process = name.partition("|")
    pid, _, start = process.partition("|")
    return place == _place() and not place.endswith("?") and start != "?" and pid.isdigit() and _started(int(pid)) != start


def pid_of(name: str) -> int | None:
    """Process number of an owner of this machine, for those who watch it."""
    place, _, process = name.partition("|")
    pid = process.partition("|")[0]
    return int(pid) if place == _place() and pid.isdigit() else None
