"""What this slice offers: the transport of the channel « mss »."""

from __future__ import annotations

from dcc.contracts.capabilities import Transport
from dcc.contracts.registry import Registry


def register(registry: Registry) -> None:
    """Offer the transport to the core."""
    from plugins.mss.sending.transport import MssTransport
    from plugins.mss.settings import in_force

    registry.add(Transport, "mss", MssTransport(in_force))
