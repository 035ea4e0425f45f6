from dcc.contracts.capabilities import MenuEntry, Urls
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class EssaisConfig(PluginConfig):
    name = "plugins.essais"
    label = "essais"
    verbose_name = "Essais cliniques"
    plugin = PluginMeta(slug="essais", title="Banque des essais cliniques", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Offer the clinicians' pages; the bank itself is in the admin (``wagtail_hooks``)."""
        registry.add(Urls, "essais", Urls("plugins.essais.urls"))
        registry.add(MenuEntry, "essais", MenuEntry("Essais cliniques", "essais:bank", "document.edit", icon="search"))
