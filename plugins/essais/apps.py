from dcc.contracts.capabilities import MenuEntry, Urls
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry

ACTIONS = """
trials.imported   configuration  regle  Banque des essais importée
trial.referenced  soins          ecrit  Essai clinique mis dans un document
"""


class EssaisConfig(PluginConfig):
    name = "plugins.essais"
    label = "essais"
    verbose_name = "Essais cliniques"
    plugin = PluginMeta(slug="essais", title="Banque des essais cliniques", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Say what is journaled, offer the clinicians' pages; the bank itself is in the admin (``wagtail_hooks``)."""
        from dcc.audit import api as audit

        audit.declare(ACTIONS)
        registry.add(Urls, "essais", Urls("plugins.essais.urls"))
        registry.add(MenuEntry, "essais", MenuEntry("Essais cliniques", "essais:bank", "document.edit", icon="search"))
