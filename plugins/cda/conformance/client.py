"""Asks the conformance process of this host; web and worker processes never load the rules themselves."""

from __future__ import annotations

import socket
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from dcc.contracts.errors import NotConfigured, Refused, RetryLater
from plugins.cda.conformance.checker import Report, check_content, current_checker
from plugins.cda.conformance.kit import current_kit
from plugins.cda.conformance.protocol import MAX_BODY, ProtocolError, receive, report_from_json, send, socket_path

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 120.0
"""Longer than the longest check, plus those that wait before it."""

HEALTH_SECONDS = 5.0


class CheckCrashed(Exception):
    """The conformance process met a bug of ours on this document: a human must look."""


def check(content: bytes, *, strict: bool, own: bool = True) -> Report:
    """Check a document there (or here, when ``settings.DCC_CONFORMANCE_IN_PROCESS``).

    Raises ``Refused`` when it is not a CDA, ``NotConfigured`` when there is no kit, ``RetryLater`` when nobody answers.
    """
    if len(content) > MAX_BODY:
        raise Refused(_("Le fichier est trop gros : la limite est de %d Mo.") % (MAX_BODY // 1_048_576))
    current_kit()
    if settings.DCC_CONFORMANCE_IN_PROCESS:
        return check_content(content, current_checker(), strict=strict, own=own)
    return _report(_ask({"do": "check", "strict": strict, "own": own}, content))


def health() -> dict[str, Any]:
    """How the conformance process is (pid, ready, kit, checks, uptime, rss_mb); raises ``RetryLater`` when nobody answers."""
    answer = _ask({"do": "health"}, seconds=HEALTH_SECONDS).get("health")
    if not isinstance(answer, dict):
        raise _nobody()
    return answer


def _ask(header: dict[str, Any], body: bytes = b"", *, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CONNECT_SECONDS)
            connection.connect(str(socket_path()))
            connection.settimeout(seconds)
            send(connection, header, body)
            answer, _body = receive(connection)
    except (OSError, ProtocolError):
        raise _nobody() from None
    return answer


def _nobody() -> RetryLater:
    return RetryLater(_("Le contrôle de conformité ne répond pas (processus « manage.py conformance »)."))


def _report(answer: dict[str, Any]) -> Report:
    reason = str(answer.get("reason", ""))
    match answer.get("error"):
        case "refused":
            raise Refused(reason)
        case "not-configured":
            raise NotConfigured(reason)
        case "crash":
            raise CheckCrashed(reason)
    try:
        return report_from_json(answer.get("report", {}))
    except ProtocolError:
        raise _nobody() from None
