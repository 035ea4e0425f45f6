from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry
from plugins.ins.settings import InsSettings


class InsConfig(PluginConfig):
    name = "plugins.ins"
    label = "ins"
    verbose_name = "INS"
    plugin = PluginMeta(slug="ins", title="INS", version="0.1.0", contract=CONTRACT, settings=InsSettings)

    def register(self, registry: Registry) -> None:
        """Each slice registers what it offers."""
        from plugins.ins.insi import capability as insi

        insi.register(registry)
