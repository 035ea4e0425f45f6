"""What may be kept of an unexpected error: its class and where it happened; never its message, which may quote a patient."""

from __future__ import annotations

import logging
import traceback
from collections.abc import ItemsView
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

ERROR = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


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


class QuietFormatter(logging.Formatter):
    """Lines of log in which an error is its classes and places: what it says, and the lines of code, stay out."""

    def formatException(self, ei: ERROR) -> str:  # noqa: N802  (logging's name)
        """One line for the error and each of its causes, then the way it came by."""
        return "\n".join(_chain(ei[1])) if ei[1] else ""


class QuietReporter(ExceptionReporter):
    """Django's report of an error, for whoever has it mailed: what a line of log says, the address without its query."""

    def get_traceback_text(self) -> SafeString:
        """The whole report, in plain text."""
        place = f"{self.request.method} {self.request.path}" if self.request else "hors requête"
        return SafeString("\n".join([place, *_chain(self.exc_value)]))

    def get_traceback_html(self) -> SafeString:
        """None: the text says all that may be told."""
        return SafeString()


class QuietFilter(SafeExceptionReporterFilter):
    """Nothing of a request nor of variables enters a report, whoever writes it."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always, under the settings of development too."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Names alone."""
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request else {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        """Names alone."""
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()


def _chain(error: BaseException | None) -> list[str]:
    """An error and its causes, the deepest last: class, place, way."""
    lines: list[str] = []
    while error is not None and len(lines) < 20:
        lines += [scrub(error), "  " + " ".join(frames_of(error))]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines
