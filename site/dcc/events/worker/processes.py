"""What the operating system can do for a supervisor: names, orphans, groups. Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def name_process(name: str) -> None:
    """Show ``name`` (15 characters) in ``ps`` and ``top``, so that an operator tells the processes apart."""
    _libc().prctl(PR_SET_NAME, name.encode("ascii")[:15], 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every orphan below this process, so that none is lost and none stays a zombie."""
    _libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Be killed when the parent dies, whatever kills it; leave at once if it already did."""
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def let_descendants_die_with_their_parent() -> None:
    """From now on every process forked here, and by those forked here, dies with its parent (the wish is lost at each fork)."""
    forking = 0

    def before() -> None:
        nonlocal forking
        forking = os.getpid()

    os.register_at_fork(before=before, after_in_child=lambda: die_with_parent(forking))


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists and is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def kill_group(leader: int) -> None:
    """Kill every process of a group at once; nothing happens when it is already gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def reap_strangers(known: set[int]) -> None:
    """Collect dead children that nobody else will collect (adopted orphans); those of ``known`` have their own keeper."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid in known:
            return
        os.waitpid(found.si_pid, 0)
