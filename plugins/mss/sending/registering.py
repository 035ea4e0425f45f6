"""What this slice offers: the transport of the channel « mss », the checks of its settings, its part of the digest."""

from __future__ import annotations

from django.core.checks import register as register_check

from dcc.contracts.capabilities import DigestSection, Transport
from dcc.contracts.registry import Registry

ADMINISTER = "platform.administer"


def register(registry: Registry) -> None:
    """Offer the transport to the core."""
    from plugins.mss.sending.checks import check_mss, digest
    from plugins.mss.sending.transport import MssTransport
    from plugins.mss.settings import in_force

    registry.add(Transport, "mss", MssTransport(in_force))
    registry.add(DigestSection, "mss.sending", DigestSection("mss.sending", "Envois MSSanté", (ADMINISTER,), digest))
    register_check(check_mss, "dcc")
