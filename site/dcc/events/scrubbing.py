"""What may be kept of an unexpected error: its class and where it happened; never its message, which may quote a patient."""

from __future__ import annotations

import traceback
from pathlib import Path

from django.conf import settings


def scrub(error: BaseException) -> str:
    """``KeyError, plugins/cda/encode.py:120`` (the innermost frame of our own code, else of anybody's)."""
    frames = frames_of(error)
    ours = [frame for frame in frames if not frame.startswith("<")]
    place = (ours or frames or ["lieu inconnu"])[-1]
    return f"{type(error).__name__}, {place}"


def frames_of(error: BaseException) -> list[str]:
    """The call chain as ``file:line``, ours relative to the project, others as ``<name>:line``; no values, no source lines."""
    return [_place(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]


def _place(filename: str, line: int) -> str:
    path = Path(filename)
    if path.is_relative_to(settings.BASE_DIR) and ".venv" not in path.parts:
        return f"{path.relative_to(settings.BASE_DIR)}:{line}"
    return f"<{path.name}>:{line}"
