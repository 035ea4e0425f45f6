from dcc.contracts.capabilities import DocumentType, LevelOne
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry

PPAC = DocumentType(
    key="ppac",
    title="Programme personnalisé de l'après-cancer",
    volet="ppac",
    volet_version="2026.1",
    formats=("pdf-a1", "cda-n1"),
    amended=True,
    catalogue="plugins.ppac",
    short_title="PPAC",
    leaves=("valide", "cloture"),
    update_reason="ppac.remise.motif",
    renewed=("ppac.remise.motif",),
    level_one=LevelOne("34133-9", "Synthèse d'épisode de soins"),
)
"""It follows no other document: many patients were treated before, or elsewhere (decision 0196). Its code is decision 0195."""


class PpacConfig(PluginConfig):
    name = "plugins.ppac"
    label = "ppac"
    verbose_name = "PPAC"
    plugin = PluginMeta(slug="ppac", title="Programme personnalisé de l'après-cancer", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Bring the type of document; everything else is the core's."""
        registry.add(DocumentType, PPAC.key, PPAC)
