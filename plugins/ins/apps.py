from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class InsConfig(PluginConfig):
    name = "plugins.ins"
    label = "ins"
    verbose_name = "INS"
    plugin = PluginMeta(slug="ins", title="INS", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Nothing yet: each slice registers what it offers here."""
