from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class SandboxConfig(PluginConfig):
    name = "plugins.sandbox"
    label = "sandbox"
    verbose_name = "Démonstration"
    plugin = PluginMeta(slug="sandbox", title="Démonstration", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Nothing to offer to the core: the demonstration is a client of it."""
