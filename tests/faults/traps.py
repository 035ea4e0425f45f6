"""Steps of its work at which a process of a host under test kills itself, when it is told to.

``DCC_DATA_DIR/kill-<step>`` tells it; the number in the file is how many times the step is let pass before. The file becomes
``killed-<step>-<process>``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any


def set_trap(folder: Path, step: str, passes: int = 0) -> Path:
    """Tell the processes of a host to die at this step; the file is gone once one of them did."""
    trap, made = folder / f"kill-{step}", folder / f"made-{step}"
    made.write_text(str(passes), encoding="ascii")
    return made.rename(trap)  # whole, for who waits for it


def told(step: str, note: bytes = b"") -> None:
    """Die here, if that is wanted; ``note`` is left in the file."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    trap, mine = folder / f"kill-{step}", folder / f"killed-{step}-{os.getpid()}"
    try:
        trap.rename(mine)
    except FileNotFoundError:
        return
    if passes := int(mine.read_text(encoding="ascii") or 0):
        set_trap(folder, step, passes - 1)
        mine.unlink()
        return
    mine.write_bytes(note)
    os.kill(os.getpid(), signal.SIGKILL)


def around(
    owner: Any, name: str, *, before: str = "", after: str = "", when: Callable[..., bool] = lambda *_, **__: True
) -> None:
    """Put steps before and after what ``owner`` does under a name, where ``when`` says so of its arguments."""
    done = getattr(owner, name)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        if before and when(*args, **kwargs):
            told(before)
        result = done(*args, **kwargs)
        if after and when(*args, **kwargs):
            told(after)
        return result

    setattr(owner, name, trapped)
