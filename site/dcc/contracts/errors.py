"""How a handler or a capability says that it could not do its work (DESIGN §4).

Anything else that is raised is a bug: it is shown to a human and never retried blindly.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta


class ContractError(Exception):
    """A plugin broke the contract (late or duplicate registration, unknown setting)."""


class DeliveryError(Exception):
    """Base of the four ways a delivery may fail without being a bug; ``reason`` is short, French, without patient data.

    ``cause`` is a code where the core has a table of causes (those of transmissions: ``dcc.exchange.api.CAUSES``).
    """

    def __init__(self, reason: str, *, cause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class RetryLater(DeliveryError):
    """The work may succeed later (time-out, busy service); ``after`` overrides the retry policy's delay."""

    def __init__(self, reason: str, after: timedelta | None = None, *, cause: str = "") -> None:
        super().__init__(reason, cause=cause)
        self.after = after


class Refused(DeliveryError):
    """The other side, or a rule, says no: retrying the same thing would fail the same way."""


class NotConfigured(DeliveryError):
    """A setting or an installation is missing; the delivery stays blocked until somebody provides it."""


class NeedsSession(DeliveryError):
    """The work waits for one of ``practitioners`` (RPPS numbers) to open a session of ``kind``, blocking nobody else."""

    def __init__(self, kind: str, practitioners: Sequence[str]) -> None:
        super().__init__(f"En attente d'une session {kind}")
        self.kind = kind
        self.practitioners = tuple(practitioners)
