"""Registries of one's own, instead of patching the one of the process."""

from __future__ import annotations

from collections.abc import Callable

from dcc.contracts.plugin import PluginConfig
from dcc.contracts.registry import Registry


def make_registry(*sources: PluginConfig | Callable[[Registry], None]) -> Registry:
    """A frozen registry filled by plugins (under their slug) and by functions (as ``core``), in this order.

    Put it in place with ``with use_registry(make_registry(plugin)):``. Raises :class:`ContractError` for a duplicate.
    """
    registry = Registry()
    for source in sources:
        if isinstance(source, PluginConfig):
            source.load(registry)
        else:
            source(registry)
    registry.freeze()
    return registry
