"""Which installed transport carries a channel."""

from __future__ import annotations

from dcc.contracts.capabilities import Transport
from dcc.contracts.registry import current


def transport_of(channel: str) -> Transport | None:
    """The transport of a channel; nothing when no plugin offers it."""
    return next((transport for transport in current().all(Transport) if transport.channel == channel), None)
