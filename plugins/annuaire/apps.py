"""The plugin Annuaire Santé."""

from __future__ import annotations

from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class AnnuaireConfig(PluginConfig):
    name = "plugins.annuaire"
    label = "annuaire"
    verbose_name = "Annuaire Santé"
    plugin = PluginMeta(slug="annuaire", title="Annuaire Santé", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Mailboxes and professionals."""
        from plugins.annuaire import registering

        registering.register(registry)
