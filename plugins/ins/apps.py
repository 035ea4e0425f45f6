from dcc.contracts.capabilities import Urls
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry
from plugins.ins.settings import InsSettings


class InsConfig(PluginConfig):
    name = "plugins.ins"
    label = "ins"
    verbose_name = "INS"
    plugin = PluginMeta(slug="ins", title="INS", version="0.1.0", contract=CONTRACT, settings=InsSettings)

    def register(self, registry: Registry) -> None:
        """Each slice says what it offers; all pages are in one table of addresses."""
        from plugins.ins.datamatrix import registering as datamatrix
        from plugins.ins.hl7 import registering as hl7
        from plugins.ins.insi import capability as insi

        registry.add(Urls, "ins", Urls("plugins.ins.urls"))
        insi.register(registry)
        datamatrix.register(registry)
        hl7.register(registry)
