"""The pages of this slice."""

from __future__ import annotations

from dcc.contracts.capabilities import MenuEntry
from dcc.contracts.registry import Registry


def register(registry: Registry) -> None:
    """Offer the page that scans; its addresses are in ``plugins.ins.urls``."""
    registry.add(MenuEntry, "ins.scan", MenuEntry("Scanner un INS", "ins:scan", "patient.create", icon="scan"))
