from dataclasses import dataclass

from dcc.contracts.capabilities import Reader, Renderer
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.registry import Registry


@dataclass(frozen=True, slots=True)
class CdaSettings(PluginSettings):
    """``max_megabytes``: the largest file that is read."""

    max_megabytes: int = 50

    def __post_init__(self) -> None:
        if not isinstance(self.max_megabytes, int) or not 1 <= self.max_megabytes <= 1024:
            raise ValueError("max_megabytes : un nombre entier de 1 à 1024")


class CdaConfig(PluginConfig):
    name = "plugins.cda"
    label = "cda"
    verbose_name = "CDA"
    plugin = PluginMeta(slug="cda", title="CDA", version="0.1.0", contract=CONTRACT, settings=CdaSettings)

    def register(self, registry: Registry) -> None:
        """Offer the two CDA formats, the reader of received documents, the conformance checks and their process."""
        from django.core.checks import register

        from dcc.audit import api as audit
        from plugins.cda.checks import check_codes
        from plugins.cda.conformance.capability import register_conformance
        from plugins.cda.reader import CdaReader
        from plugins.cda.renderers import CdaRenderer

        audit.declare("referential.installed  exploitation  regle  Référentiel installé")
        settings = self.settings()
        megabytes = settings.max_megabytes if isinstance(settings, CdaSettings) else CdaSettings().max_megabytes
        for form in ("cda-n3", "cda-n1"):
            registry.add(Renderer, form, CdaRenderer(form))
        registry.add(Reader, "cda", CdaReader(limit=megabytes * 1024 * 1024))
        register_conformance(registry)
        register(check_codes, "dcc")
