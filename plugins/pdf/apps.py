from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class PdfConfig(PluginConfig):
    name = "plugins.pdf"
    label = "pdf"
    verbose_name = "PDF/A"
    plugin = PluginMeta(slug="pdf", title="PDF/A", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Nothing to offer yet."""
