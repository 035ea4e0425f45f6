from dataclasses import dataclass
from pathlib import Path

from dcc.contracts.capabilities import PrefillSource
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.registry import Registry


@dataclass(frozen=True, slots=True)
class RepriseSettings(PluginSettings):
    """``off``: lines of the maps that the region does not want (``frcp_pps.examens``); ``file``: a YAML file that changes or adds
    lines, in the form of ``maps/*.yaml``. Both are checked at start (R-076, decision 0190).
    """

    off: tuple[str, ...] = ()
    file: str = ""

    def __post_init__(self) -> None:
        from plugins.reprise.maps import load_maps

        load_maps(tuple(self.off), Path(self.file) if self.file else None)  # ValueError: refused at start, in its own words


class RepriseConfig(PluginConfig):
    name = "plugins.reprise"
    label = "reprise"
    verbose_name = "Reprise"
    plugin = PluginMeta(slug="reprise", title="Reprise", version="0.1.0", contract=CONTRACT, settings=RepriseSettings)

    def register(self, registry: Registry) -> None:
        """Offer the reference document and the former PPS as sources."""
        from plugins.reprise.maps import load_maps
        from plugins.reprise.sources import FormerDocument, ReferenceDocument

        settings = self.settings()
        chosen = settings if isinstance(settings, RepriseSettings) else RepriseSettings()
        maps = load_maps(tuple(chosen.off), Path(chosen.file) if chosen.file else None)
        registry.add(PrefillSource, "reprise.reference", ReferenceDocument(maps))
        registry.add(PrefillSource, "reprise.former", FormerDocument(maps))
