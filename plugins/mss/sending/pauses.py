"""Who is left alone after failures: the server when it cannot be reached, a domain when it keeps putting off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils.translation import gettext as _

from dcc.contracts.errors import RetryLater
from dcc.events import api as events
from plugins.mss.apps import MssSettings
from plugins.mss.sending.connection import Rejected
from plugins.mss.sending.failures import Kind, Phase

PREFIX = "mss:"


def server_of(settings: MssSettings) -> str:
    """The name that pauses of the server have."""
    return f"{PREFIX}{settings.smtp_host}:{settings.smtp_port}"


@contextmanager
def guarded(settings: MssSettings, domain: str) -> Iterator[None]:
    """Send inside. Raises ``RetryLater`` at once while the server or the domain rests.

    It asks for no delay of its own: that of the outbox grows, and lasts longer than a weekend.
    """
    server, theirs = server_of(settings), f"{PREFIX}{domain}"
    if events.rest_of(server, theirs, trial=timedelta(seconds=3 * settings.timeout_seconds)) is not None:
        words = _("Pause après plusieurs échecs du serveur ou du domaine ; nouvel essai plus tard")
        raise RetryLater(words, cause="unreachable")
    try:
        yield
    except Rejected as rejected:
        _judge(rejected, server, theirs, settings)
        raise
    except RetryLater:
        _fault(server, settings)
        raise
    events.note_success(server, theirs)


def _judge(rejected: Rejected, server: str, theirs: str, settings: MssSettings) -> None:
    """An answer: the server is there unless it says itself that it closes; a domain that puts off is at fault."""
    failure = rejected.failure(patient=False)
    if failure.kind == Kind.LATER and failure.cause == "unreachable":
        _fault(server, settings)
        return
    events.note_success(server)
    if failure.cause == "deferred" and rejected.phase in {Phase.RECIPIENT, Phase.END}:
        _fault(theirs, settings)
    elif failure.kind == Kind.NEVER:
        events.note_success(theirs)


def _fault(address: str, settings: MssSettings) -> None:
    longest = timedelta(seconds=settings.pause_seconds)
    events.note_fault(address, before_pause=settings.failures_before_pause, longest=longest)
