from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class CdaConfig(PluginConfig):
    name = "plugins.cda"
    label = "cda"
    verbose_name = "CDA"
    plugin = PluginMeta(slug="cda", title="CDA", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Offer the conformance checks and their process."""
        from plugins.cda.conformance.capability import register_conformance

        register_conformance(registry)
