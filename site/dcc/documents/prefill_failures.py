"""What is said of a source that did not answer: the reason it gives, else that the operator knows; never what it held."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from dcc.contracts.errors import DeliveryError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that did not answer, and why, in French."""

    title: str
    reason: str


def failed(title: str, error: Exception) -> Failure:
    """The failure of a source; a bug is told to the operator by its kind only, as its message may quote the document."""
    if isinstance(error, DeliveryError):
        return Failure(title, error.reason)
    logger.error("La source de reprise « %s » a échoué : %s", title, type(error).__name__)
    return Failure(title, "erreur interne, signalée à l'exploitation")
