"""The plugin INS: its settings, one group for each slice (``DCC_PLUGIN_SETTINGS["ins"]``), and what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

from dcc.contracts.capabilities import Urls
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.registry import Registry

_POSITIVE = ("timeout_seconds", "keep_days", "faults_before_pause")


@dataclass(frozen=True, slots=True)
class InsiSettings(PluginSettings):
    """How this platform is known to INSi; off without ``endpoint``.

    ``certificate`` and ``certificate_key`` are files (PEM) of the organisation certificate ``INSI-MANU``, for calls that a person
    starts; ``automatic_certificate`` and ``automatic_key`` those of ``INSI-AUTO`` for the others, the first ones when empty.
    ``authorities`` is the file of those that the server is checked by, the system's when empty. ``idam`` is the number of the
    authorisation given by the CNDA. ``instance`` is the UUID of this installation, made once and kept in the database when empty.
    """

    endpoint: str = ""
    certificate: str = ""
    certificate_key: str = ""
    automatic_certificate: str = ""
    automatic_key: str = ""
    authorities: str = ""
    idam: str = ""
    software: str = "ONCODCC"
    software_version: str = "1"
    instance: str = ""
    timeout_seconds: int = 10
    cache_hours: int = 24
    keep_days: int = 3653
    faults_before_pause: int = 5

    def __post_init__(self) -> None:
        if self.endpoint and (urlsplit(self.endpoint).scheme != "https" or not urlsplit(self.endpoint).hostname):
            raise ValueError("insi.endpoint : une adresse https est attendue")
        self.check_positive(*_POSITIVE, prefix="insi.")
        if not isinstance(self.cache_hours, int) or self.cache_hours < 0:
            raise ValueError("insi.cache_hours : un nombre entier, 0 pour ne rien reprendre")
        if self.instance:
            UUID(self.instance)


@dataclass(frozen=True, slots=True)
class InsSettings(PluginSettings):
    """What each slice is set to."""

    insi: InsiSettings = field(default_factory=InsiSettings)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build each group; raises :class:`dcc.contracts.errors.ContractError`."""
        return super(InsSettings, cls).from_mapping({**values, "insi": InsiSettings.from_mapping(values.get("insi", {}))})


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
