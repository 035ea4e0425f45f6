"""The plugin Annuaire Santé."""

from __future__ import annotations

from dataclasses import dataclass

from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.registry import Registry


@dataclass(frozen=True, slots=True)
class AnnuaireSettings(PluginSettings):
    """``stale_days``: from how many days on an extraction in use is said to be old."""

    stale_days: int = 45

    def __post_init__(self) -> None:
        if not isinstance(self.stale_days, int) or self.stale_days < 1:
            raise ValueError("stale_days : un nombre entier d'au moins 1")


class AnnuaireConfig(PluginConfig):
    name = "plugins.annuaire"
    label = "annuaire"
    verbose_name = "Annuaire Santé"
    plugin = PluginMeta(slug="annuaire", title="Annuaire Santé", version="0.1.0", contract=CONTRACT, settings=AnnuaireSettings)

    def register(self, registry: Registry) -> None:
        """Mailboxes and professionals."""
        from plugins.annuaire import registering

        registering.register(registry)
